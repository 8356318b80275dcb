package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.tools.terminal.Terminal;

/// Each mistake gets one line that says what was wrong, a status of 2 for what can't be meant, 1
/// for what can't be done, 3 for what may be done later.
class BadInputTest {
  @TempDir
  Path directory;

  private record Ended(int status, String out, String err) {}

  private static Ended run(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(stream(out), stream(err), false);
    int status = Main.run(terminal, words);
    return new Ended(status, text(out), text(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Ended inFolder(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--dir", directory.toString()));
    return run(all.toArray(String[]::new));
  }

  private static void assertOneLine(Ended ended, int status, String message) {
    assertThat(ended.err()).startsWith("valence: ").contains(message);
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      nonsense                          | There is no command 'nonsense'.
      status extra                      | 'extra' is one argument too many.
      status --wat                      | There is no option '--wat'.
      status --json --edn               | mutually exclusive
      status --node :                   | ':' isn't an address.
      db                                | Expected list, create, delete, stats, schema,
      db create                         | 'NAME'
      q --db x                          | 'QUERY'
      q [:find]                         | '--db=NAME'
      q [:find] --db x --limit many     | 'many' isn't a whole number.
      q [:find] --db x --timeout 0      | Expected 1 to 600 seconds.
      deploy-status 1                   | '1' isn't an id
      up --api-port ten                 | 'ten' isn't a whole number.
      """)
  void whatCanNotBeMeantEndsWith2(String line, String message) {
    assertOneLine(run(line.split(" ")), 2, message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      q [:find --db x                   | The text ends within the vector
      q @none --db x                    | @none can't be read
      q [] --db x --as-of never         | never is no point in time.
      transact } --db x                 | line 1
      status --system a/b               | "a/b" can't name a system.
      """)
  void whatCanNotBeDoneEndsWith1(String line, String message) {
    assertOneLine(inFolder(line.split(" ")), 1, message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      status                            | doesn't run in
      down                              | doesn't run in
      db list                           | doesn't run in
      deploy inventory                  | doesn't run in
      invoke solo-x {}                  | doesn't run in
      """)
  void whatMaySucceedLaterEndsWith3(String line, String message) {
    assertOneLine(inFolder(line.split(" ")), 3, message);
  }

  @Test
  void aDamagedReadyFileIsNamed() throws IOException {
    Files.writeString(directory.resolve("node.edn"), "{:pid");
    for (String command : List.of("status", "down", "up")) {
      assertOneLine(inFolder(command), 1, "node.edn is damaged: ");
    }
  }

  @Test
  void aFileAfterAnAtSignIsOneArgument() throws IOException {
    Path file = Files.writeString(directory.resolve("tx.edn"), "[{:a \"b c\"} {");
    Ended ended = inFolder("transact", "--db", "x", "@" + file);
    assertOneLine(ended, 1, "The text ends within the map");
  }

  @Test
  void aNodeThatDoesNotAnswerIsNamed() {
    Ended ended = run("status", "--node", "http://127.0.0.1:1");
    assertOneLine(ended, 3, "No node answers at http://127.0.0.1:1");
  }
}
