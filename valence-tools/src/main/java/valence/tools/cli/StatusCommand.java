package valence.tools.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Say what runs: system, application, revision, databases.",
    footer = {"", "Examples:", "  valence status", "  valence status --json"})
final class StatusCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Object status = node.call("status", Map.of());
      format.print(terminal, status, () -> Fieldwise.print(terminal, status));
      return 0;
    }
  }
}
