package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.ion.AppInfo;
import valence.ion.LambdaContext;
import valence.wire.json.PlainJson;

/// An invocation that nobody waits for, as it is kept.
///
/// @param arn     that the function was called by
/// @param client  what the caller sent along
/// @param payload JSON text
record Event(String requestId, String arn, Map<String, @Nullable Object> client, String payload) {
  Event(LambdaContext context, String payload) {
    this(context.requestId(), context.invokedFunctionArn(), context.clientContext(), payload);
  }

  static Event of(String text) {
    Map<?, ?> kept = PlainJson.read(text) instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> client = new LinkedHashMap<>();
    if (kept.get("client") instanceof Map<?, ?> said) {
      said.forEach((key, value) -> client.put(String.valueOf(key), value));
    }
    return new Event(
        String.valueOf(kept.get("request-id")),
        String.valueOf(kept.get("arn")),
        client,
        String.valueOf(kept.get("payload")));
  }

  String text() {
    Map<String, Object> kept = new LinkedHashMap<>();
    kept.put("request-id", requestId);
    kept.put("arn", arn);
    kept.put("client", client);
    kept.put("payload", payload);
    return Json.print(kept);
  }

  LambdaContext context(String function, Instant deadline, AppInfo info) {
    var plain = new LambdaContext(function, requestId, deadline);
    return new LambdaContext(
        plain.functionName(),
        plain.functionVersion(),
        arn,
        plain.requestId(),
        plain.logGroupName(),
        Invocations.logStream(info),
        plain.memoryLimitMb(),
        plain.deadline(),
        Map.of(),
        client);
  }

  /// What the queue for those that failed is told, as AWS does.
  String failed(int tries, Outcome outcome, Instant now) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("requestId", requestId);
    request.put("functionArn", arn);
    request.put("condition", "RetriesExhausted");
    request.put("approximateInvokeCount", tries);
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("statusCode", 200);
    response.put("executedVersion", "$LATEST");
    response.put("functionError", "Unhandled");
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    record.put("version", "1.0");
    record.put("timestamp", now.toString());
    record.put("requestContext", request);
    record.put("requestPayload", PlainJson.read(payload));
    record.put("responseContext", response);
    record.put("responsePayload", PlainJson.read(new String(outcome.payload(), UTF_8)));
    return Json.print(record);
  }
}
