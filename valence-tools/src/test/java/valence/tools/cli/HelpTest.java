package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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

  // Bash and zsh are asked without a terminal, so what completion calls of them is said here.
  private static final String BASH = """
      source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
      _valence; printf '%s\\n' "${COMPREPLY[@]}"
      """;
  private static final String ZSH = """
      compdef() { : }
      _files() { for f in $PREFIX*(N); do print -r -- $f; done }
      _describe() {
        [[ $1 == -o ]] && shift; [[ $1 == -t ]] && shift 2
        local entry name=$2
        for entry in "${(@P)name}"; do
          [[ ${entry%%:*} == $PREFIX* ]] && print -r -- ${entry%%:*}
        done
        return 0
      }
      source "$0"; words=("$@"); CURRENT=$#; PREFIX=${words[-1]}; _valence; true
      """;
  private static final String FISH = """
      source $argv[1]; complete -C (string join -- ' ' $argv[2..-1])
      """;

  /// What a shell offers at the end of a line.
  private static List<String> offered(String shell, Path script, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(shell));
    command.addAll(
        switch (shell) {
          case "bash" -> List.of("-c", BASH);
          case "zsh" -> List.of("-f", "-c", ZSH);
          default -> List.of("--no-config", "-c", FISH);
        });
    command.add(script.toString());
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command)
        .directory(script.getParent().toFile())
        .redirectErrorStream(true)
        .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().map(line -> line.replaceAll("\t.*", "")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void aShellCompletesCommandsOptionsAndFiles(String shell, @TempDir Path folder) throws Exception {
    assumeTrue(isThere(shell), "no " + shell + " here");
    Path script = folder.resolve("valence.completion");
    Files.writeString(script, CommandLineSession.run("completion", shell).out());
    Files.writeString(folder.resolve("items.csv"), "");
    assertThat(offered(shell, script, "valence", "i"))
        .containsExactlyInAnyOrder("import", "invoke", "inspect");
    assertThat(offered(shell, script, "valence", "db", "sc")).containsExactly("schema");
    assertThat(offered(shell, script, "valence", "db", "schema", "--pi"))
        .containsExactly("--picture");
    assertThat(offered(shell, script, "valence", "q", "--li")).containsExactly("--limit");
    assertThat(offered(shell, script, "valence", "import", "it")).containsExactly("items.csv");
    assertThat(offered(shell, script, "valence", "help", "exp"))
        .containsExactlyInAnyOrder("explain", "export");
    assertThat(offered(shell, script, "valence", "access", "create", "--max-n"))
        .containsExactly("--max-nesting");
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
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
