package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

/// A deployment for people: how it stands, phase by phase and function by function.
final class DeploymentPage {
  /// What is enough of a SHA for people.
  private static final int SHA_CHARACTERS = 12;

  private static final int SHA_CHARACTERS_ALL = 40;

  private DeploymentPage() {}

  static void print(Terminal terminal, Map<?, ?> status) {
    field(terminal, "deployment", text(status, "deployment"));
    field(terminal, "state", state(status) + took(status));
    field(
        terminal,
        "revision",
        text(status, "app-name") + " " + text(status, "rev") + " on " + text(status, "group"));
    field(terminal, "instead of", text(status, "from"));
    field(terminal, "takes back", text(status, "rolls-back"));
    field(terminal, "asked by", text(status, "by"));
    field(terminal, "for", text(status, "message"));
    field(terminal, "forced", text(status, "forced"));
    field(terminal, "phases", phases(status));
    schema(terminal, status);
    functions(terminal, status);
    lines(terminal, "objections", status.get(kw("objections")));
    lines(terminal, "its own log", status.get(kw("log")));
    if (status.get(kw("calls-left")) instanceof Long left && left > 0) {
      field(terminal, "calls left", left + " calls of the revision before had not ended");
    }
  }

  /// Such as `serving, draining`, or how it ended.
  private static String state(Map<?, ?> status) {
    String state = text(status, "deploy-status");
    return state.equals("running") && status.get(kw("code-deploy-status")) == kw("succeeded")
        ? "running; its code serves"
        : state;
  }

  private static String took(Map<?, ?> status) {
    return status.get(kw("millis")) instanceof Long millis ? " in " + millis + " ms" : "";
  }

  private static String phases(Map<?, ?> status) {
    List<String> phases = new ArrayList<>();
    if (status.get(kw("phases")) instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> phase) {
          phases.add(text(phase, "phase")
              + (phase.get(kw("millis")) instanceof Long millis ? " " + millis + " ms" : ""));
        }
      }
    }
    return String.join(", ", phases);
  }

  private static void schema(Terminal terminal, Map<?, ?> status) {
    if (status.get(kw("schema")) instanceof Iterable<?> databases) {
      for (Object each : databases) {
        if (each instanceof Map<?, ?> database) {
          Object added = database.get(kw("attributes"));
          Object left = database.get(kw("left"));
          field(
              terminal,
              "schema",
              text(database, "database")
                  + (added == null ? ": nothing new" : ": new are " + EdnBody.text(added))
                  + (left == null ? "" : "; no more in the revision: " + EdnBody.text(left)));
        }
      }
    }
  }

  /// Those that nothing happens to are only counted.
  private static void functions(Terminal terminal, Map<?, ?> status) {
    Table table = new Table(List.of("function", "", "change", "state", "why"));
    int shown = 0;
    int unchanged = 0;
    if (status.get(kw("functions")) instanceof Iterable<?> functions) {
      for (Object each : functions) {
        if (each instanceof Map<?, ?> function) {
          if (function.get(kw("change")) == kw("unchanged") && function.get(kw("cause")) == null) {
            unchanged++;
          } else {
            shown++;
            table.row(List.of(
                text(function, "kind"),
                text(function, "name"),
                text(function, "change"),
                text(function, "state"),
                text(function, "cause")));
          }
        }
      }
    }
    if (shown > 0) {
      table.print(terminal);
    }
    field(
        terminal,
        "unchanged",
        unchanged == 0 ? "" : unchanged + (unchanged == 1 ? " function" : " functions"));
  }

  private static void lines(Terminal terminal, String name, @Nullable Object lines) {
    if (lines instanceof Iterable<?> all) {
      terminal.line(terminal.bold(name));
      all.forEach(line -> terminal.line("  " + line));
    }
  }

  private static void field(Terminal terminal, String name, String value) {
    if (!value.isEmpty()) {
      terminal.line(terminal.bold(name) + " ".repeat(Math.max(1, 12 - name.length())) + value);
    }
  }

  /// A value as people write it; empty when there is none.
  static String text(Map<?, ?> map, String key) {
    return switch (map.get(kw(key))) {
      case null -> "";
      case String text -> text;
      case Keyword keyword -> keyword.toString().substring(1);
      case Date date -> date.toInstant().toString();
      case UUID id -> id.toString();
      case Object other -> EdnBody.text(other);
    };
  }

  /// The name of a revision, a SHA shortened.
  static String shortened(String rev) {
    return rev.length() >= SHA_CHARACTERS_ALL && !rev.contains("/")
        ? rev.substring(0, SHA_CHARACTERS)
        : rev;
  }
}
