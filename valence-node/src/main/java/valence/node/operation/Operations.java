package valence.node.operation;

import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Fields;

/// `POST /api/<operation>`: a request in EDN, an answer in EDN.
public final class Operations {
  public static final String PATH = "/api/";

  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final int RUNNING_MAX = 32;
  private static final int WAITING_MAX = 127;
  private static final int REBUILDS_WAITING_MAX = 16;

  /// Above the limits of queries and transactions, so that their own anomaly is what is answered.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final Duration LIMIT = Duration.ofSeconds(60).plus(MARGIN);

  /// Operations that can be cancelled: those that change nothing.
  private static final Set<String> READING = Set.of("q", "pull");

  private final Map<String, Operation> byName = new HashMap<>();
  private final Lane lane = new Lane("operations", RUNNING_MAX, WAITING_MAX);
  private final Calls calls = new Calls();
  private final Lane rebuilds = new Lane("rebuilds", 1, REBUILDS_WAITING_MAX);

  /// @param status   what `status` answers
  /// @param rebuild  makes the indexes of a database anew
  /// @param shutdown begins the end of the node, and returns at once
  public Operations(
      Client client,
      CodeStore store,
      Control control,
      Deployer deployer,
      Supplier<Map<?, ?>> status,
      Consumer<String> rebuild,
      Runnable shutdown) {
    byName.putAll(new DatabaseOperations(client).byName());
    byName.putAll(new ApplicationOperations(store, control, deployer).byName());
    byName.put("status", _ -> status.get());
    byName.put("cancel", _ -> false); // answered before, as it has to be known by whom
    byName.put("rebuild-index", request -> {
      String dbName = client.connect(request.text("db-name")).dbName();
      rebuilds.post(() -> rebuild(dbName, rebuild));
      return true;
    });
    byName.put("shutdown", _ -> {
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
    Answer answer;
    try {
      answer = new Answer.Success(value(exchange, admission));
    } catch (AnomalyException e) {
      answer = failure(exchange, e);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
      answer = new Answer.Failure(
          Anomaly.fault("The node failed; its log has why under " + exchange.requestId() + "."));
    }
    return reply(exchange, answer);
  }

  /// An anomaly as a reply, in EDN.
  public static Reply reply(Anomaly anomaly) {
    var answer = new Answer.Failure(anomaly);
    return Reply.of(answer.status(), EdnBody.MEDIA_TYPE, answer.encode());
  }

  private static Reply reply(Exchange exchange, Answer answer) {
    try {
      return Reply.of(answer.status(), EdnBody.MEDIA_TYPE, answer.encode());
    } catch (AnomalyException e) { // what was asked for is too long or too deep to be sent
      return reply(failure(exchange, e).anomaly());
    }
  }

  private static Answer.Failure failure(Exchange exchange, AnomalyException e) {
    if (e.anomaly().category() == Anomaly.Category.FAULT) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
    }
    return new Answer.Failure(e.anomaly());
  }

  private @Nullable Object value(Exchange exchange, Admission admission) throws Exception {
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
    Fields request =
        Fields.of(name, EdnBody.decode(exchange.body(EdnBody.BYTES_MAX), exchange.nestingMax()));
    admission.require(request);
    if (name.equals("cancel")) {
      return calls.cancel(call(request, admission)); // also when the lane is full
    }
    Callable<Answer.Success> call =
        () -> new Answer.Success(seen(name, operation.answer(request), admission));
    if (!READING.contains(name) || !request.contains("call-id")) {
      return lane.call(limit(request), call).value();
    }
    Calls.Name id = call(request, admission);
    Callable<Answer.Success> admitted = calls.admit(id, call);
    try {
      return lane.call(limit(request), admitted).value();
    } finally {
      calls.forget(id);
    }
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

  private static Duration limit(Fields request) {
    long millis = request.number(
        "timeout", 1, DatabaseOperations.QUERY_TIMEOUT_MAX.toMillis(), LIMIT.toMillis());
    return Duration.ofMillis(Math.max(millis, LIMIT.toMillis())).plus(MARGIN);
  }
}
