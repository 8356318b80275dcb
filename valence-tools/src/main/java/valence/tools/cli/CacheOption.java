package valence.tools.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import valence.tools.solo.Stored;

/// Where a node keeps copies of segments, nearer than their storage.
final class CacheOption {
  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Keeps copies of segments on this machine's disk.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--cache-bytes",
      paramLabel = "N",
      description = "What they may take; default: 10 GiB.")
  private Optional<Long> bytes = Optional.empty();

  @Option(
      names = "--shared-cache-dir",
      paramLabel = "DIR",
      description = "Keeps copies where several nodes find them, 10 GiB at most.")
  private Optional<Path> shared = Optional.empty();

  Stored with(Stored stored) {
    List<String> arguments = new ArrayList<>();
    directory.ifPresent(path -> add(arguments, "--cache-dir", path.toAbsolutePath()));
    bytes.ifPresent(limit -> add(arguments, "--cache-bytes", limit));
    shared.ifPresent(path -> add(arguments, "--shared-cache-dir", path.toAbsolutePath()));
    return new Stored(stored.address(), stored.keyFile(), arguments);
  }

  private static void add(List<String> arguments, String flag, Object value) {
    arguments.add(flag);
    arguments.add(value.toString());
  }
}
