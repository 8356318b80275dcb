package valence.tools.push;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.tools.process.Command;

/// What an application's own Maven build makes.
///
/// @param classes   the folder of its classes and resources
/// @param libraries the jars of its runtime class path, in order
record MavenBuild(Path classes, List<Path> libraries) {
  /// How long a build may take; the first may download all of its libraries.
  static final Duration TIMEOUT = Duration.ofMinutes(20);

  /// How many libraries an application may have.
  static final int LIBRARIES_MAX = 2_000;

  // Asks the application's own Maven, which alone knows its profiles, settings and mirrors. Pinned,
  // so that no push depends on what is newest today.
  private static final String CLASS_PATH_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath";

  private static final String LOCAL_REPOSITORY = "maven.repo.local";
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final String ERROR = "[ERROR] ";
  private static final int SHOWN_LINES_MAX = 20;

  /// Builds a project with the JDK that we run on. Tests aren't run: a push is no place to find
  /// out.
  static MavenBuild run(Path project, Path outputs) throws IOException {
    if (!Files.isRegularFile(project.resolve("pom.xml"))) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "There is no pom.xml in the application's folder.",
              "Expected a Maven project, committed.",
              "Push from the folder that holds it, or commit it.")
          .toException();
    }
    Path classPath = outputs.resolve("class-path");
    List<String> words = new ArrayList<>();
    words.add(maven(project));
    words.addAll(mavenArguments());
    words.addAll(List.of(
        "-B",
        "-ntp",
        "-q",
        "-Dmaven.test.skip=true",
        "package",
        CLASS_PATH_GOAL,
        "-DincludeScope=runtime",
        "-Dmdep.outputFile=" + classPath));
    Map<String, Optional<String>> environment = Map.of(
        "JAVA_HOME", Optional.of(System.getProperty("java.home")),
        "MAVEN_ARGS", Optional.empty());
    Command.Outcome outcome = new Command(project, words, environment, TIMEOUT).run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application's Maven build failed:\n" + errors(project, outcome))
          .toException();
    }
    Path classes = project.resolve("target").resolve("classes");
    if (!Files.isDirectory(classes)) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The build left no target/classes.",
              "Expected a project of one module with classes in it.",
              "Push from the folder of the module that is the application.")
          .toException();
    }
    return new MavenBuild(classes, libraries(Files.readString(classPath)));
  }

  private static String maven(Path project) {
    Path wrapper = project.resolve("mvnw");
    return Files.isExecutable(wrapper) ? wrapper.toString() : "mvn";
  }

  // Maven 3.8 doesn't read MAVEN_ARGS and 3.9 does; given as words, each reads it once.
  private static List<String> mavenArguments() {
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

  private static List<Path> libraries(String classPath) {
    List<Path> libraries = new ArrayList<>();
    for (String entry : classPath.strip().split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        Path library = Path.of(entry);
        if (!Files.isRegularFile(library)) {
          throw Anomaly.of(
                  Anomaly.Category.INCORRECT,
                  library + " is on the runtime class path and is no file.",
                  "Expected jars only.",
                  "Depend on a packaged version of it.")
              .toException();
        }
        libraries.add(library);
      }
    }
    if (libraries.size() > LIBRARIES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application has " + libraries.size() + " libraries.",
              "At most " + LIBRARIES_MAX + " are possible.")
          .toException();
    }
    return libraries;
  }

  /// What Maven says went wrong, without what is of no use to somebody who didn't start it: where
  /// the clean worktree was, how to see more, what Maven's own libraries do.
  private static String errors(Path project, Command.Outcome outcome) {
    try (Stream<String> lines = (outcome.out() + outcome.err()).lines()) {
      List<String> errors = lines
          .map(line -> COLOURS.matcher(line).replaceAll(""))
          .filter(line -> line.startsWith(ERROR))
          .map(line -> line.substring(ERROR.length()).replace(project + File.separator, ""))
          .filter(line -> !line.isBlank() && !line.contains("[Help 1]"))
          .filter(line -> !line.startsWith("To see the full stack trace"))
          .filter(line -> !line.startsWith("Re-run Maven using"))
          .filter(line -> !line.startsWith("For more information about the errors"))
          .filter(line -> !line.startsWith("COMPILATION ERROR"))
          .distinct()
          .limit(SHOWN_LINES_MAX)
          .toList();
      return errors.isEmpty() ? outcome.out() + outcome.err() : String.join("\n", errors);
    }
  }
}
