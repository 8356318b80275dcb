package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "deployments",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    description = "Show what was deployed, newest first: who, when, why, and how it ended.",
    footer = {
      "",
      "Examples:",
      "  valence deployments",
      "  valence deployments inventory --limit 50",
      "  valence deployments show 6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    })
final class DeploymentsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(paramLabel = "APPLICATION", arity = "0..1", description = "Of this one alone.")
  private String appName = "";

  @Option(names = "--group", paramLabel = "NAME", description = "On this group alone.")
  private String group = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at most; default: ${DEFAULT-VALUE}.",
      defaultValue = "20")
  private long limit;

  DeploymentsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Map<Keyword, Object> request = new LinkedHashMap<>();
      request.put(kw("app-name"), appName);
      request.put(kw("group"), group);
      request.put(kw("limit"), limit);
      Object deployments = node.call("deployments", request);
      format.print(terminal, deployments, () -> table(deployments));
      return 0;
    }
  }

  private void table(@Nullable Object deployments) {
    Table table =
        new Table(List.of("begun", "by", "from", "to", "state", "ms", "for", "deployment"));
    boolean any = false;
    if (deployments instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> one) {
          any = true;
          String back = one.get(kw("rolls-back")) == null ? "" : " (rollback)";
          String forced = one.get(kw("forced")) == null ? "" : " (forced)";
          table.row(List.of(
              DeploymentPage.text(one, "begun"),
              DeploymentPage.text(one, "by"),
              DeploymentPage.shortened(DeploymentPage.text(one, "from")),
              DeploymentPage.shortened(DeploymentPage.text(one, "rev")),
              DeploymentPage.text(one, "deploy-status") + back + forced,
              DeploymentPage.text(one, "millis"),
              DeploymentPage.text(one, "message"),
              DeploymentPage.text(one, "deployment")));
        }
      }
    }
    if (any) {
      table.print(terminal);
    } else {
      terminal.line("Nothing was deployed yet.");
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show one, and how its revision differs from the one that ran before it.",
      footer = {"", "Example:", "  valence deployments show 6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
  int show(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Parameters(paramLabel = "DEPLOYMENT", description = "Its id.") UUID deployment) {
    try (NodeClient node = of.connect()) {
      Map<Object, Object> shown = new LinkedHashMap<>();
      if (node.call("deploy-status", Map.of(kw("deployment"), deployment))
          instanceof Map<?, ?> status) {
        shown.putAll(status);
      }
      Object before = shown.get(kw("from-content"));
      if (before != null && !before.equals(shown.get(kw("content")))) {
        shown.put(
            kw("difference"),
            node.call(
                "revision-difference",
                Map.of(
                    kw("app-name"),
                    DeploymentPage.text(shown, "app-name"),
                    kw("from"),
                    before,
                    kw("to"),
                    DeploymentPage.text(shown, "content"))));
      }
      as.print(terminal, shown, () -> {
        DeploymentPage.print(terminal, shown);
        if (shown.get(kw("difference")) instanceof Map<?, ?> difference) {
          terminal.line("");
          DifferencePage.print(terminal, difference);
        }
      });
      return 0;
    }
  }
}
