package valence.tools.push;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import valence.api.Anomaly;

/// A way to make an application's class path of its sources.
///
/// The files in the application's folder decide which: `deps.edn` means tools.deps, `pom.xml`
/// Maven, sources without a build tool's file the compiler alone. A way that is added is chosen in
/// [#of] and is named in the `permits`.
sealed interface Build permits DepsBuild, MavenBuild, JavaBuild {
  /// How long a build may take; the first may download all of its libraries.
  java.time.Duration TIMEOUT = java.time.Duration.ofMinutes(20);

  /// Any of them says that Gradle builds the application.
  List<String> GRADLE_FILES =
      List.of("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts");

  /// How many libraries an application may have.
  int LIBRARIES_MAX = 2_000;

  /// What does the work, as progress and messages name it.
  String tool();

  /// Why the sources alone don't say what would be built: versions that aren't fixed, code that
  /// isn't in the repository. Empty when nothing of the kind is seen without building.
  ///
  /// @param project may be the developer's own folders: nothing is written to them
  List<String> reasons(Project project) throws IOException;

  /// Builds. `incorrect`, with what the tool said, when the sources can't be built.
  ///
  /// @param project a copy of the sources, the build's to write to
  /// @param outputs a folder for what else the build has to write down
  Built run(Project project, Path outputs) throws IOException;

  /// What a push of the project would build, where it is written; asks no tool.
  WorkingTree tree(Project project) throws IOException;

  /// The libraries that a push would take along, without building.
  ///
  /// @param project the developer's own folders
  /// @param tree    of it
  /// @param scratch a folder for what the tool writes down
  WorkingTree.Libraries libraries(Project project, WorkingTree tree, Path scratch)
      throws IOException;

  /// The sources of an application.
  ///
  /// @param root   the top folder of the repository, or of the application where there is none
  /// @param folder the application's folder, in the root or the root itself
  record Project(Path root, Path folder) {
    /// Whether a path is of these sources, and so isn't a library from elsewhere.
    boolean contains(Path path) {
      return path.toAbsolutePath().normalize().startsWith(root);
    }
  }

  /// The text of a file that people write; `incorrect` when it isn't in UTF-8.
  static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              file.getFileName() + " isn't text in UTF-8.",
              "Save it as UTF-8.")
          .toException(e);
    }
  }

  /// The way that fits a folder; `incorrect` when none does.
  static Build of(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve(DepsBuild.FILE))) {
      return new DepsBuild(); // a pom.xml beside it is there for publishing
    }
    if (Files.isRegularFile(folder.resolve("pom.xml"))) {
      return new MavenBuild();
    }
    for (String gradle : GRADLE_FILES) {
      if (Files.isRegularFile(folder.resolve(gradle))) {
        throw Anomaly.incorrect(
                "push.error/no-build",
                "The application is built by Gradle, which Valence doesn't run.",
                "Expected a pom.xml, or sources without a build tool.",
                "Add a pom.xml; or leave Gradle's files out of the application's folder, with"
                    + " libraries in lib/ or in valence.edn.")
            .toException();
      }
    }
    if (JavaBuild.fits(folder)) {
      return new JavaBuild();
    }
    throw Anomaly.incorrect(
            "push.error/no-build",
            "Nothing in " + folder + " says how to build it.",
            "Expected a deps.edn, a pom.xml, or Java sources in src/, in the application's folder.",
            "Push from the folder that holds them; `valence new` makes one.")
        .toException();
  }
}
