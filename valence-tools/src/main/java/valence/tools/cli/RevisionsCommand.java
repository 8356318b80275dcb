package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.Fields;

@Command(
    name = "revisions",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    description = "List what was pushed of an application, newest first.",
    footer = {
      "",
      "Examples:",
      "  valence revisions inventory",
      "  valence revisions diff 1f0c3d5e 99aa0b1c"
    })
final class RevisionsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(
      paramLabel = "APPLICATION",
      arity = "0..1",
      description = "Default: the one that runs.")
  private String appName = "";

  RevisionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Object revisions = node.call("revisions", Map.of(kw("app-name"), application(node, appName)));
      format.print(terminal, revisions, () -> table(revisions));
      return 0;
    }
  }

  /// The application that is meant.
  private static String application(NodeClient node, String named) {
    String application = named.isEmpty()
        ? Fields.of("The status", node.call("status", Map.of())).text("application", "")
        : named;
    if (application.isEmpty()) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "Nothing runs yet, so no application goes without saying.",
              "Name it.")
          .toException();
    }
    return application;
  }

  private void table(@Nullable Object revisions) {
    Table table = new Table(List.of("pushed", "by", "revision", "content", "artifacts", "bytes"));
    boolean any = false;
    if (revisions instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> revision) {
          any = true;
          long count = 0;
          long bytes = 0;
          if (revision.get(kw("artifacts")) instanceof Iterable<?> artifacts) {
            for (Object artifact : artifacts) {
              count++;
              bytes += artifact instanceof Map<?, ?> map && map.get(kw("size")) instanceof Long size
                  ? size
                  : 0;
            }
          }
          table.row(List.of(
              DeploymentPage.text(revision, "pushed-at"),
              DeploymentPage.text(revision, "pushed-by"),
              DeploymentPage.text(revision, "rev"),
              DeploymentPage.shortened(DeploymentPage.text(revision, "content")),
              count,
              bytes));
        }
      }
    }
    if (any) {
      table.print(terminal);
    } else {
      terminal.line("Nothing was pushed of it yet.");
    }
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = {
        "Show what one revision has and another hasn't: functions, configuration, artifacts,",
        "schema; in their repository also the commits in between."
      },
      footer = {"", "Example:", "  valence revisions diff 1f0c3d5e 99aa0b1c"})
  int diff(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Parameters(
              index = "0",
              paramLabel = "FROM",
              description = "A revision, or the begin of its SHA or content id.")
          String from,
      @Parameters(index = "1", paramLabel = "TO", description = "Another.") String to,
      @Option(
              names = "--app",
              paramLabel = "NAME",
              description = "The application; default: the one that runs.",
              defaultValue = "")
          String app) {
    try (NodeClient node = of.connect()) {
      Object difference = node.call(
          "revision-difference",
          Map.of(kw("app-name"), application(node, app), kw("from"), from, kw("to"), to));
      as.print(terminal, difference, () -> {
        if (difference instanceof Map<?, ?> map) {
          DifferencePage.print(terminal, map);
        }
      });
      return 0;
    }
  }
}
