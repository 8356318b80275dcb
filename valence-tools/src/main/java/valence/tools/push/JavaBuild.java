package valence.tools.push;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import valence.api.Anomaly;

/// Java without a build tool: the compiler of the JDK that we run on, and folders by their names.
///
/// | | |
/// | --- | --- |
/// | sources | `src/main/java` or else `src`, and `*.java` in the application's folder |
/// | resources | `resources`, `src/main/resources`, and `*.edn` in the application's folder |
/// | libraries | `lib/*.jar`, committed, and what `valence.edn` names, by way of Maven |
///
/// Annotation processors don't run. What the node gives to each application (the api, Clojure,
/// SLF4J) is there to compile against and doesn't go with the application.
record JavaBuild() implements Build {
  private static final int SHOWN_ERRORS_MAX = 20;
  private static final int SOURCES_MAX = 20_000;
  private static final String RELEASE = "25";

  /// Whether a folder has sources for this build.
  static boolean fits(Path folder) throws IOException {
    return !sources(folder).isEmpty();
  }

  @Override
  public String tool() {
    return "javac";
  }

  @Override
  public List<String> reasons(Project project) throws IOException {
    return ListedLibraries.of(project.folder()).reasons();
  }

  @Override
  public WorkingTree tree(Project project) {
    Path folder = project.folder();
    Path java = folder.resolve("src/main/java");
    return new WorkingTree(
        folder,
        List.of(Files.isDirectory(java) ? java : folder.resolve("src")),
        List.of(folder.resolve("resources"), folder.resolve("src/main/resources")),
        true,
        List.of(folder.resolve("lib"), folder.resolve(ListedLibraries.FILE)));
  }

  @Override
  public WorkingTree.Libraries libraries(Project project, WorkingTree tree, Path scratch)
      throws IOException {
    List<Path> runtime = new ArrayList<>(files(project.folder().resolve("lib"), ".jar", 1));
    runtime.addAll(ListedLibraries.of(project.folder()).resolve(scratch));
    List<Path> compile = new ArrayList<>(runtime);
    compile.addAll(GivenClasses.jars());
    return new WorkingTree.Libraries(compile, runtime);
  }

  @Override
  public Built run(Project project, Path outputs) throws IOException {
    Path folder = project.folder();
    List<Built.Library> libraries = new ArrayList<>();
    for (Path jar : files(folder.resolve("lib"), ".jar", 1)) {
      libraries.add(new Built.Library(jar, null));
    }
    List<Path> resolved =
        ListedLibraries.of(folder).resolve(Files.createDirectories(outputs.resolve("libraries")));
    libraries.addAll(LocalRepository.libraries(resolved));
    Path classes = Files.createDirectories(outputs.resolve("classes"));
    compile(folder, libraries.stream().map(Built.Library::file).toList(), classes);
    for (Path resource : files(folder, ".edn", 1)) {
      if (!resource.endsWith(ListedLibraries.FILE)) {
        Files.copy(resource, classes.resolve(folder.relativize(resource)));
      }
    }
    List<Path> code = Stream.of(
            folder.resolve("resources"), folder.resolve("src/main/resources"), classes)
        .filter(Files::isDirectory)
        .toList();
    return new Built(
        List.of(new Built.Code("", code)), libraries, LocalRepository.reasons(resolved));
  }

  private static List<Path> sources(Path folder) throws IOException {
    List<Path> sources = new ArrayList<>(files(folder, ".java", 1));
    Path source = folder.resolve("src");
    Path main = source.resolve("main").resolve("java");
    sources.addAll(files(Files.isDirectory(main) ? main : source, ".java", Integer.MAX_VALUE));
    if (sources.size() > SOURCES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application has more than " + SOURCES_MAX + " source files.",
              "Build it with Maven.")
          .toException();
    }
    return sources;
  }

  /// The plain files of a folder with an ending, sorted, so that each compilation is the same.
  private static List<Path> files(Path folder, String ending, int depth) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> below = Files.walk(folder, depth)) {
      return below
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .limit(SOURCES_MAX + 1)
          .toList();
    }
  }

  private static void compile(Path folder, List<Path> libraries, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The Java that Valence runs on has no compiler.",
              "Install a JDK 25 and set VALENCE_JAVA_HOME to its folder.")
          .toException();
    }
    var messages = new DiagnosticCollector<JavaFileObject>();
    Writer other = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(messages, Locale.ROOT, StandardCharsets.UTF_8)) {
      List<Path> classPath = new ArrayList<>(libraries);
      classPath.addAll(GivenClasses.jars());
      List<String> options = List.of(
          "-d",
          classes.toString(),
          "-cp",
          String.join(
              java.io.File.pathSeparator, classPath.stream().map(Path::toString).toList()),
          "-parameters",
          "-g",
          "-proc:none",
          "-Xlint:none",
          "--release",
          RELEASE);
      boolean compiled = compiler
          .getTask(
              other,
              files,
              messages,
              options,
              null,
              files.getJavaFileObjectsFromPaths(sources(folder)))
          .call();
      if (!compiled) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The application can't be compiled:\n" + shown(folder, messages))
            .toException();
      }
    }
  }

  private static String shown(Path folder, DiagnosticCollector<JavaFileObject> messages) {
    List<String> lines = messages.getDiagnostics().stream()
        .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
        .limit(SHOWN_ERRORS_MAX)
        .map(message -> line(folder, message))
        .toList();
    return String.join("\n", lines);
  }

  private static String line(Path folder, Diagnostic<? extends JavaFileObject> message) {
    String text = message.getMessage(Locale.ROOT);
    JavaFileObject source = message.getSource();
    return source == null
        ? text
        : folder.relativize(Path.of(source.toUri())) + ":" + message.getLineNumber() + ": " + text;
  }
}
