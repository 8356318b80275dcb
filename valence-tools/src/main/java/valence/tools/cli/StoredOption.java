package valence.tools.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import valence.tools.solo.Stored;

/// Where the facts of a system are, for commands that open them.
final class StoredOption {
  @Option(
      names = "--storage",
      paramLabel = "PLACE",
      description = {
        "Where the facts are: a directory, or jdbc:postgresql://host/database.",
        "A password belongs into VALENCE_STORAGE_PASSWORD, or ~/.pgpass.",
        "Default: VALENCE_STORAGE of the environment, or else the system's folder."
      })
  private Optional<String> address = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = {
        "Encrypts the facts at rest; made by valence keys generate.",
        "Default: VALENCE_KEY_FILE of the environment, or else no encryption."
      })
  private Optional<Path> keyFile = Optional.empty();

  Stored stored() {
    return new Stored(
        address.orElseGet(() -> System.getenv("VALENCE_STORAGE")),
        keyFile
            .or(() -> Optional.ofNullable(System.getenv("VALENCE_KEY_FILE")).map(Path::of))
            .orElse(null));
  }
}
