package valence.node.dev;

import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/// Tells the feed what the node's log warns of: a call that failed, with the application's own
/// stack. What was cast is told already.
public final class FeedHandler extends Handler {
  private static final String CASTS = "cast";

  private final Feed feed;
  private final SimpleFormatter formatter = new SimpleFormatter();

  public FeedHandler(Feed feed) {
    this.feed = feed;
    setLevel(Level.WARNING);
  }

  @Override
  public void publish(LogRecord record) {
    if (!isLoggable(record) || CASTS.equals(record.getLoggerName())) {
      return;
    }
    String message = formatter.formatMessage(record);
    Throwable thrown = record.getThrown();
    if (thrown == null) {
      feed.tell("warned", Map.of("message", message));
    } else {
      feed.tell("failed", Map.of("message", message, "stack", OwnStack.of(thrown)));
    }
  }

  @Override
  public void flush() {
    // Each event is written at once.
  }

  @Override
  public void close() {
    // The feed is its owner's.
  }
}
