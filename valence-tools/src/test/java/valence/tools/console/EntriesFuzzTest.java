package valence.tools.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.Test;
import valence.testing.Fuzz;

/// What is typed in the console, and what stands in arguments of the command line.
final class EntriesFuzzTest {
  @Test
  void entries() {
    Reading reading = new Reading();
    new Fuzz("console-entry", 2_000)
        .run(
            List.of("(pull [*] [:n/name \"a\\\"b\"]) ; c\n", ":as-of 5", "[:find ?e #_x \\( #{1}"),
            input -> {
              String entry = new String(input, UTF_8);
              Script.isClosed(entry);
              reading.parse(entry, entry.length() / 2, ParseContext.COMPLETE);
            });
  }
}
