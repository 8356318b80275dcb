package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import valence.tools.terminal.Terminal;

class HelpTest {
  private static final Terminal TERMINAL = new Terminal(System.out, System.err, false);

  private static List<String> commands() {
    List<String> commands = new ArrayList<>();
    for (Catalog each : Catalog.values()) {
      commands.add(each.word());
      CommandLine command = Main.root(TERMINAL, each).getSubcommands().get(each.word());
      command.getSubcommands().keySet().forEach(below -> commands.add(each.word() + " " + below));
    }
    return commands;
  }

  @Test
  void theOverviewNamesEveryCommandOnce() {
    CommandLineSession.Ended ended = CommandLineSession.run("--help");
    assertThat(ended.status()).isZero();
    for (String word : Catalog.words()) {
      assertThat(ended.out().lines().filter(line -> line.startsWith("  " + word + " ")))
          .as(word)
          .hasSize(1);
    }
    assertThat(CommandLineSession.run("help").out()).isEqualTo(ended.out());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasExamplesAndAManualPage(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add("--help");
    CommandLineSession.Ended help = CommandLineSession.run(words.toArray(String[]::new));
    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("Usage: ", "Example", "  valence ");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    words.removeLast();
    words.addFirst("help");
    CommandLineSession.Ended page = CommandLineSession.run(words.toArray(String[]::new));
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(page.out())
        .contains("NAME", "    valence " + command + " - ", "SYNOPSIS", "EXAMPLES", "EXIT STATUS");
    assertThat(page.out().lines()).allMatch(line -> line.length() <= 110);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      satus              | Did you mean 'status'?
      tansact            | Did you mean 'transact'?
      quer               | There is no command 'quer'. See
      exp                | Did you mean 'explain'?
      --versoin          | Did you mean '--version'?
      db crate           | Did you mean 'create'?
      q [:find] --bd x   | There is no option '--bd'. Did you mean '--db'?
      tx --db x --jsno   | Did you mean '--json'?
      help db shcema     | Did you mean 'db schema'?
      """)
  void aMisspeltWordIsAnsweredWithTheNearest(String line, String message) {
    CommandLineSession.Ended ended = CommandLineSession.run(line.split(" "));
    assertThat(ended.status()).isEqualTo(ExitStatus.MISUSED.code());
    assertThat(ended.err()).contains(message).hasLineCount(1);
  }

  @Test
  void failuresAreDataForWhoAskedForData(@TempDir Path folder) {
    CommandLineSession session = new CommandLineSession(folder);
    CommandLineSession.Ended ended = session.here("status", "--json");
    assertThat(ended.status()).isEqualTo(ExitStatus.RETRY.code());
    assertThat(ended.err()).startsWith("{\"category\":\"unavailable\"").hasLineCount(1);
    assertThat(session.here("status", "--edn").err()).startsWith("{:category :unavailable");
  }

  /// What bash offers at the end of a line.
  private static List<String> offered(Path script, String... words)
      throws IOException, InterruptedException {
    String program = "source '" + script + "'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
        + "COMPREPLY=(); _valence; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command = new ArrayList<>(List.of("bash", "-c", program, "test"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command)
        .directory(script.getParent().toFile())
        .redirectErrorStream(true)
        .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().toList();
  }

  @Test
  void bashCompletesCommandsOptionsAndFiles(@TempDir Path folder) throws Exception {
    Path script = folder.resolve("valence.bash");
    Files.writeString(script, CommandLineSession.run("completion", "bash").out());
    Files.writeString(folder.resolve("items.csv"), "");
    assertThat(offered(script, "valence", "i")).containsExactly("import", "invoke", "inspect");
    assertThat(offered(script, "valence", "db", "sc")).containsExactly("schema");
    assertThat(offered(script, "valence", "db", "schema", "--pi")).containsExactly("--picture");
    assertThat(offered(script, "valence", "q", "--li")).containsExactly("--limit");
    assertThat(offered(script, "valence", "import", "it")).containsExactly("items.csv");
    assertThat(offered(script, "valence", "help", "exp")).containsExactly("explain", "export");
    assertThat(offered(script, "valence", "access", "create", "--max-n"))
        .containsExactly("--max-nesting");
  }

  @Test
  void everyShellIsToldEveryCommandAndOption() {
    for (String shell : List.of("bash", "zsh", "fish")) {
      String script = CommandLineSession.run("completion", shell).out();
      assertThat(script).as(shell).contains("conformance", "schema", "skip-bad", "as-of");
    }
    assertThat(CommandLineSession.run("completion", "tcsh").err()).contains("bash, zsh, fish");
  }
}
