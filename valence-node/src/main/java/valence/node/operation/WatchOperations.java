package valence.node.operation;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import valence.api.Anomaly;
import valence.node.telemetry.Casts;
import valence.wire.Fields;

/// The operations of those who watch.
final class WatchOperations {
  private static final Set<String> KINDS = Set.of("event", "alert", "metric", "dev");
  private static final int CASTS_MAX = 1_000;
  private static final int CASTS_DEFAULT = 100;

  private final Casts casts;

  WatchOperations(Casts casts) {
    this.casts = casts;
  }

  Map<String, Operation> byName() {
    return Map.of("casts", this::casts, "dev-casts", this::devCasts);
  }

  /// What was cast after a number, or the last few; waits for more when that is asked for.
  private Object casts(Fields request, Deadline deadline) {
    int limit = (int) request.number("limit", 1, CASTS_MAX, CASTS_DEFAULT);
    long wait = request.number("wait", 0, Casts.WAIT_MAX.toMillis(), 0);
    long after = request.contains("after")
        ? request.number("after", 0, Long.MAX_VALUE)
        : casts.before(limit);
    String kind = null;
    if (request.contains("kind")) {
      Keyword given = request.keyword("kind");
      if (!KINDS.contains(given.getName())) {
        throw request.wrong("kind", ":event, :alert, :metric or :dev");
      }
      kind = given.getName();
    }
    try {
      long nanos = Math.min(Duration.ofMillis(wait).toNanos(), deadline.left().toNanos());
      return casts.after(after, kind, limit, System.nanoTime() + nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The call was cancelled.").toException(e);
    }
  }

  private Object devCasts(Fields request, Deadline deadline) {
    long millis = request.number("for-millis", 0, Casts.DEV_MAX.toMillis());
    casts.letDevThrough(Duration.ofMillis(millis));
    return Map.of(kw("for-millis"), millis);
  }
}
