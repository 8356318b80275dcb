package valence.tools.push;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The application's own Maven builds it: alone, or as a module of a reactor, together with the
/// modules that it needs.
///
/// Their jars are the application's own code, from the same commit; they are packed anew, since
/// what the jar plugin writes holds times and names of this machine.
record MavenBuild() implements Build {
  // Of the plugin that a push uses, too, so that one download serves both.
  private static final String LIST_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:list";

  /// A library as Maven lists it: `   group:artifact:jar[:classifier]:version:scope:/path`.
  private static final Pattern LISTED =
      Pattern.compile("\\s+[^:\\s]+:[^:]+:[^:]+(?::[^:]+)?:[^:]+:(compile|runtime|provided|system):"
          + "(.+?)(?: -- module .*)?");

  @Override
  public String tool() {
    return "Maven";
  }

  @Override
  public List<String> reasons(Project project) throws IOException {
    return PomReasons.of(Reactor.of(project));
  }

  @Override
  public WorkingTree tree(Project project) throws IOException {
    Path pom = project.folder().resolve("pom.xml");
    Set<Path> described = new LinkedHashSet<>(List.of(pom));
    Set<Path> folders = new LinkedHashSet<>(List.of(project.folder()));
    try {
      Reactor reactor = Reactor.of(project);
      reactor.concerned().forEach(each -> described.add(each.file()));
      described.add(reactor.top().resolve("pom.xml"));
      folders.addAll(reactor.needed());
    } catch (AnomalyException e) {
      assert e.anomaly().category() == Anomaly.Category.INCORRECT : e;
      // A pom that can't be read: Maven says why when it is asked for the libraries.
    }
    return new WorkingTree(
        project.folder(),
        folders.stream().map(folder -> folder.resolve("src/main/java")).toList(),
        folders.stream()
            .flatMap(folder ->
                Stream.of(folder.resolve("src/main/resources"), folder.resolve("src/main/clojure")))
            .toList(),
        false,
        List.copyOf(described));
  }

  /// Asks Maven, with the application's neighbours if it has some, of which nothing is compiled.
  @Override
  public WorkingTree.Libraries libraries(Project project, WorkingTree tree, Path scratch)
      throws IOException {
    Reactor reactor = Reactor.of(project);
    Path listed = scratch.resolve("libraries.txt");
    List<String> words = new ArrayList<>(reactor.selection());
    if (!words.isEmpty()) {
      words.addAll(List.of(
          "-Dmaven.main.skip=true",
          "-Dmaven.test.skip=true",
          "-Dmaven.resources.skip=true",
          "test-compile"));
    }
    words.addAll(
        List.of(LIST_GOAL, "-DoutputAbsoluteArtifactFilename=true", "-DoutputFile=" + listed));
    new Maven(reactor.top()).run(words, List.of(reactor.top()));
    List<Path> compile = new ArrayList<>();
    List<Path> runtime = new ArrayList<>();
    for (String line : Files.readAllLines(listed)) {
      Matcher library = LISTED.matcher(Maven.plain(line));
      if (library.matches()) {
        Path file = Path.of(library.group(2));
        String scope = library.group(1);
        if (file.startsWith(reactor.top()) && !reactor.selection().isEmpty()) {
          continue; // a neighbour, whose sources are of the tree
        }
        if (!scope.equals("runtime")) {
          compile.add(file);
        }
        if (scope.equals("runtime") || scope.equals("compile")) {
          runtime.add(file);
        }
      }
    }
    return new WorkingTree.Libraries(compile, runtime);
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
