package valence.tools.tour;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// git in the repository made of an example, independent of how the user has set up theirs.
public record Git(Path folder) {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final List<String> SETTINGS = List.of(
      "-c", "commit.gpgSign=false",
      "-c", "core.hooksPath=/dev/null",
      "-c", "core.autocrlf=false");
  private static final Map<String, Optional<String>> ENVIRONMENT = Map.of(
      "GIT_DIR", Optional.empty(),
      "GIT_WORK_TREE", Optional.empty(),
      "GIT_INDEX_FILE", Optional.empty(),
      "GIT_AUTHOR_NAME", Optional.of("Valence"),
      "GIT_AUTHOR_EMAIL", Optional.of("valence@example.org"),
      "GIT_COMMITTER_NAME", Optional.of("Valence"),
      "GIT_COMMITTER_EMAIL", Optional.of("valence@example.org"));

  public String run(String... words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(SETTINGS);
    command.addAll(List.of(words));
    Command.Outcome outcome = new Command(folder, command, ENVIRONMENT, TIMEOUT).run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "git " + words[0] + " failed: " + outcome.err().strip() + ".")
          .toException();
    }
    return outcome.out().strip();
  }

  /// Commits everything; the commit's SHA.
  public String commit(String message) {
    run("add", "--all");
    run("commit", "--quiet", "--message", message);
    return run("rev-parse", "HEAD");
  }
}
