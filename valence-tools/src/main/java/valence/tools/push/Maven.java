package valence.tools.push;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// The Maven of a project: its wrapper, or else the one on the PATH. It alone knows the project's
/// profiles and the user's settings and mirrors.
///
/// @param folder where it runs
record Maven(Path folder) {
  /// Writes a class path to a file. Pinned, so that no push depends on what is newest today.
  static final String CLASS_PATH_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath";

  // A build of seconds ends before the better compiler pays: half of its processor time. The user's
  // own options come later and so win.
  private static final String OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ";

  private static final String LOCAL_REPOSITORY = "maven.repo.local";
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final String ERROR = "[ERROR] ";
  private static final int SHOWN_LINES_MAX = 20;

  /// Runs it on the JDK that we run on; `incorrect` with its errors when it fails.
  ///
  /// @param hidden folders that mean nothing to who reads the errors
  void run(List<String> words, List<Path> hidden) {
    List<String> command = new ArrayList<>();
    command.add(program());
    command.addAll(arguments());
    command.addAll(List.of("-B", "-ntp", "-q"));
    command.addAll(words);
    Map<String, Optional<String>> environment = Map.of(
        "JAVA_HOME", Optional.of(System.getProperty("java.home")),
        "MAVEN_ARGS", Optional.empty(),
        "MAVEN_OPTS", Optional.of(OPTIONS + System.getenv().getOrDefault("MAVEN_OPTS", "")));
    Command.Outcome outcome = new Command(folder, command, environment, Build.TIMEOUT).run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application's Maven build failed:\n" + errors(hidden, outcome))
          .toException();
    }
  }

  /// The jars and folders of a class path that Maven wrote to a file.
  static List<Path> entries(Path classPath) throws IOException {
    List<Path> entries = new ArrayList<>();
    for (String entry : Files.readString(classPath).strip().split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        Path path = Path.of(entry);
        if (!Files.exists(path)) {
          throw Anomaly.of(
                  Anomaly.Category.INCORRECT,
                  path + " is on the runtime class path and isn't there.",
                  "Expected jars only.",
                  "Depend on a packaged version of it.")
              .toException();
        }
        entries.add(path);
      }
    }
    if (entries.size() > Build.LIBRARIES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application has " + entries.size() + " libraries.",
              "At most " + Build.LIBRARIES_MAX + " are possible.")
          .toException();
    }
    return entries;
  }

  /// A line without the colours that Maven may give it.
  static String plain(String line) {
    return COLOURS.matcher(line).replaceAll("");
  }

  private String program() {
    Path wrapper = folder.resolve("mvnw");
    return Files.isExecutable(wrapper) ? wrapper.toString() : "mvn";
  }

  // Maven 3.8 doesn't read MAVEN_ARGS and 3.9 does; given as words, each reads it once.
  private static List<String> arguments() {
    String arguments = System.getenv().getOrDefault("MAVEN_ARGS", "").strip();
    List<String> words = new ArrayList<>();
    if (!arguments.isEmpty()) {
      words.addAll(List.of(arguments.split("\\s+")));
    }
    String repository = System.getProperty(LOCAL_REPOSITORY); // ours is the application's as well
    if (repository != null) {
      words.add("-D" + LOCAL_REPOSITORY + "=" + repository);
    }
    return words;
  }

  /// What Maven says went wrong, without what is of no use to somebody who didn't start it: where
  /// the clean worktree was, how to see more, what Maven's own libraries do.
  private static String errors(List<Path> hidden, Command.Outcome outcome) {
    try (Stream<String> lines = (outcome.out() + outcome.err()).lines()) {
      List<String> errors = lines
          .map(Maven::plain)
          .filter(line -> line.startsWith(ERROR))
          .map(line -> without(hidden, line.substring(ERROR.length())))
          .filter(line -> !line.isBlank() && !line.contains("[Help 1]"))
          .filter(line -> !line.startsWith("To see the full stack trace"))
          .filter(line -> !line.startsWith("Re-run Maven using"))
          .filter(line -> !line.startsWith("For more information about the errors"))
          .filter(line -> !line.startsWith("After correcting the problems"))
          .filter(line -> !line.strip().startsWith("mvn <args>"))
          .filter(line -> !line.startsWith("COMPILATION ERROR"))
          .distinct()
          .limit(SHOWN_LINES_MAX)
          .toList();
      return errors.isEmpty() ? outcome.out() + outcome.err() : String.join("\n", errors);
    }
  }

  private static String without(List<Path> folders, String line) {
    String shown = line;
    for (Path folder : folders) {
      shown = shown.replace(folder + File.separator, "");
    }
    return shown;
  }
}
