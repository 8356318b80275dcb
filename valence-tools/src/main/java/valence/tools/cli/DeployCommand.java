package valence.tools.cli;

import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = "Make a group run a pushed revision. Returns at once, or with --wait at its end.",
    footer = {"", "Example:", "  valence deploy inventory --wait --message 'Order sooner'"})
final class DeployCommand implements Callable<Integer> {
  static final Duration WAIT_MAX = Duration.ofMinutes(15);

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(index = "0", paramLabel = "APPLICATION", description = "Its :app-name.")
  private String appName = "";

  @Parameters(
      index = "1",
      paramLabel = "REVISION",
      arity = "0..1",
      description = "A commit's SHA or unreproducible/NAME; default: the one pushed last.")
  private Optional<String> rev = Optional.empty();

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "Default: ${DEFAULT-VALUE}.",
      defaultValue = "solo")
  private String group = "";

  @Option(names = "--wait", description = "Wait for the end; status 1 when it failed.")
  private boolean wait;

  @Option(
      names = {"--message", "--why"},
      paramLabel = "TEXT",
      description = "What for; valence deployments shows it.")
  private String message = "";

  @Option(
      names = "--force",
      description = "Deploy it although it doesn't fit what runs; why not is recorded.")
  private boolean force;

  DeployCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      String revision = rev.orElseGet(() -> newest(node));
      Deployment deployment =
          Deployment.start(node, group, appName, revision, new Deployment.Wish(message, force));
      return followed(terminal, format, system, deployment, wait);
    }
  }

  /// Tells of a deployment that has begun, or waits for its end; the status to exit with.
  static int followed(
      Terminal terminal, Format format, SystemOption system, Deployment deployment, boolean wait) {
    if (!wait) {
      format.print(
          terminal,
          Map.of(kw("deployment"), deployment.id()),
          () -> terminal.line(
              "Follow it with\n  " + system.command("deploy-status " + deployment.id())));
      return 0;
    }
    Deployment.Status status = deployment.await(WAIT_MAX, terminal::progress);
    terminal.endProgress();
    format.print(terminal, status.data(), () -> DeploymentPage.print(terminal, status.data()));
    return DeployStatusCommand.exit(terminal, status);
  }

  private String newest(NodeClient node) {
    Object revisions = node.call("revisions", Map.of(kw("app-name"), appName));
    if (revisions instanceof Iterable<?> all && all.iterator().hasNext()) {
      return Fields.of("A revision", all.iterator().next()).text("rev");
    }
    throw Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "No revision of " + appName + " has been pushed.",
            "Push one with `" + system.command("push") + "`.")
        .toException();
  }
}
