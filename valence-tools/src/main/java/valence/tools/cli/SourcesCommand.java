package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "sources",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    description = "Show what calls the application's functions when something happens.",
    footer = {"", "Examples:", "  valence sources", "  valence sources dead orders"})
final class SourcesCommand implements Runnable {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  SourcesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (NodeClient node = system.connect()) {
      Object sources = node.call("sources", Map.of());
      format.print(terminal, sources, () -> {
        List<String> columns =
            List.of("name", "type", "state", "position", "lag", "delivered", "failed", "dead");
        Table table = new Table(columns);
        List<?> all = sources instanceof List<?> list ? list : List.of();
        for (Object each : all) {
          table.row(columns.stream().map(column -> shown(each, column)).toList());
        }
        if (all.isEmpty()) {
          terminal.line("The application has no sources.");
          return;
        }
        table.print(terminal);
        all.forEach(this::error);
      });
    }
  }

  private void error(@Nullable Object source) {
    if (value(source, "last-error") instanceof String error) {
      terminal.line(terminal.dim(shown(source, "name") + ": " + error));
    }
  }

  private static @Nullable Object value(@Nullable Object map, String key) {
    return map instanceof Map<?, ?> known ? known.get(kw(key)) : null;
  }

  private static Object shown(@Nullable Object map, String key) {
    return switch (value(map, key)) {
      case null -> "";
      case clojure.lang.Keyword keyword -> keyword.getName();
      case Object other -> other;
    };
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Let a source wait until it is resumed; nothing is lost.",
      footer = {"", "Example:", "  valence sources pause orders"})
  int pause(
      @Mixin SystemOption of,
      @Parameters(paramLabel = "NAME", description = "The source.") String name) {
    call(of, "pause-source", name);
    terminal.line(name + " waits.");
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Let a source go on, also one that stopped because it failed.",
      footer = {"", "Example:", "  valence sources resume orders"})
  int resume(
      @Mixin SystemOption of,
      @Parameters(paramLabel = "NAME", description = "The source.") String name) {
    call(of, "resume-source", name);
    terminal.line(name + " goes on.");
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "List what a source couldn't deliver, and why.",
      footer = {"", "Example:", "  valence sources dead orders"})
  int dead(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Parameters(paramLabel = "NAME", description = "The source.") String name,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most so many; default: ${DEFAULT-VALUE}.")
          long limit) {
    try (NodeClient node = of.connect()) {
      Object letters = node.call("dead-letters", Map.of(kw("name"), name, kw("limit"), limit));
      as.print(terminal, letters, () -> {
        List<String> columns = List.of("sent", "attempts", "why", "body");
        Table table = new Table(columns);
        List<?> all = letters instanceof List<?> list ? list : List.of();
        all.forEach(each -> table.row(columns.stream()
            .map(column -> value(each, column) instanceof java.util.Date date
                ? date.toInstant().toString()
                : shown(each, column))
            .toList()));
        if (all.isEmpty()) {
          terminal.line(name + " has no dead letters.");
        } else {
          table.print(terminal);
        }
      });
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Deliver what a source couldn't deliver again.",
      footer = {"", "Example:", "  valence sources replay orders"})
  int replay(
      @Mixin SystemOption of,
      @Parameters(paramLabel = "NAME", description = "The source.") String name) {
    terminal.line(call(of, "replay-dead-letters", name) + " delivered again.");
    return 0;
  }

  private static @Nullable Object call(SystemOption of, String operation, String name) {
    try (NodeClient node = of.connect()) {
      return node.call(operation, Map.of(kw("name"), name));
    }
  }
}
