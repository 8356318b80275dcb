package valence.tools.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// The commits that the checked-out one of a git repository rests on, and itself.
///
/// @param folder of the repository, or one within it; absolute
/// @param name   of the repository, fit to name a database
/// @param head   the SHA of the commit that is checked out
public record History(Path folder, String name, String head) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int NAME_LENGTH_MAX = 100;
  private static final String GIT_FOLDER = ".git";

  // The repository is the one of the folder, and is only read.
  private static final Map<String, Optional<String>> ENVIRONMENT = Map.of(
      "GIT_DIR", Optional.empty(),
      "GIT_WORK_TREE", Optional.empty(),
      "GIT_INDEX_FILE", Optional.empty(),
      "GIT_OPTIONAL_LOCKS", Optional.of("0"),
      "LC_ALL", Optional.of("C"));

  /// The history of the repository that a folder is in.
  public static History of(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    if (!folder.toFile().isDirectory()) {
      throw Anomaly.of(Anomaly.Category.NOT_FOUND, "There is no folder " + folder + ".")
          .toException();
    }
    Command.Outcome git = git(folder, "rev-parse", "--absolute-git-dir").run();
    if (git.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "There is no git repository in " + folder + " (" + firstLine(git.err()) + ").")
          .toException();
    }
    Command.Outcome head =
        git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").run();
    if (head.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The git repository in " + folder + " has no commit yet, so it has no history.")
          .toException();
    }
    return new History(folder, name(Path.of(git.out().strip())), head.out().strip());
  }

  /// The same history under another name.
  public History named(String other) {
    return new History(folder, other, head);
  }

  /// The SHA of the commit that git knows by the words, such as `HEAD~3`, `main` or `1a2b3c4`.
  public String commit(String words) {
    Command.Outcome outcome = git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", words + "^{commit}")
        .run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND, "git knows no commit " + words + " in " + folder + ".")
          .toException();
    }
    return outcome.out().strip();
  }

  /// Whether the repository holds one of the commits.
  boolean holdsAnyOf(List<String> shas) {
    List<String> words = new ArrayList<>(List.of("rev-list", "--no-walk", "--ignore-missing"));
    words.addAll(shas);
    return !output(words).isEmpty();
  }

  /// How many commits there are that none of some known ones rests on.
  ///
  /// @param known SHAs of commits; those that the repository lacks don't count
  long countWithout(List<String> known) {
    return Long.parseLong(output(without(known, "rev-list", "--count")));
  }

  /// Hands on the commits that [#countWithout] counts, each after its parents and else by time.
  void read(List<String> known, Consumer<Commit> consumer) {
    List<String> words = without(
        known,
        "-c",
        "log.showRoot=true",
        "-c",
        "log.showSignature=false",
        "log",
        "--reverse",
        "--date-order",
        "--no-color",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--encoding=UTF-8",
        "--numstat",
        "-z",
        "--format=" + LogReader.FORMAT);
    git(folder, words.toArray(String[]::new)).stream(out -> {
      LogReader log = new LogReader(out);
      for (Optional<Commit> commit = log.next(); commit.isPresent(); commit = log.next()) {
        consumer.accept(commit.get());
      }
      return true;
    });
  }

  private List<String> without(List<String> known, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--ignore-missing");
    all.add(head);
    known.forEach(sha -> all.add("^" + sha));
    all.add("--");
    return all;
  }

  private String output(List<String> words) {
    Command.Outcome outcome = git(folder, words.toArray(String[]::new)).run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "git " + words.getFirst() + " failed: " + firstLine(outcome.err()) + ".")
          .toException();
    }
    return outcome.out().strip();
  }

  /// The name of the folder that holds `.git`, or that is the repository itself.
  private static String name(Path gitFolder) {
    Path named = gitFolder.endsWith(GIT_FOLDER) ? gitFolder.getParent() : gitFolder;
    Path last = named == null ? null : named.getFileName();
    String name = last == null ? "" : last.toString();
    if (name.endsWith(GIT_FOLDER)) {
      name = name.substring(0, name.length() - GIT_FOLDER.length());
    }
    name = name.replaceAll("[^A-Za-z0-9_-]+", "-");
    return name.isEmpty()
        ? "repository"
        : name.substring(0, Math.min(name.length(), NAME_LENGTH_MAX));
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("git said nothing");
  }

  private static Command git(Path folder, String... words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    return new Command(folder, command, ENVIRONMENT, TIMEOUT);
  }
}
