package valence.node.telemetry;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The node's log as JSON, an object a line.
///
/// `time`, `level`, `logger`, then `event` and its fields for what the node says, `message` for
/// what an application logged, and `Type` with the application's keys for casts, in the form that
/// tools made for the reference look for: `:my.app/key` is `MyAppKey`. Then `app`, `revision`,
/// `function`, `request` and `trace`, where they are known, and `thrown` as data.
final class JsonLines extends Formatter {
  private static final Pattern FIELD = Pattern.compile(" ([a-z][a-z0-9-]*)=");
  private static final Pattern EVENT = Pattern.compile("([a-z][a-z0-9-]*)(?= |$)");

  @Override
  public String format(LogRecord record) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.ofEpochMilli(record.getMillis()).toString());
    line.put("level", TextLines.word(record.getLevel()));
    line.put("logger", String.valueOf(record.getLoggerName()));
    Said said = TextLines.said(record);
    if (said != null) {
      line.put("Type", camel(said.kind()));
      said.fields()
          .forEach((key, value) -> line.put(
              camel(
                  key.getNamespace() == null
                      ? key.getName()
                      : key.getNamespace() + "/" + key.getName()),
              value));
    } else {
      said(formatMessage(record), line);
    }
    line.putAll(Attribution.of(record).fields());
    if (record.getThrown() != null) {
      line.put("thrown", Plain.thrown(record.getThrown(), 0));
    }
    return LooseJson.print(Secrets.masked(line)) + "\n";
  }

  /// Events of the node are a name and `key=value`s; anything else is a message.
  private static void said(String message, Map<String, Object> line) {
    Matcher event = EVENT.matcher(message);
    if (!event.lookingAt() || !message.contains("-") && !message.contains("=")) {
      line.put("message", message);
      return;
    }
    Matcher field = FIELD.matcher(message);
    if (!field.find(event.end()) || field.start() != event.end()) {
      line.put(event.end() == message.length() ? "event" : "message", message);
      return;
    }
    line.put("event", event.group(1));
    int begin;
    do {
      String key = field.group(1);
      begin = field.end();
      boolean more = field.find();
      line.putIfAbsent(key, message.substring(begin, more ? field.start() : message.length()));
      if (!more) {
        return;
      }
    } while (true);
  }

  /// `my.app/some_key` as `MyAppSomeKey`.
  static String camel(String name) {
    StringBuilder text = new StringBuilder();
    boolean capital = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.' || c == '/' || c == '_' || c == '-') {
        capital = true;
      } else {
        text.append(capital ? Character.toUpperCase(c) : c);
        capital = false;
      }
    }
    return text.toString();
  }
}
