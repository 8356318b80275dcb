package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.wire.Fields;

/// The function that answers every request at the application's port.
///
/// @param processingConcurrency     requests that the handler works on at once
/// @param pendingOpsQueueLength     requests that may wait for it
/// @param pendingOpsExceededMessage the body of the answer to one more
/// @param pendingOpsExceededCode    the status of the answer to one more
/// @param timeoutSecs               after which a request is given up, its waiting included; what a
///     handler streams afterwards isn't counted
public record HttpDirect(
    Symbol handlerFn,
    int processingConcurrency,
    int pendingOpsQueueLength,
    String pendingOpsExceededMessage,
    int pendingOpsExceededCode,
    int timeoutSecs) {
  private static final int TIMEOUT_SECS_MAX = 900;
  private static final int TIMEOUT_SECS_DEFAULT = 60;
  private static final int CONCURRENCY_MAX = 1_024;
  private static final int QUEUE_LENGTH_MAX = 10_000;

  static HttpDirect of(Fields fields) {
    fields.only(
        "handler-fn",
        "processing-concurrency",
        "pending-ops-queue-length",
        "pending-ops-exceeded-message",
        "pending-ops-exceeded-code",
        "timeout-secs");
    return new HttpDirect(
        Names.function(fields, "handler-fn", fields.required("handler-fn"), false),
        (int) fields.number("processing-concurrency", 1, CONCURRENCY_MAX, 16),
        (int) fields.number("pending-ops-queue-length", 0, QUEUE_LENGTH_MAX, 100),
        fields.text("pending-ops-exceeded-message", "Throttled"),
        (int) fields.number("pending-ops-exceeded-code", 400, 599, 429),
        (int) fields.number("timeout-secs", 1, TIMEOUT_SECS_MAX, TIMEOUT_SECS_DEFAULT));
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("handler-fn"), handlerFn);
    map.put(Keyword.intern("processing-concurrency"), (long) processingConcurrency);
    map.put(Keyword.intern("pending-ops-queue-length"), (long) pendingOpsQueueLength);
    map.put(Keyword.intern("pending-ops-exceeded-message"), pendingOpsExceededMessage);
    map.put(Keyword.intern("pending-ops-exceeded-code"), (long) pendingOpsExceededCode);
    map.put(Keyword.intern("timeout-secs"), (long) timeoutSecs);
    return map;
  }
}
