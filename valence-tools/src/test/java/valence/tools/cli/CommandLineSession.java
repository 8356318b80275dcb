package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;

/// Commands as somebody types them, on one system with a node of its own.
final class CommandLineSession implements AutoCloseable {
  private final Path directory;

  /// How a command ended, and what it said.
  record Ended(int status, String out, String err) {}

  CommandLineSession(Path directory) {
    this.directory = directory;
  }

  /// Starts the node, on any ports.
  CommandLineSession up() {
    done("up", "--api-port", "0", "--http-port", "0");
    return this;
  }

  SoloSystem system() {
    return new SoloSystem(SoloSystem.DEFAULT_NAME, directory);
  }

  Path folder() {
    return directory;
  }

  /// Runs a command as it is.
  static Ended run(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(stream(out), stream(err), false);
    int status = Main.run(terminal, words);
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /// Runs a command on this system.
  Ended here(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--dir", directory.toString()));
    return run(all.toArray(String[]::new));
  }

  /// What a command prints that does what it should.
  String done(String... words) {
    Ended ended = here(words);
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    return ended.out();
  }

  /// What a command says that ends with a status: one line.
  String refused(int status, String... words) {
    Ended ended = here(words);
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(status);
    assertThat(ended.err().lines().filter(line -> line.startsWith("valence: "))).hasSize(1);
    return ended.err();
  }

  @Override
  public void close() {
    system()
        .running()
        .ifPresent(node -> ProcessHandle.of(node.pid()).ifPresent(process -> {
          process.destroy();
          process.onExit().join();
        }));
  }
}
