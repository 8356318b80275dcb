package valence.tools.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.deploy.Deployment;
import valence.tools.terminal.Terminal;

@Command(
    name = "deploy-status",
    mixinStandardHelpOptions = true,
    description = "Say where a deployment stands; status 1 when it failed.",
    footer = {"", "Example:", "  valence deploy-status 6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
final class DeployStatusCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(paramLabel = "DEPLOYMENT", description = "The id that deploy printed.")
  private UUID deployment = new UUID(0, 0);

  DeployStatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Deployment.Status status = new Deployment(node, deployment).status();
      format.print(terminal, status.data(), () -> DeploymentPage.print(terminal, status.data()));
      return exit(terminal, status);
    }
  }

  /// 0 unless the deployment failed; then 1, after its cause.
  static int exit(Terminal terminal, Deployment.Status status) {
    if (status.outcome() != Deployment.Outcome.FAILED) {
      return 0;
    }
    terminal
        .err()
        .println(terminal.alarm("valence: ") + "The deployment failed. " + status.cause());
    return 1;
  }
}
