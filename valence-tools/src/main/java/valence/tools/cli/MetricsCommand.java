package valence.tools.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;
import valence.wire.HttpStatus;

@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description = {
      "Print what the node counts, in the text format of Prometheus, which otherwise reads it at",
      "/metrics of the api port."
    },
    footer = {"", "Example:", "  valence metrics | grep valence_ion"})
final class MetricsCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int BYTES_MAX = 64 << 20;

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  MetricsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      NodeClient.Response answer =
          node.send("GET", "/metrics", Map.of(), new byte[0], TIMEOUT, BYTES_MAX);
      String text = new String(answer.body(), StandardCharsets.UTF_8);
      if (answer.status() != 200) {
        throw Anomaly.of(HttpStatus.category(answer.status()), text).toException();
      }
      terminal.out().print(text);
      return 0;
    }
  }
}
