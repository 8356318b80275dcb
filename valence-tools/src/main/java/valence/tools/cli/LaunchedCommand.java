package valence.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import valence.api.Anomaly;

/// Commands that are programs of their own, which the launcher starts: they know what this room
/// may not.
final class LaunchedCommand {
  private LaunchedCommand() {}

  @Command(
      name = "conformance",
      mixinStandardHelpOptions = true,
      description = {
        "Run a corpus of cases against this database, and say which of them pass.",
        "Its own options are shown by valence conformance --help."
      },
      footer = {"", "Example:", "  valence conformance corpus/"})
  static final class Conformance implements Callable<Integer> {
    @Override
    public Integer call() {
      throw launched("conformance");
    }
  }

  @Command(
      name = "node",
      mixinStandardHelpOptions = true,
      description = {
        "Run a node in this process, as a service manager would; valence up does it for you.",
        "Its arguments are those of docs/protocol.md."
      },
      footer = {"", "Example:", "  valence node --system solo --folder /var/lib/valence"})
  static final class Node implements Callable<Integer> {
    @Override
    public Integer call() {
      throw launched("node");
    }
  }

  private static RuntimeException launched(String word) {
    return Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            word + " is a program of its own.",
            "Start it through the launcher, as `./valence " + word + "`.")
        .toException();
  }
}
