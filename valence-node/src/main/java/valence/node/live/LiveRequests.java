package valence.node.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.node.access.Admission;
import valence.node.http.EventStream;
import valence.node.http.Exchange;
import valence.node.http.Lasting;
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.Fields;
import valence.wire.Format;

/// `/live-queries`: `POST` with a map, or `GET` with the same keys as parameters, as browsers'
/// `EventSource` asks.
public final class LiveRequests {
  public static final String PATH = "/live-queries";

  private static final int BODY_BYTES_MAX = 256 << 10;

  /// How long a stream lasts before its client has to come again, and be asked who it is.
  private static final Duration LIFE = Duration.ofMinutes(30);

  /// How often the reader is asked whether he is still let in.
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(LiveRequests.class);

  private final Client client;
  private final Lasting lasting;

  /// @param lasting where streams are counted, and ended from
  public LiveRequests(Client client, Lasting lasting) {
    this.client = client;
    this.lasting = lasting;
  }

  public static boolean concerns(Exchange exchange) {
    return exchange.path().equals(PATH);
  }

  /// What a client asks for.
  private record Wanted(String dbName, QueryRequest query, OptionalLong after, Format format) {}

  /// Answers a request that was let in.
  public Reply answer(Exchange exchange, Admission admission) throws Exception {
    Format format = Format.EDN;
    try {
      Fields fields = fields(exchange);
      format = format(exchange, fields);
      admission.require(fields);
      return watched(exchange, wanted(exchange, fields, format));
    } catch (AnomalyException e) {
      return refused(format, e.anomaly()).withHeader("x-request-id", exchange.requestId());
    }
  }

  private static Reply refused(Format format, Anomaly anomaly) {
    var answer = new Answer.Failure(anomaly);
    return Reply.of(answer.status(), format.mediaType(), answer.encode(format));
  }

  private Reply watched(Exchange exchange, Wanted wanted) throws Exception {
    LiveQuery live = client.connect(wanted.dbName()).live(wanted.query(), wanted.after());
    try (Lasting.Place place = lasting.begin(live::close)) {
      AtomicBoolean gone = new AtomicBoolean();
      var stream = new Stream(exchange, wanted, live, place, gone);
      return exchange.forCaller(stream::sent, () -> {
        gone.set(true);
        live.close();
      });
    } finally {
      live.close();
    }
  }

  /// One stream of events, for its request's thread.
  ///
  /// @param gone set when the reader is
  private record Stream(
      Exchange exchange, Wanted wanted, LiveQuery live, Lasting.Place place, AtomicBoolean gone) {
    Reply sent() {
      long endNanos = System.nanoTime() + LIFE.toNanos();
      try {
        // What fails at once is answered with its status. Whoever knows the result already may have
        // to wait for the first change, and is to see that the stream has begun.
        Optional<LiveChange> change = live.next(
            wanted.after().isPresent() ? Duration.ofMillis(100) : wanted.query().timeout());
        exchange.lasts();
        var events = new LiveEvents(EventStream.begin(exchange, Map.of()), wanted.format());
        try {
          long lookedNanos = System.nanoTime();
          while (change.isPresent() || !isEnded(endNanos)) {
            if (change.isPresent()) {
              events.change(change.get());
            } else {
              events.beat(); // fails when the reader is gone
            }
            if (System.nanoTime() - lookedNanos >= LOOK_INTERVAL.toNanos()) {
              exchange.requireLetIn();
              lookedNanos = System.nanoTime();
            }
            change = live.next(LOOK_INTERVAL);
          }
          events.end(
              place.isToEnd()
                  ? "The node is shutting down."
                  : "The stream has lasted long enough.");
        } catch (AnomalyException e) {
          events.failure(e.anomaly());
        }
      } catch (IOException e) {
        LOG.debug("live-events-not-taken request={}", exchange.requestId(), e);
      }
      return Reply.written(200);
    }

    private boolean isEnded(long endNanos) {
      return place.isToEnd() || gone.get() || System.nanoTime() > endNanos;
    }
  }

  private static Fields fields(Exchange exchange) {
    return switch (exchange.method()) {
      case "POST" ->
        Fields.of(
            PATH,
            exchange.bodyFormat().decode(exchange.body(BODY_BYTES_MAX), exchange.nestingMax()));
      case "GET" -> Fields.of(PATH, parameters(exchange));
      default ->
        throw Anomaly.incorrect(
                "db.error/invalid-request",
                "A live query was asked for with " + exchange.method() + ".",
                "Expected POST with a map, or GET with parameters.")
            .toException();
    };
  }

  /// The parameters of a `GET`: texts, of which `args` is EDN.
  private static Map<?, ?> parameters(Exchange exchange) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (String pair : exchange.query().split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = decoded(pair.substring(0, equals));
        String value = decoded(pair.substring(equals + 1));
        map.put(
            kw(name),
            switch (name) {
              case "args", "timeout", "after" -> Edn.read(value);
              default -> value;
            });
      }
    }
    return map;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw Anomaly.incorrect(
              "db.error/invalid-request",
              "A parameter isn't encoded: " + e.getMessage() + ".",
              "Expected percent-encoded UTF-8.")
          .toException(e);
    }
  }

  private static Format format(Exchange exchange, Fields fields) {
    if (fields.contains("format")) {
      return switch (fields.text("format")) {
        case "json" -> Format.JSON;
        case "edn" -> Format.EDN;
        default -> throw fields.wrong("format", "\"json\" or \"edn\"");
      };
    }
    return exchange.method().equals("GET") || exchange.bodyFormat() == Format.JSON
        ? Format.JSON
        : Format.EDN;
  }

  private static Wanted wanted(Exchange exchange, Fields fields, Format format) {
    fields.only("db-name", "query", "args", "timeout", "after", "format");
    List<@Nullable Object> args = new ArrayList<>();
    if (fields.contains("args")) {
      if (!(fields.value("args") instanceof List<?> given)) {
        throw fields.wrong("args", "a list of the inputs behind the database");
      }
      args.addAll(given);
    }
    Duration timeout =
        Duration.ofMillis(fields.number("timeout", 1, TIMEOUT.toMillis(), TIMEOUT.toMillis()));
    return new Wanted(
        fields.text("db-name"),
        new QueryRequest(fields.required("query"), args, 0, -1, timeout),
        after(exchange, fields),
        format);
  }

  private static OptionalLong after(Exchange exchange, Fields fields) {
    Optional<String> last = exchange.header("last-event-id");
    if (last.isPresent() && last.get().matches("[0-9]{1,18}")) {
      return OptionalLong.of(Long.parseLong(last.get()));
    }
    return fields.contains("after")
        ? OptionalLong.of(fields.number("after", 0, Long.MAX_VALUE))
        : OptionalLong.empty();
  }
}
