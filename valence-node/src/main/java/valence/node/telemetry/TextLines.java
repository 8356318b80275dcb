package valence.node.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// The node's log as text: one event a line, its name and fields after time and level. A failure's
/// stack trace follows its line.
final class TextLines extends Formatter {
  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder();
    line.append(Instant.ofEpochMilli(record.getMillis()))
        .append(' ')
        .append(word(record.getLevel()))
        .append(' ')
        .append(oneLine(Secrets.masked(message(record))));
    Attribution.of(record)
        .fields()
        .forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    line.append('\n');
    if (record.getThrown() != null) {
      StringWriter trace = new StringWriter();
      record.getThrown().printStackTrace(new PrintWriter(trace));
      line.append(Secrets.masked(trace.toString()));
    }
    return line.toString();
  }

  private String message(LogRecord record) {
    Said said = said(record);
    return said == null ? formatMessage(record) : said.line();
  }

  private static String oneLine(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r");
  }

  /// What a record is about, if it is a cast.
  static @org.jspecify.annotations.Nullable Said said(LogRecord record) {
    return record.getParameters() != null
            && record.getParameters().length == 1
            && record.getParameters()[0] instanceof Said said
        ? said
        : null;
  }

  static String word(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }
}
