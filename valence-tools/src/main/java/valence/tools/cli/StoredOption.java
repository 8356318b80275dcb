package valence.tools.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import valence.tools.solo.Setting;
import valence.tools.solo.Settings;
import valence.tools.solo.SoloSystem;
import valence.tools.solo.Stored;

/// Where the facts of a system are, for commands that open them.
final class StoredOption {
  private static final String STORAGE = "VALENCE_STORAGE";
  private static final String KEY_FILE = "VALENCE_KEY_FILE";

  @Option(
      names = "--storage",
      paramLabel = "PLACE",
      description = {
        "Where the facts are: a directory, or jdbc:postgresql://host/database.",
        "A password belongs into VALENCE_STORAGE_PASSWORD, or ~/.pgpass.",
        "Default: VALENCE_STORAGE of the environment, or what the system started with last."
      })
  private Optional<String> address = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = {
        "Encrypts the facts at rest; made by valence keys generate.",
        "Default: VALENCE_KEY_FILE of the environment, or what the system started with last."
      })
  private Optional<Path> keyFile = Optional.empty();

  /// Whether a storage is named by the words or the environment.
  boolean isNamed() {
    return address.isPresent() || System.getenv(STORAGE) != null;
  }

  /// What the words say is added to what a system was told before.
  Settings remembered(Settings settings) {
    Settings result = settings;
    if (address.isPresent()) {
      result = result.with(Setting.STORAGE, absolute(address.get()));
    }
    if (keyFile.isPresent()) {
      result = result.with(Setting.KEY_FILE, keyFile.get().toAbsolutePath().toString());
    }
    return result;
  }

  /// As [#remembered], with what the environment says, which isn't kept.
  Settings effective(Settings settings) {
    Settings result = settings;
    if (System.getenv(STORAGE) != null) {
      result = result.with(Setting.STORAGE, System.getenv(STORAGE));
    }
    if (System.getenv(KEY_FILE) != null) {
      result = result.with(Setting.KEY_FILE, System.getenv(KEY_FILE));
    }
    return remembered(result);
  }

  /// A directory from here becomes one from anywhere; an address stays.
  static String absolute(String place) {
    return place.matches("[a-z]+:.*") ? place : Path.of(place).toAbsolutePath().toString();
  }

  /// Where the facts of a system are.
  Stored stored(SoloSystem system) {
    Stored told = effective(system.settings()).stored();
    return told.address() == null ? new Stored(system.store().toString(), told.keyFile()) : told;
  }
}
