package valence.node.dev;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import valence.node.app.CodeLoader;

/// Tells the feed what the application logs, and what the node's log warns of: a call that failed,
/// with the application's own stack. What was cast is told already.
public final class FeedHandler extends Handler {
  private static final String CASTS = "cast";
  private static final String NODE = "valence.";

  private final Feed feed;
  private final SimpleFormatter formatter = new SimpleFormatter();

  public FeedHandler(Feed feed) {
    this.feed = feed;
    setLevel(Level.INFO);
  }

  @Override
  public void publish(LogRecord record) {
    String logger = String.valueOf(record.getLoggerName());
    if (!isLoggable(record) || logger.equals(CASTS)) {
      return;
    }
    boolean own = !logger.startsWith(NODE) && CodeLoader.current().isPresent();
    String message = formatter.formatMessage(record);
    Throwable thrown = record.getThrown();
    if (own) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("level", record.getLevel().getName().toLowerCase(Locale.ROOT));
      event.put("logger", logger);
      event.put("message", message);
      event.put("stack", stack(thrown));
      feed.tell("logged", event);
    } else if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      if (thrown == null) {
        feed.tell("warned", Map.of("message", message));
      } else {
        feed.tell("failed", Map.of("message", message, "stack", stack(thrown)));
      }
    }
  }

  private static String stack(@Nullable Throwable thrown) {
    return thrown == null ? "" : OwnStack.of(thrown);
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
