package valence.node;

import java.nio.file.Path;
import java.util.List;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.telemetry.Logs;
import valence.node.telemetry.TelemetryConfig;
import valence.storage.encryption.KeyFile;
import valence.storage.place.Place;

/// The command that makes and changes keys:
///
///     valence.node.KeyMain generate FILE    a new file with one master key
///     valence.node.KeyMain add FILE         a new master key into a file
///     valence.node.KeyMain rotate FILE      new data key for the storage of VALENCE_STORAGE
///
/// Prints nothing but what went wrong. Ends with 0, or 1 when it failed.
public final class KeyMain {
  private static final int EXIT_FAILED = 1;

  private KeyMain() {}

  public static void main(String... arguments) {
    Logs.install(TelemetryConfig.LogForm.TEXT);
    try {
      run(List.of(arguments));
    } catch (AnomalyException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_FAILED);
    }
  }

  private static void run(List<String> arguments) {
    String deed = arguments.isEmpty() ? "" : arguments.getFirst();
    if (arguments.size() != 2 || !List.of("generate", "add", "rotate").contains(deed)) {
      throw wrong("Expected generate, add or rotate, and a file.");
    }
    Path file = Path.of(arguments.getLast()).toAbsolutePath().normalize();
    switch (deed) {
      case "generate" -> KeyFile.generate(file);
      case "add" -> KeyFile.add(file);
      default -> {
        String address = System.getenv(Flags.STORAGE_VARIABLE);
        if (address == null) {
          throw wrong(Flags.STORAGE_VARIABLE + " isn't set: of which storage?");
        }
        Place.of(address).encryptedBy(file).rotateKeys();
      }
    }
  }

  private static AnomalyException wrong(String sentence) {
    return Anomaly.incorrect("valence.error/invalid-config", sentence).toException();
  }
}
