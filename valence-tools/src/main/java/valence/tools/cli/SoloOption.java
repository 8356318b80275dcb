package valence.tools.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import valence.api.Anomaly;
import valence.client.NodeAddress;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;

/// Which system of this machine a command is for.
final class SoloOption {
  @Option(
      names = "--system",
      paramLabel = "NAME",
      description = "The system's name; default: ${DEFAULT-VALUE}.",
      defaultValue = SoloSystem.DEFAULT_NAME)
  private String name = SoloSystem.DEFAULT_NAME;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "The system's folder; default: .valence/<system>, here or above.")
  private Optional<Path> folder = Optional.empty();

  /// The system to be started here.
  SoloSystem here() {
    return new SoloSystem(name, folder.orElseGet(() -> SoloSystem.folderOf(directory(), name)));
  }

  /// The system that is meant, in this directory or above.
  SoloSystem found() {
    return folder
        .map(given -> new SoloSystem(name, given))
        .orElseGet(() -> SoloSystem.above(directory(), name));
  }

  /// The node that runs, or an anomaly that says how to start one.
  RunningNode running() {
    SoloSystem system = found();
    return system
        .running()
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "System " + name + " doesn't run in " + system.folder() + ".",
                "Start it with `" + command("up") + "`, or say where it is with --dir.")
            .toException());
  }

  /// The node that runs, asked as who is named, or as `admin` if nobody is and there is one.
  NodeAddress address(Optional<String> principal) {
    return found().address(running(), principal);
  }

  /// Whether a profile is given as a file rather than as a principal of this system.
  boolean isFile(String profile) {
    return found().isFile(profile);
  }

  /// What a profile says: that of a principal of this system, or a file.
  NodeAddress profile(String fileOrName) {
    return found().profileAddress(fileOrName);
  }

  /// A command for the same system, as one would type it.
  String command(String words) {
    StringBuilder command = new StringBuilder(Main.NAME + " " + words);
    if (!name.equals(SoloSystem.DEFAULT_NAME)) {
      command.append(" --system ").append(name);
    }
    folder.ifPresent(given -> command.append(" --dir ").append(given));
    return command.toString();
  }

  private static Path directory() {
    return Path.of("").toAbsolutePath();
  }
}
