package valence.node.upkeep;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// The command that does one deed for a storage:
///
///     valence.node.upkeep.UpkeepMain backup '{:to "DIR"}'
///
/// The storage is that of the environment's VALENCE_STORAGE. Ends with 0, or 1 when it failed.
public final class UpkeepMain {
  private static final int EXIT_FAILED = 1;

  private UpkeepMain() {}

  public static void main(String... words) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try {
      if (words.length != 2 || !(Edn.read(words[1]) instanceof Map<?, ?> arguments)) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, "Expected a deed and a map of arguments.")
            .toException();
      }
      Arguments read = new Arguments(arguments, System.getenv("VALENCE_STORAGE"));
      Object result = new Upkeep(read, new Shown(out)).run(words[0]);
      out.println(Edn.print(Map.of(Arguments.key("result"), result)));
    } catch (AnomalyException e) {
      fail(out, e.anomaly().message());
    } catch (RuntimeException | Error defect) { // nobody reads this process's other output
      fail(out, "This is a defect of Valence: " + defect + " at " + defect.getStackTrace()[0]);
    }
  }

  private static void fail(PrintStream out, String message) {
    out.println(Edn.print(Map.of(Arguments.key("failed"), message)));
    System.exit(EXIT_FAILED);
  }
}
