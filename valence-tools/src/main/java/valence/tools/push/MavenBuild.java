package valence.tools.push;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import valence.api.Anomaly;

/// The application's own Maven builds it: alone, or as a module of a reactor, together with the
/// modules that it needs.
///
/// Their jars are the application's own code, from the same commit; they are packed anew, since
/// what the jar plugin writes holds times and names of this machine.
record MavenBuild() implements Build {
  @Override
  public String tool() {
    return "Maven";
  }

  @Override
  public List<String> reasons(Project project) throws IOException {
    return PomReasons.of(Reactor.of(project));
  }

  /// Builds with the JDK that we run on. Tests aren't run: a push is no place to find out.
  @Override
  public Built run(Project project, Path outputs) throws IOException {
    Reactor reactor = Reactor.of(project);
    Path classPath = outputs.resolve("class-path");
    List<String> words = new ArrayList<>(reactor.selection());
    words.addAll(List.of(
        "-Dmaven.test.skip=true",
        // What plugins write as the time of the build.
        "-Dproject.build.outputTimestamp=1980-02-01T00:00:00Z",
        "package",
        Maven.CLASS_PATH_GOAL,
        "-DincludeScope=runtime",
        // Of several modules, the application is built last, and so its class path stays.
        "-Dmdep.outputFile=" + classPath));
    new Maven(reactor.top()).run(words, List.of(project.root()));
    Path classes = project.folder().resolve("target").resolve("classes");
    if (!Files.isDirectory(classes)) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The build left no target/classes.",
              "Expected a module with classes in it.",
              "Push from the folder of the module that is the application.")
          .toException();
    }
    List<Built.Code> code = new ArrayList<>();
    code.add(new Built.Code("", List.of(classes)));
    List<Path> libraries = new ArrayList<>();
    for (Path entry : Maven.entries(classPath)) {
      if (project.contains(entry)) {
        code.add(new Built.Code(moduleName(entry), List.of(entry)));
      } else {
        libraries.add(entry);
      }
    }
    return new Built(
        code, LocalRepository.libraries(libraries), LocalRepository.reasons(libraries));
  }

  /// What a module's jar is called; of a module that wasn't packed, its folder's name.
  private static String moduleName(Path entry) {
    String name = String.valueOf(entry.getFileName());
    if (name.endsWith(".jar")) {
      return name.substring(0, name.length() - ".jar".length());
    }
    String[] parts = entry.toString().split("[" + File.separator.replace("\\", "\\\\") + "]");
    return parts[Math.max(0, parts.length - 3)];
  }
}
