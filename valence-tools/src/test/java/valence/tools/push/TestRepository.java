package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import valence.tools.process.Command;

/// A real git repository of a test.
record TestRepository(Path folder) {
  void init() throws IOException {
    Files.createDirectories(folder);
    git("init", "--quiet");
  }

  void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  void commit() {
    git("add", "--all");
    git("commit", "--quiet", "--message", "Next");
  }

  String git(String... words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    return run(command);
  }

  private String run(List<String> words) {
    Map<String, Optional<String>> identity = new HashMap<>();
    Stream.of("AUTHOR", "COMMITTER").forEach(role -> {
      identity.put("GIT_" + role + "_NAME", Optional.of("Ada"));
      identity.put("GIT_" + role + "_EMAIL", Optional.of("ada@example.org"));
    });
    Command.Outcome outcome = new Command(folder, words, identity, Duration.ofMinutes(1)).run();
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return outcome.out().strip();
  }
}
