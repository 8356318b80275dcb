package valence.tools.cli;

import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.client.NodeClient;

/// Which system a command speaks to, wherever it runs.
final class SystemOption {
  @Mixin
  private SoloOption solo = new SoloOption();

  @Option(
      names = "--node",
      paramLabel = "URI",
      description = "The api address of a node, instead of looking into a folder.")
  private Optional<URI> address = Optional.empty();

  /// The api address of the node.
  URI api() {
    return address.orElseGet(() -> solo.running().api());
  }

  NodeClient connect() {
    return NodeClient.connect(api());
  }

  /// A command for the same system, as one would type it.
  String command(String words) {
    return address
        .map(node -> Main.NAME + " " + words + " --node " + node)
        .orElseGet(() -> solo.command(words));
  }
}
