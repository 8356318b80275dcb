package valence.ion;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a Lambda handler knows of its call besides the payload.
///
/// @param functionName       `<group>-<function>`
/// @param functionVersion    `$LATEST`: the revision that serves
/// @param invokedFunctionArn as the caller named the function, else as AWS would
/// @param requestId          new for each call; the same id is in the node's log
/// @param logGroupName       where the log of the function would be at AWS
/// @param logStreamName      the revision, and the request's day
/// @param memoryLimitMb      the heap of the node, which functions share
/// @param deadline           when the caller stops waiting
/// @param identity           who called, as far as is known; empty otherwise
/// @param clientContext      what the caller sent along as JSON; empty when nothing
public record LambdaContext(
    String functionName,
    String functionVersion,
    String invokedFunctionArn,
    String requestId,
    String logGroupName,
    String logStreamName,
    int memoryLimitMb,
    Instant deadline,
    Map<String, @Nullable Object> identity,
    Map<String, @Nullable Object> clientContext) {
  /// A context as a call without further circumstances has it.
  public LambdaContext(String functionName, String requestId, Instant deadline) {
    this(
        functionName,
        "$LATEST",
        "arn:aws:lambda:local:000000000000:function:" + functionName,
        requestId,
        "/aws/lambda/" + functionName,
        "[$LATEST]",
        (int) (Runtime.getRuntime().maxMemory() >> 20),
        deadline,
        Map.of(),
        Map.of());
  }

  /// How long the caller still waits; never negative.
  public Duration remainingTime() {
    Duration left = Duration.between(Instant.now(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /// The context as data, with keywords, as Clojure functions get it.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("function-name"), functionName);
    map.put(kw("function-version"), functionVersion);
    map.put(kw("invoked-function-arn"), invokedFunctionArn);
    map.put(kw("aws-request-id"), requestId);
    map.put(kw("log-group-name"), logGroupName);
    map.put(kw("log-stream-name"), logStreamName);
    map.put(kw("memory-limit-in-mb"), (long) memoryLimitMb);
    map.put(kw("remaining-time-in-millis"), remainingTime().toMillis());
    map.put(kw("identity"), keyed(identity));
    map.put(kw("client-context"), keyed(clientContext));
    return map;
  }

  private static Map<Keyword, @Nullable Object> keyed(Map<?, ?> map) {
    Map<Keyword, @Nullable Object> keyed = new LinkedHashMap<>();
    map.forEach((key, value) -> keyed.put(
        Keyword.intern(null, String.valueOf(key)),
        value instanceof Map<?, ?> nested ? keyed(nested) : value));
    return keyed;
  }
}
