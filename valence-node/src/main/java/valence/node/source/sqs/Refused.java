package valence.node.source.sqs;

import valence.api.Anomaly;
import valence.wire.HttpStatus;

/// A request that isn't done, with the error that SQS's callers know. Stays in this package.
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String queryCode;

  private Refused(int status, String code, String queryCode, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.queryCode = queryCode;
  }

  int status() {
    return status;
  }

  /// As the JSON form names it.
  String code() {
    return code;
  }

  /// As the other form names it, which is older.
  String queryCode() {
    return queryCode;
  }

  String said() {
    return String.valueOf(getMessage());
  }

  static Refused noQueue() {
    return new Refused(
        400,
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.");
  }

  static Refused queueExists(String what) {
    return new Refused(400, "QueueNameExists", "QueueAlreadyExists", what);
  }

  static Refused invalid(String what) {
    return new Refused(400, "InvalidParameterValue", "InvalidParameterValue", what);
  }

  static Refused missing(String name) {
    return new Refused(
        400,
        "MissingParameter",
        "MissingParameter",
        "The request must contain the parameter " + name + ".");
  }

  static Refused attribute(String what) {
    return new Refused(400, "InvalidAttributeName", "InvalidAttributeName", what);
  }

  static Refused attributeValue(String what) {
    return new Refused(400, "InvalidAttributeValue", "InvalidAttributeValue", what);
  }

  static Refused unsupported(String what) {
    return new Refused(
        400, "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", what);
  }

  static Refused unknownAction(String action) {
    return new Refused(
        400, "InvalidAction", "InvalidAction", "The action " + action + " is not offered here.");
  }

  static Refused contents(String what) {
    return new Refused(400, "InvalidMessageContents", "InvalidMessageContents", what);
  }

  static Refused handle(String what) {
    return new Refused(404, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", what);
  }

  static Refused notInFlight() {
    return new Refused(
        400,
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
        "The message isn't handed out by this receipt handle any more.");
  }

  static Refused batch(String code, String what) {
    return new Refused(400, code, "AWS.SimpleQueueService." + code, what);
  }

  /// A failure of the node's.
  static Refused of(Anomaly anomaly) {
    if (anomaly.error().map(error -> error.getName().equals("no-queue")).orElse(false)) {
      return noQueue();
    }
    if (anomaly.error().map(error -> error.getName().equals("receipt-handle")).orElse(false)) {
      return handle(anomaly.message());
    }
    return switch (HttpStatus.of(anomaly)) {
      case 400, 413 -> invalid(anomaly.message());
      case 401 ->
        new Refused(403, "UnrecognizedClientException", "InvalidClientTokenId", anomaly.message());
      case 403 -> new Refused(403, "AccessDeniedException", "AccessDenied", anomaly.message());
      case 429 -> new Refused(429, "RequestThrottled", "RequestThrottled", anomaly.message());
      default -> new Refused(503, "ServiceUnavailable", "ServiceUnavailable", anomaly.message());
    };
  }
}
