package valence.tools.dev;

import static valence.api.Valence.kw;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.tools.terminal.Json;
import valence.tools.terminal.Terminal;

/// Shows what happens, a line or a few each: to people, or as JSON to programs. Safe for many
/// threads.
public final class Screen {
  private static final int NAMES_SHOWN_MAX = 3;

  private final Terminal terminal;
  private final boolean json;

  public Screen(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// Says what is being done, until the next line.
  synchronized void progress(String words) {
    if (!json) {
      terminal.progress(words);
    }
  }

  /// An event in words for people, and as data.
  private synchronized void say(Map<?, ?> event, String... lines) {
    terminal.endProgress();
    if (json) {
      terminal.line(Json.print(event));
      return;
    }
    for (String line : lines) {
      terminal.line(line);
    }
  }

  private static String time() {
    return LocalTime.now().truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_LOCAL_TIME);
  }

  void up(DevSession.Where where) {
    Map<Object, Object> event = new LinkedHashMap<>();
    event.put(kw("event"), kw("up"));
    event.put(kw("http"), where.http());
    event.put(kw("api"), where.api());
    event.put(kw("console"), where.console());
    event.put(kw("facts"), where.facts());
    event.put(kw("pid"), where.pid());
    say(
        event,
        "  http      " + terminal.bold(where.http()),
        "  api       " + where.api(),
        "  console   " + where.console(),
        "  facts     " + where.facts());
  }

  /// Says which keys do what.
  public void keys() {
    if (!json) {
      terminal.line("  " + terminal.dim("r reload · c console · q quit"));
    }
  }

  void live(DevSession.Live live) {
    Map<Object, Object> event = new LinkedHashMap<>();
    event.put(kw("event"), kw("live"));
    event.put(kw("revision"), live.revision());
    event.put(kw("millis"), live.millis());
    event.put(kw("compile-millis"), live.compileMillis());
    event.put(kw("load-millis"), live.loadMillis());
    event.put(kw("compiled"), live.compiledCount());
    event.put(kw("changed"), live.changed());
    event.put(kw("schema"), live.schema());
    String changed = live.changed().isEmpty() ? "" : "  " + names(live.changed());
    say(
        event,
        terminal.dim(time()) + "  " + terminal.green(live.revision()) + " is live"
            + (live.first() ? " after " : ", ") + terminal.bold(live.millis() + " ms")
            + (live.first() ? "" : " after the save") + changed
            + terminal.dim("  (" + compiled(live) + "loaded in " + live.loadMillis() + " ms)"));
  }

  private static String compiled(DevSession.Live live) {
    return live.compiledCount() == 0
        ? "" // a resource, or Clojure, which is loaded as it is
        : live.compiledCount() + " compiled in " + live.compileMillis() + " ms, ";
  }

  private static String names(List<String> changed) {
    return String.join(", ", changed.subList(0, Math.min(NAMES_SHOWN_MAX, changed.size())))
        + (changed.size() > NAMES_SHOWN_MAX
            ? " and " + (changed.size() - NAMES_SHOWN_MAX) + " more"
            : "");
  }

  /// Sources that don't compile, a configuration that makes no sense, a class that doesn't load.
  ///
  /// @param what    `compile`, `config` or `load`
  /// @param serving the revision that goes on; empty for none
  void refused(String what, List<String> messages, String serving) {
    Map<Object, Object> event = new LinkedHashMap<>();
    event.put(kw("event"), kw("refused"));
    event.put(kw("what"), what);
    event.put(kw("messages"), messages);
    event.put(kw("serving"), serving.isEmpty() ? null : serving);
    String[] lines = new String[messages.size() + 1];
    for (int i = 0; i < messages.size(); i++) {
      lines[i] = coloured(messages.get(i));
    }
    lines[messages.size()] = terminal.dim(time()) + "  " + terminal.red("not reloaded") + "; "
        + (serving.isEmpty() ? "nothing serves yet" : serving + " goes on serving");
    say(event, lines);
  }

  private String coloured(String message) {
    return message.replaceFirst(
        ": error: ", ": " + terminal.red("error:").replace("$", "\\$") + " ");
  }

  /// What the node tells of the application.
  void told(Map<?, ?> event) {
    String kind = String.valueOf(event.get(kw("event")));
    String stack = event.get(kw("stack")) instanceof String text ? text : "";
    switch (kind) {
      case ":cast" -> {
        String name = String.valueOf(event.get(kw("kind"))).substring(1);
        boolean alarm = name.equals("alert");
        say(
            event,
            terminal.dim(time()) + "  "
                + (alarm ? terminal.red("cast alert") : terminal.cyan("cast " + name)) + "  "
                + event.get(kw("said")) + indented(stack));
      }
      case ":failed" ->
        say(
            event,
            terminal.dim(time()) + "  " + terminal.red(String.valueOf(event.get(kw("message"))))
                + indented(stack));
      case ":logged" ->
        say(
            event,
            terminal.dim(time() + "  " + text(event, "level") + " " + text(event, "logger")) + "  "
                + text(event, "message") + indented(stack));
      case ":warned" ->
        say(event, terminal.dim(time()) + "  " + terminal.dim(text(event, "message")));
      case ":ahead" -> {
        if (json) {
          say(event);
        }
      }
      case ":ended" -> {
        // The session tells why.
      }
      default -> say(event, text(event, "text"));
    }
  }

  private static String text(Map<?, ?> event, String key) {
    return String.valueOf(event.get(kw(key)));
  }

  private static String indented(String stack) {
    return stack.isEmpty() ? "" : "\n    " + stack.strip().replace("\n", "\n    ");
  }

  void end(List<Long> millis) {
    Map<Object, Object> event = new LinkedHashMap<>();
    event.put(kw("event"), kw("end"));
    event.put(kw("reloads"), (long) millis.size());
    if (millis.isEmpty()) {
      say(event);
      return;
    }
    long median = millis.stream().sorted().toList().get(millis.size() / 2);
    event.put(kw("median-millis"), median);
    say(
        event,
        millis.size() + (millis.size() == 1 ? " reload" : " reloads") + ", from save to live "
            + median + " ms in the median.");
  }
}
