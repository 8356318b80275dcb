package valence.tools.project;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// An application to be made.
///
/// @param name    its `:app-name`, and the name of its folder
/// @param parent  the folder that its folder is made in
/// @param version of Valence, that it is written for
public record NewProject(String name, Kind kind, Path parent, String version) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int NAME_CHARACTERS_MAX = 50;
  private static final Duration GIT_TIMEOUT = Duration.ofMinutes(1);

  // In a git hook these point to the repository of the hook.
  private static final Map<String, Optional<String>> GIT_ENVIRONMENT = Map.of(
      "GIT_DIR", Optional.empty(),
      "GIT_WORK_TREE", Optional.empty(),
      "GIT_INDEX_FILE", Optional.empty());

  /// `incorrect` for a name that a package or an application can't have.
  public NewProject {
    String where = packageOf(name);
    if (!NAME.matcher(name).matches()
        || name.length() > NAME_CHARACTERS_MAX
        || SourceVersion.isKeyword(where)
        || where.equals("valence")
        || where.equals("java")) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "An application can't be called " + name + ".",
              "Expected small letters, digits and single dashes, at most " + NAME_CHARACTERS_MAX
                  + ", beginning with a letter, and no word of Java, such as tea-shop.")
          .toException();
    }
  }

  /// What was made.
  ///
  /// @param commit the SHA of the first commit; empty when git made none
  /// @param reason why git made none; empty when it did
  public record Made(Path folder, List<String> files, String commit, String reason) {
    public Made {
      files = List.copyOf(files);
    }
  }

  /// Makes the folder, its files, a git repository and its first commit. `conflict` when the folder
  /// is there and has something in it.
  public Made make() {
    Path folder = parent.resolve(name);
    try {
      if (Files.exists(folder) && !isEmptyFolder(folder)) {
        throw Anomaly.of(
                Anomaly.Category.CONFLICT,
                folder + " is there already.",
                "Expected a name that is free.",
                "Choose another one, or another place with --dir.")
            .toException();
      }
      Map<String, String> files = new TreeMap<>();
      for (Map.Entry<String, String> file : kind.files().entrySet()) {
        files.put(filled(file.getKey()), filled(text(file.getValue())));
      }
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return commit(folder, List.copyOf(files.keySet()));
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              folder + " can't be written: " + e.getMessage() + ".",
              "Check the folder and its permissions.")
          .toException(e);
    }
  }

  /// How the tests of the application are run, in its folder.
  public String testCommand() {
    return filled(kind.test());
  }

  private static Made commit(Path folder, List<String> files) {
    for (List<String> words : List.of(
        List.of("init", "--quiet"),
        List.of("add", "--all"),
        List.of("commit", "--quiet", "--message", "Begin"))) {
      Command.Outcome outcome = git(folder, words);
      if (outcome.status() != 0) {
        String said = outcome.err().strip().lines().findFirst().orElse("it says nothing");
        boolean unknown = outcome.err().contains("user.email");
        return new Made(folder, files, "", unknown ? "git doesn't know who you are" : said);
      }
    }
    return new Made(
        folder, files, git(folder, List.of("rev-parse", "HEAD")).out().strip(), "");
  }

  private static Command.Outcome git(Path folder, List<String> words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(words);
    return new Command(folder, command, GIT_ENVIRONMENT, GIT_TIMEOUT).run();
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static String packageOf(String name) {
    return name.replace("-", "");
  }

  private String filled(String text) {
    return text.replace("{{name}}", name)
        .replace("{{package}}", packageOf(name))
        .replace("{{namespace}}", name)
        .replace("{{path}}", name.replace('-', '_'))
        .replace("{{version}}", version);
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = NewProject.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new AssertionError(resource + " is part of the module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
