package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Anomaly;
import valence.node.http.Reply;
import valence.wire.HttpStatus;

/// An invocation that isn't run, with the error that Lambda's callers know. Stays in this package.
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final transient Map<String, String> body;

  private Refusal(int status, String type, Map<String, String> body) {
    super(type, null, false, false);
    this.status = status;
    this.type = type;
    this.body = body;
  }

  static Refusal unknownOperation() {
    return of(404, "UnknownOperationException", "User", "Message", "There is no such operation.");
  }

  static Refusal notFound(String name) {
    return of(404, "ResourceNotFoundException", "User", "Message", "Function not found: " + name);
  }

  static Refusal invalidContent(String why) {
    return of(400, "InvalidRequestContentException", "User", "message", why);
  }

  static Refusal invalidParameter(String why) {
    return of(400, "InvalidParameterValueException", "User", "message", why);
  }

  static Refusal tooManyRequests() {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded");
    body.put("Type", "User");
    body.put("message", "Rate Exceeded.");
    return new Refusal(429, "TooManyRequestsException", body);
  }

  /// A caller who isn't let in.
  static Refusal of(Anomaly anomaly) {
    return switch (HttpStatus.of(anomaly)) {
      case 401 -> of(403, "UnrecognizedClientException", "User", "message", anomaly.message());
      case 403 -> of(403, "AccessDeniedException", "User", "Message", anomaly.message());
      case 429 -> tooManyRequests();
      default -> of(503, "ServiceException", "Service", "Message", anomaly.message());
    };
  }

  /// A body that couldn't be taken in.
  static Refusal body(Anomaly anomaly, int bytesMax) {
    return switch (HttpStatus.of(anomaly)) {
      case 413 ->
        of(
            413,
            "RequestTooLargeException",
            "User",
            "message",
            "Request must be smaller than " + bytesMax + " bytes for the InvokeFunction operation");
      case 401 -> of(anomaly);
      case 429 -> tooManyRequests();
      default -> invalidContent(anomaly.message());
    };
  }

  Reply reply() {
    return Reply.of(status, "application/json", Json.print(body).getBytes(UTF_8))
        .withHeader("x-amzn-errortype", type);
  }

  private static Refusal of(
      int status, String type, String whose, String messageKey, String message) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("Type", whose);
    body.put(messageKey, message);
    return new Refusal(status, type, body);
  }
}
