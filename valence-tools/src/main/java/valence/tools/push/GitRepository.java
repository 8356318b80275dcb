package valence.tools.push;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// A git repository and an application's folder in it.
///
/// @param root   the top folder of the working tree
/// @param prefix the application's folder, relative to the root; empty when it is the root
record GitRepository(Path root, Path prefix) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  // A push may run in a git hook, where these point to the repository of the hook.
  private static final Map<String, Optional<String>> ENVIRONMENT = Map.of(
      "GIT_DIR", Optional.empty(),
      "GIT_WORK_TREE", Optional.empty(),
      "GIT_INDEX_FILE", Optional.empty(),
      "GIT_PREFIX", Optional.empty(),
      "GIT_OPTIONAL_LOCKS", Optional.of("0"),
      "LC_ALL", Optional.of("C"));

  /// The repository that a folder is in.
  static Optional<GitRepository> containing(Path folder) {
    Command.Outcome outcome = git(folder, "rev-parse", "--show-toplevel", "--show-prefix");
    if (outcome.status() != 0) {
      if (outcome.err().contains("not a git repository")) {
        return Optional.empty();
      }
      throw failed(outcome, "rev-parse");
    }
    List<String> lines = outcome.out().lines().toList();
    String prefix = lines.size() > 1 ? lines.get(1) : "";
    return Optional.of(new GitRepository(Path.of(lines.getFirst()), Path.of(prefix)));
  }

  /// The application in the developer's own working tree.
  Build.Project project() {
    return new Build.Project(root, root.resolve(prefix).normalize());
  }

  /// The commit that is checked out; empty before the first.
  Optional<String> head() {
    Command.Outcome outcome = git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
    return outcome.status() == 0 ? Optional.of(outcome.out().strip()) : Optional.empty();
  }

  /// Files that are changed, staged or neither committed nor ignored.
  List<String> changes() {
    List<String> changes = new ArrayList<>();
    String out = output("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames");
    for (String entry : out.split("\0")) {
      if (entry.length() > 3) {
        changes.add(entry.substring(3));
      }
    }
    return changes;
  }

  /// Files that git knows or doesn't ignore, relative to the root.
  List<String> files() {
    return List.of(
        output("ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z")
            .split("\0"));
  }

  /// The text of a file of the application's folder as of a commit.
  Optional<String> text(String commit, String file) {
    String path = prefix.resolve(file).toString().replace('\\', '/');
    Command.Outcome outcome = git(root, "cat-file", "blob", commit + ":" + path);
    return outcome.status() == 0 ? Optional.of(outcome.out()) : Optional.empty();
  }

  /// Who commits here, such as `Ada <ada@example.org>`.
  Optional<String> identity() {
    Command.Outcome outcome = git(root, "var", "GIT_AUTHOR_IDENT");
    int end = outcome.out().indexOf('>');
    return outcome.status() == 0 && end > 0
        ? Optional.of(outcome.out().substring(0, end + 1))
        : Optional.empty();
  }

  /// Checks a commit out into a new folder, without running the repository's hooks, and with the
  /// ends of lines that it has, whatever this user likes them to be.
  void addWorktree(Path folder, String commit) {
    output(
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.autocrlf=false",
        "-c",
        "core.eol=lf",
        "worktree",
        "add",
        "--detach",
        "--quiet",
        folder.toString(),
        commit);
  }

  /// Forgets a worktree whose folder has been deleted.
  void pruneWorktrees() {
    output("worktree", "prune");
  }

  private String output(String... words) {
    Command.Outcome outcome = git(root, words);
    if (outcome.status() != 0) {
      throw failed(outcome, words[0]);
    }
    return outcome.out();
  }

  private static Command.Outcome git(Path folder, String... words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    return new Command(folder, command, ENVIRONMENT, TIMEOUT).run();
  }

  private static RuntimeException failed(Command.Outcome outcome, String what) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "git " + what + " failed: "
                + outcome.err().strip().lines().findFirst().orElse("") + ".")
        .toException();
  }
}
