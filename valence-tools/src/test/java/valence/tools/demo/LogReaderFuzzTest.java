package valence.tools.demo;

import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import valence.testing.Fuzz;

/// Histories that git wouldn't write: a fault of what runs here, not of who asks.
final class LogReaderFuzzTest {
  @Test
  void histories() {
    String sha = "0123456789".repeat(4);
    String commit = "\u0001" + sha + "\0" + sha + " " + sha
        + "\0Ada\0ada@example.org\0001767225600\0001767225600\0Begin\0"
        + "\n1\t2\ta/b.txt\0-\t-\timage.png\0";
    Fuzz.ofStored("git-log", 2_000).run(List.of(commit + commit), input -> {
      LogReader reader = new LogReader(new ByteArrayInputStream(input));
      while (reader.next().isPresent()) {}
    });
  }
}
