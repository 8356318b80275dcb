package valence.tools.cli;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.client.NodeAddress;
import valence.client.NodeClient;
import valence.client.Profile;
import valence.tools.solo.SoloSystem;

/// Which system a command speaks to, wherever it runs.
final class SystemOption {
  @Mixin
  private SoloOption solo = new SoloOption();

  @Option(
      names = "--node",
      paramLabel = "URI",
      description = "The api address of a node, instead of looking into a folder.")
  private Optional<URI> address = Optional.empty();

  @Option(
      names = "--profile",
      paramLabel = "FILE|NAME",
      description = {
        "Whose access key to use: a file of valence access create, or a principal of this system.",
        "Default: VALENCE_PROFILE of the environment, or else admin of the system, if there is one."
      })
  private Optional<String> profile = Optional.empty();

  /// Where the node is, and who asks there.
  ///
  /// The node is the one named, or the one of the profile that is named, or else the running one.
  NodeAddress api() {
    Optional<String> named = profile.or(() -> Optional.ofNullable(System.getenv(Profile.VARIABLE)));
    if (address.isPresent()) {
      return named
          .map(words -> solo.profile(words).at(address.get()))
          .orElseGet(() -> NodeAddress.of(address.get()));
    }
    // Of a profile that names no file, the system is this machine's, wherever it listens today.
    if (named.isPresent() && solo.isFile(named.get())) {
      return solo.profile(named.get());
    }
    return solo.address(named);
  }

  /// Where the console remembers what was typed: beside a system of this machine, or else at home.
  Path history() {
    SoloSystem found = solo.found();
    return Files.isDirectory(found.folder())
        ? found.consoleHistory()
        : Path.of(System.getProperty("user.home"), ".valence-console-history");
  }

  NodeClient connect() {
    return NodeClient.connect(api());
  }

  /// A command for the same system, as one would type it.
  String command(String words) {
    return address
        .map(node -> Main.NAME + " " + words + " --node " + node)
        .orElseGet(() -> solo.command(words))
        .concat(profile.map(name -> " --profile " + name).orElse(""));
  }
}
