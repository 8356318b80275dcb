package valence.tools.dev;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.tools.dev.Generation.CompiledClass;
import valence.tools.push.WorkingTree;

/// The compiler, kept warm: makes a generation of the one before and what changed since. For one
/// thread.
final class Compiling implements AutoCloseable {
  private static final int SHOWN_MAX = 20;

  private final Path application;
  private final Path folder;
  private final JavaCompiler compiler;
  private final StandardJavaFileManager files;

  /// @param application whose paths in messages begin there
  /// @param folder      where generations are put
  Compiling(Path application, Path folder) {
    this.application = application;
    this.folder = folder;
    JavaCompiler found = ToolProvider.getSystemJavaCompiler();
    if (found == null) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The Java that Valence runs on has no compiler.",
              "Install a JDK 25 and set VALENCE_JAVA_HOME to its folder.")
          .toException();
    }
    this.compiler = found;
    this.files = found.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
  }

  /// What came of it.
  sealed interface Outcome {
    record Made(Generation generation) implements Outcome {}

    /// @param messages as the compiler says them, each with its line and a caret
    record Failed(List<String> messages) implements Outcome {}
  }

  /// What one run of the compiler made.
  ///
  /// @param bytes of each class, by its name
  private record Compiled(
      SortedMap<Path, List<CompiledClass>> classes, Map<String, byte[]> bytes) {}

  private static final class CompilationFailed extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<String> messages;

    CompilationFailed(List<String> messages) {
      super(null, null, false, false);
      this.messages = messages;
    }
  }

  /// Makes the next generation.
  ///
  /// @param before the last that could be made; null for none
  Outcome next(
      @Nullable Generation before, int number, Snapshot now, WorkingTree.Libraries libraries)
      throws IOException {
    try {
      boolean same = before != null
          && before.libraries().equals(libraries)
          && before.snapshot().libraries().equals(now.libraries())
          && before.snapshot().sources().keySet().equals(now.sources().keySet());
      if (before != null && same) {
        List<Path> changed = now.sources().entrySet().stream()
            .filter(each -> !each.getValue().equals(before.snapshot().sources().get(each.getKey())))
            .map(Map.Entry::getKey)
            .toList();
        Compiled few = compile(changed, before.folder(), libraries);
        if (keepsItsShapes(before, few)) {
          var classes = new TreeMap<>(before.classes());
          classes.putAll(few.classes());
          return new Outcome.Made(
              made(before, number, now, libraries, classes, few.bytes(), changed.size()));
        }
      }
      Compiled all = compile(now.sources().keySet(), null, libraries);
      return new Outcome.Made(made(
          before,
          number,
          now,
          libraries,
          all.classes(),
          all.bytes(),
          now.sources().size()));
    } catch (CompilationFailed failed) {
      return new Outcome.Failed(failed.messages);
    }
  }

  private static boolean keepsItsShapes(Generation before, Compiled compiled) {
    for (Map.Entry<Path, List<CompiledClass>> each : compiled.classes().entrySet()) {
      if (!shapes(each.getValue())
          .equals(shapes(before.classes().getOrDefault(each.getKey(), List.of())))) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Shape> shapes(List<CompiledClass> classes) {
    Map<String, Shape> shapes = new HashMap<>();
    for (CompiledClass each : classes) {
      if (!each.shape().lines().isEmpty()) { // or else within a method, where nobody sees it
        shapes.put(each.name(), each.shape());
      }
    }
    return shapes;
  }

  private Compiled compile(
      Collection<Path> sources, @Nullable Path others, WorkingTree.Libraries libraries)
      throws IOException, CompilationFailed {
    SortedMap<Path, List<CompiledClass>> classes = new TreeMap<>();
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    if (sources.isEmpty()) {
      return new Compiled(classes, bytes);
    }
    List<Path> classPath = new ArrayList<>();
    if (others != null) {
      classPath.add(others);
    }
    classPath.addAll(libraries.compile());
    files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
    files.setLocationFromPaths(StandardLocation.SOURCE_PATH, List.of());
    var messages = new DiagnosticCollector<JavaFileObject>();
    var output = new InMemory(files);
    boolean done = compiler
        .getTask(
            new StringWriter(),
            output,
            messages,
            List.of("-g", "-parameters", "-proc:none", "-implicit:none", "-Xlint:none"),
            null,
            files.getJavaFileObjectsFromPaths(sources))
        .call();
    if (!done) {
      throw new CompilationFailed(shown(messages));
    }
    sources.forEach(source -> classes.put(source, new ArrayList<>()));
    for (InMemory.Output each : output.outputs) {
      byte[] content = each.bytes.toByteArray();
      bytes.put(each.className, content);
      requireNonNull(classes.get(each.source), "an output of a source that wasn't given")
          .add(new CompiledClass(each.className, Shape.of(each.className, content)));
    }
    return new Compiled(classes, bytes);
  }

  private List<String> shown(DiagnosticCollector<JavaFileObject> messages) {
    List<String> errors = new ArrayList<>(messages.getDiagnostics().stream()
        .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
        .map(message -> message.toString().replace(application + java.io.File.separator, ""))
        .toList());
    if (errors.size() > SHOWN_MAX) {
      int more = errors.size() - SHOWN_MAX;
      errors = new ArrayList<>(errors.subList(0, SHOWN_MAX));
      errors.add("and " + more + " more errors");
    }
    return errors;
  }

  /// Puts the folder together: what was just compiled, what changed of the resources, and links to
  /// all else.
  private Generation made(
      @Nullable Generation before,
      int number,
      Snapshot now,
      WorkingTree.Libraries libraries,
      SortedMap<Path, List<CompiledClass>> classes,
      Map<String, byte[]> bytes,
      int compiledCount)
      throws IOException {
    Path target = folder.resolve(String.valueOf(number));
    Generation.remove(target); // left by one that was ended in between
    Files.createDirectories(target);
    Set<Path> parents = new HashSet<>();
    for (Map.Entry<Path, Snapshot.Resource> each : now.resources().entrySet()) {
      Path file = parented(target.resolve(each.getKey()), parents);
      boolean unchanged = before != null
          && each.getValue().equals(before.snapshot().resources().get(each.getKey()));
      if (unchanged && before != null) {
        link(before.folder().resolve(each.getKey()), file);
      } else {
        Files.copy(each.getValue().file(), file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (List<CompiledClass> ofSource : classes.values()) {
      for (CompiledClass each : ofSource) {
        Path file = parented(target.resolve(each.file()), parents);
        byte[] content = bytes.get(each.name());
        if (content != null) {
          Files.deleteIfExists(file);
          Files.write(file, content);
        } else {
          link(requireNonNull(before).folder().resolve(each.file()), file);
        }
      }
    }
    return new Generation(number, target, now, classes, libraries, compiledCount);
  }

  private static Path parented(Path file, Set<Path> parents) throws IOException {
    Path parent = requireNonNull(file.getParent());
    if (parents.add(parent)) {
      Files.createDirectories(parent);
    }
    return file;
  }

  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING); // a file system without links
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  /// Keeps what the compiler makes.
  private static final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final List<Output> outputs = new ArrayList<>();

    InMemory(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      var output = new Output(className, Path.of(sibling.toUri()));
      outputs.add(output);
      return output;
    }

    @Override
    public void close() {
      // The files are used again.
    }

    private static final class Output extends SimpleJavaFileObject {
      private final String className;
      private final Path source;
      private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

      Output(String className, Path source) {
        super(
            URI.create("memory:///" + className.replace('.', '/') + ".class"),
            JavaFileObject.Kind.CLASS);
        this.className = className;
        this.source = source;
      }

      @Override
      public OutputStream openOutputStream() {
        return bytes;
      }
    }
  }
}
