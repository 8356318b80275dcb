package valence.tools.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.deploy.Deployment;
import valence.tools.terminal.Terminal;
import valence.wire.Fields;

@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Make a group run again what it ran before, and wait for that.",
      "It is the same content, whatever was pushed under its name since."
    },
    footer = {
      "",
      "Examples:",
      "  valence rollback --message 'too slow'",
      "  valence rollback inventory --to 1f0c3d5e"
    })
final class RollbackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(
      paramLabel = "APPLICATION",
      arity = "0..1",
      description = "Only if the group runs this one.")
  private String appName = "";

  @Option(
      names = "--to",
      paramLabel = "REVISION",
      description = "Another than the one before: its name, or the begin of its SHA or content id.")
  private String to = "";

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "solo")
  private String group = "";

  @Option(
      names = {"--message", "--why"},
      paramLabel = "TEXT",
      description = "What for; valence deployments shows it.")
  private String message = "";

  RollbackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      String runs = Fields.of("The status", node.call("status", Map.of())).text("application", "");
      if (!appName.isEmpty() && !appName.equals(runs)) {
        throw Anomaly.of(
                Anomaly.Category.CONFLICT,
                "The group " + group + " runs " + (runs.isEmpty() ? "nothing" : runs) + ", not "
                    + appName + ".",
                "Nothing was changed.")
            .toException();
      }
      Deployment deployment =
          Deployment.rollBack(node, group, to, new Deployment.Wish(message, false));
      return DeployCommand.followed(terminal, format, system, deployment, true);
    }
  }
}
