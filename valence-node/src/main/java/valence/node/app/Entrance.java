package valence.node.app;

import java.util.Locale;

/// How a call comes to a function of the application.
public enum Entrance {
  HTTP,
  LAMBDA,
  /// Of a Lambda function, by somebody who doesn't wait for it.
  EVENT,
  TRANSACTION,
  QUERY,
  /// By a source, such as a watched directory, a queue or a schedule.
  SOURCE,
  TRIGGER,
  /// By what keeps a connection open, such as a WebSocket or a subscription.
  LIVE,
  /// By the node itself, to see whether a revision is well.
  CHECK;

  /// As metrics and logs have it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
