package valence.node.operation;

import static java.util.Objects.requireNonNull;
import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.node.access.Admission;
import valence.node.access.Guard;
import valence.node.app.CodeStore;
import valence.node.control.Control;
import valence.node.deploy.Deployer;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Lasting;
import valence.node.http.Reply;
import valence.node.parameter.Parameters;
import valence.node.source.Sources;
import valence.node.telemetry.Cause;
import valence.node.telemetry.Samples;
import valence.node.telemetry.Telemetry;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Fields;
import valence.wire.Format;
import valence.wire.ReadOperations;

/// `POST /api/<operation>`: a request and an answer, each in one of the forms of [Format].
public final class Operations {
  public static final String PATH = "/api/";

  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final int RUNNING_MAX = 32;
  private static final int WAITING_MAX = 127;
  private static final Duration WAIT_MAX = Duration.ofSeconds(1);

  /// Those who wait for something to happen, at once.
  private static final int WATCHING_MAX = 64;

  private static final int LASTING_BODY_BYTES_MAX = 256 << 10;

  private static final int REBUILDS_WAITING_MAX = 16;

  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(60);

  /// Above the limits of queries and transactions, so that their own anomaly is what is answered.
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final Map<String, Operation> byName = new HashMap<>();
  private final Lane lane = new Lane("operations", RUNNING_MAX, WAITING_MAX, WAIT_MAX);
  private final Calls calls = new Calls();
  private final Streams streams = new Streams();
  private final Subscriptions subscriptions;
  private final Lane watching = new Lane("watching", WATCHING_MAX, 0);
  private final Telemetry telemetry;
  private final Lane rebuilds = new Lane("rebuilds", 1, REBUILDS_WAITING_MAX);

  /// @param status   what `status` answers
  /// @param rebuild  makes the indexes of a database anew
  /// @param shutdown begins the end of the node, and returns at once
  /// @param telemetry of the node
  /// @param lasting  where answers that last are counted, and ended from
  public Operations(
      Client client,
      CodeStore store,
      Control control,
      Deployer deployer,
      Parameters parameters,
      Sources sources,
      Supplier<Map<?, ?>> status,
      Consumer<String> rebuild,
      Runnable shutdown,
      Telemetry telemetry,
      Lasting lasting) {
    this.telemetry = telemetry;
    this.subscriptions = new Subscriptions(lasting);
    byName.putAll(new WatchOperations(telemetry.casts()).byName());
    telemetry.metrics().source(this::tell);
    byName.putAll(new DatabaseOperations(client).byName());
    byName.putAll(new ApplicationOperations(store, control, deployer).byName());
    byName.putAll(new ParameterOperations(parameters).byName());
    byName.putAll(new SourceOperations(sources).byName());
    byName.put("status", (_, _) -> status.get());
    byName.put("cancel", (_, _) -> false); // answered before, as it has to be known by whom
    byName.put("rebuild-index", (request, _) -> {
      String dbName = client.connect(request.text("db-name")).dbName();
      rebuilds.post(() -> rebuild(dbName, rebuild));
      return true;
    });
    byName.put("shutdown", (_, _) -> {
      shutdown.run();
      return true;
    });
    assert byName.keySet().equals(Guard.operations()) : "an operation has no rule, or a rule none";
  }

  private static void rebuild(String dbName, Consumer<String> rebuild) {
    try {
      rebuild.accept(dbName);
    } catch (AnomalyException e) { // the index is begun again when the database is next used
      LOG.error("rebuild-failed db={}", dbName, e);
    }
  }

  /// Answers a request that was let in, within what it was let in for.
  public Reply answer(Exchange exchange, Admission admission) {
    Format format = exchange.answerFormat();
    try {
      return answered(exchange, admission, format).withHeader("x-request-id", exchange.requestId());
    } catch (AnomalyException e) {
      return reply(format, failure(exchange, e));
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
      return reply(
          format,
          Anomaly.fault("The node failed; its log has why under " + exchange.requestId() + "."));
    }
  }

  /// An anomaly as a reply, in the form that was asked for.
  public static Reply reply(Format format, Anomaly anomaly) {
    var answer = new Answer.Failure(anomaly);
    return Reply.of(answer.status(), format.mediaType(), answer.encode(format));
  }

