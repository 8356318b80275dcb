package valence.node;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The node's log: one event a line, its name and fields after time and level, on standard error.
/// A failure's stack trace follows its line.
final class LineFormat extends Formatter {
  // Held, since a logger that nobody holds is collected with its level.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  /// Makes it the format of all loggers of the process.
  static void install() {
    Logger root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var console = new ConsoleHandler();
    console.setFormatter(new LineFormat());
    root.addHandler(console);
    // The HTTP library tells of each start and stop in its own words; ours are enough.
    JETTY.setLevel(Level.WARNING);
  }

  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder();
    line.append(Instant.ofEpochMilli(record.getMillis()))
        .append(' ')
        .append(level(record.getLevel()))
        .append(' ')
        .append(formatMessage(record).replace("\n", "\\n").replace("\r", "\\r"))
        .append('\n');
    if (record.getThrown() != null) {
      StringWriter trace = new StringWriter();
      record.getThrown().printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }
}