  private static Anomaly failure(Exchange exchange, AnomalyException e) {
    if (e.anomaly().category() == Anomaly.Category.FAULT) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
    }
    return e.anomaly();
  }

  private Reply answered(Exchange exchange, Admission admission, Format format) throws Exception {
    String name = exchange.path().substring(PATH.length());
    Operation operation = byName.get(name);
    if (operation == null) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no operation " + name + ".",
              "Check its name, and that client and node are of one version.")
          .toException();
    }
    if (!exchange.method().equals("POST")) {
      throw Anomaly.incorrect(
              "db.error/invalid-request",
              "The operation " + name + " was asked for with " + exchange.method() + ".",
              "Expected POST.")
          .toException();
    }
    if (!name.equals("cancel")) {
      lane(name).requireRoom(); // before the body is read, which costs more than to say no
    }
    Fields request = Fields.of(
        name,
        exchange.bodyFormat().decode(exchange.body(bodyBytesMax(name)), exchange.nestingMax()));
    admission.require(request);
    if (name.equals("cancel")) {
      return success(format, calls.cancel(call(request, admission))); // also when the lane is full
    }
    if (!ReadOperations.NAMES.contains(name)) {
      return run(exchange, admission, format, name, request, new Calls.Call());
    }
    Calls.Name id = request.contains("call-id")
        ? call(request, admission)
        : new Calls.Name(admission.principal(), UUID.randomUUID());
    Calls.Call call = calls.admit(id);
    try {
      return exchange.forCaller(
          () -> run(exchange, admission, format, name, request, call), () -> calls.cancel(id));
    } finally {
      calls.forget(id);
    }
  }

  /// What lasts would keep its request as long.
  private static int bodyBytesMax(String name) {
    return name.equals("live") || name.equals("tx-feed")
        ? LASTING_BODY_BYTES_MAX
        : EdnBody.BYTES_MAX;
  }

  private Reply run(
      Exchange exchange,
      Admission admission,
      Format format,
      String name,
      Fields request,
      Calls.Call call)
      throws Exception {
    Operation operation = requireNonNull(byName.get(name), name);
    Deadline deadline = deadline(request, TIMEOUT_DEFAULT);
    var work = new Work(Cause.orNull());
    var handover = new Handover();
    Made made;
    try {
      made = lane(name)
          .call(
              deadline.left().plus(MARGIN),
              () -> work.run(() -> call.run(() -> {
                deadline.left(); // or it waited so long that nobody wants it any more
                Object value = operation instanceof Operation.Attributed attributed
                    ? attributed.answer(request, admission.principal())
                    : operation.answer(request, deadline);
                return switch (value) {
                  case Rows rows -> new Made.Begun(handover.give(rows));
                  case Subscription asked -> new Made.Lasting(handover.give(asked));
                  case null, default ->
                    new Made.Whole(whole(format, name, seen(name, value, admission)));
                };
              })));
    } catch (AnomalyException e) {
      Thread stays = work.thread();
      if (stays != null && Lane.isTimeout(e.anomaly())) {
        telemetry
            .overdue()
            .watch("operation " + name, stays, () -> work.thread() != null, null, Cause.orNull());
      }
      handover.giveUp();
      throw e;
    } catch (InterruptedException e) {
      handover.giveUp();
      throw e;
    }
    return switch (made) {
      case Made.Whole(Reply reply) -> reply;
      case Made.Begun(Rows rows) -> {
        Deadline last = deadline(request, DatabaseOperations.QUERY_TIMEOUT_MAX);
        yield call.run(() -> streams.send(exchange, format, rows, last));
      }
      case Made.Lasting(Subscription asked) ->
        call.run(() -> subscriptions.send(exchange, format, asked));
    };
  }

  private Lane lane(String name) {
    return name.equals("casts") ? watching : lane;
  }

  private void tell(Samples samples) {
    for (Lane each : List.of(lane, watching, rebuilds)) {
      samples.gauge(
          "valence_lane_running", "Operations that run.", each.running(), "lane", each.name());
      samples.gauge(
          "valence_lane_queue",
          "Operations that wait for their turn.",
          each.queued(),
          "lane",
          each.name());
      samples.counter(
          "valence_lane_busy_total",
          "Operations that were refused because too many ran and waited.",
          each.refused(),
          "lane",
          each.name());
    }
  }

  /// Work on a thread of a lane, for whoever asked on another.
  private static final class Work {
    private final @Nullable Cause cause;
    private volatile @Nullable Thread thread; // null unless it runs

    Work(@Nullable Cause cause) {
      this.cause = cause;
    }

    <T> T run(Callable<T> work) throws Exception {
      thread = Thread.currentThread();
      try {
        return cause == null ? work.call() : cause.call(work);
      } finally {
        thread = null;
      }
    }

    @Nullable Thread thread() {
      return thread;
    }
  }

  /// What an operation came to.
  private sealed interface Made {
    record Whole(Reply reply) implements Made {}

    record Begun(Rows rows) implements Made {}

    record Lasting(Subscription asked) implements Made {}
  }

  private static Reply whole(Format format, String name, @Nullable Object value) {
    try {
      return success(format, value);
    } catch (AnomalyException e) {
      if (!name.equals("transact")) {
        throw e;
      }
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "The transaction was made, but its report is longer than an answer may be.",
              "Don't send it again; read what it said with tx-range.")
          .withError("node.error/report-too-long")
          .toException(e);
    }
  }

  private static Reply success(Format format, @Nullable Object value) {
    return Reply.of(200, format.mediaType(), new Answer.Success(value).encode(format));
  }

  private static Calls.Name call(Fields request, Admission admission) {
    return new Calls.Name(admission.principal(), request.uuid("call-id"));
  }

  /// An answer without the databases that the caller isn't to know of.
  private static @Nullable Object seen(String name, @Nullable Object answer, Admission admission) {
    return switch (name) {
      case "list-databases" -> names(answer, admission);
      case "status" -> {
        Map<Object, Object> status =
            new LinkedHashMap<>(answer instanceof Map<?, ?> map ? map : Map.of());
        status.computeIfPresent(kw("databases"), (_, names) -> names(names, admission));
        yield status;
      }
      default -> answer;
    };
  }

  private static List<?> names(@Nullable Object all, Admission admission) {
    return all instanceof List<?> names
        ? names.stream().filter(each -> admission.sees(String.valueOf(each))).toList()
        : List.of();
  }

  private static Deadline deadline(Fields request, Duration missing) {
    return Deadline.after(Duration.ofMillis(request.number(
        "timeout", 1, DatabaseOperations.QUERY_TIMEOUT_MAX.toMillis(), missing.toMillis())));
  }
}
