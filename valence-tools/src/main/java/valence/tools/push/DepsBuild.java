package valence.tools.push;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.tools.process.Command;
import valence.wire.Fields;

/// A Clojure application: its `deps.edn`, resolved by the tools.deps library in a process of its
/// own, so that this one does without Clojure.
///
/// The `:paths` go as they are, sources among the resources: nothing is compiled. So do libraries
/// from Maven repositories; libraries from git or a folder are packed as the application's own code
/// is. Aliases are for the desk and don't go.
record DepsBuild() implements Build {
  static final String FILE = "deps.edn";

  /// Names the system property with the class path of tools.deps, where it isn't the
  /// distribution's.
  static final String CLASS_PATH_PROPERTY = "valence.deps.class-path";

  private static final String HOME_PROPERTY = "valence.home";
  private static final String SCRIPT = "deps.clj";
  private static final String LOCAL_REPOSITORY = "maven.repo.local";

  // What the node has, and what only a desk has a use for: an application sees the node's.
  private static final String OWN_GROUP = "dev.valence/";
  private static final List<String> POM_PATHS =
      List.of("src/main/java", "src/main/clojure", "src/main/resources");
  private static final String ADAPTER = OWN_GROUP + "valence-datomic-client";

  @Override
  public String tool() {
    return "tools.deps";
  }

  @Override
  public List<String> reasons(Project project) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Map.Entry<?, ?> dep : declared(project.folder()).entrySet()) {
      String name = name(dep.getKey());
      if (dep.getValue() instanceof Map<?, ?> coordinate) {
        Object version = coordinate.get(Keyword.intern("mvn", "version"));
        Object root = coordinate.get(Keyword.intern("local", "root"));
        if (root != null) {
          reasons.add("a library by its folder: " + name + ", " + root);
        }
        if (version instanceof String text && !isFixed(text)) {
          reasons.add("a version that isn't fixed: " + name + " " + text);
        }
      }
    }
    return reasons;
  }

  private static boolean isFixed(String version) {
    return !version.matches("[\\[(].*")
        && !version.equals("LATEST")
        && !version.equals("RELEASE")
        && !version.endsWith("-SNAPSHOT");
  }

  @Override
  public Built run(Project project, Path outputs) throws IOException {
    declared(project.folder()); // said better here than by tools.deps
    Fields resolved = resolve(project.folder(), outputs);
    List<Built.Code> code = new ArrayList<>();
    code.add(new Built.Code("", paths(project.folder(), resolved.list("paths", List.of()))));
    List<Path> jars = new ArrayList<>();
    List<Path> foreign = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (Object each : resolved.list("libs", List.of())) {
      Fields library = Fields.of("A library", each);
      String name = library.text("name");
      if (name.startsWith(OWN_GROUP) && !name.equals(ADAPTER)) {
        continue;
      }
      List<Path> found = paths(project.folder(), library.list("paths", List.of()));
      switch (library.value("kind") instanceof Keyword kind ? kind.getName() : "") {
        case "maven" -> {
          jars.addAll(found);
          if (!name.equals(ADAPTER)) {
            foreign.addAll(found);
          }
        }
        case "git" -> code.add(new Built.Code(jarName(name, library.text("version")), found));
        default -> {
          String root = library.text("version");
          reasons.add("a library by its folder: " + name + ", " + root);
          code.add(new Built.Code(jarName(name, "local"), found));
        }
      }
    }
    if (jars.size() > LIBRARIES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The application has " + jars.size() + " libraries.",
              "At most " + LIBRARIES_MAX + " are possible.")
          .toException();
    }
    reasons.addAll(LocalRepository.reasons(foreign));
    return new Built(code, LocalRepository.libraries(jars), reasons);
  }

  @Override
  public WorkingTree tree(Project project) throws IOException {
    Set<Path> roots = new LinkedHashSet<>();
    Set<Path> described = new LinkedHashSet<>();
    Deque<Path> toRead = new ArrayDeque<>(List.of(project.folder()));
    while (!toRead.isEmpty() && described.size() < LIBRARIES_MAX) {
      Path folder = toRead.removeFirst();
      Path file = folder.resolve(FILE);
      if (Files.isRegularFile(file) && described.add(file)) {
        roots.addAll(ownPaths(folder));
        for (Object coordinate : declaredOrNone(folder).values()) {
          if (coordinate instanceof Map<?, ?> map
              && map.get(Keyword.intern("local", "root")) instanceof String root) {
            toRead.add(folder.resolve(root).normalize());
          }
        }
      } else if (Files.isRegularFile(folder.resolve("pom.xml"))) {
        described.add(folder.resolve("pom.xml"));
        POM_PATHS.forEach(path -> roots.add(folder.resolve(path)));
      }
    }
    return new WorkingTree(
        project.folder(), List.of(), List.copyOf(roots), false, List.copyOf(described));
  }

  /// The roots that a deps.edn names under `:paths`, itself or by an alias.
  private static List<Path> ownPaths(Path folder) throws IOException {
    List<Path> paths = new ArrayList<>();
    Object read = readOrNothing(folder);
    Object named = read instanceof Map<?, ?> map ? map.get(kw("paths")) : null;
    if (!(named instanceof List<?> all)) {
      return List.of(folder.resolve("src")); // as tools.deps has it
    }
    for (Object each : all) {
      if (each instanceof String path) {
        paths.add(folder.resolve(path).normalize());
      } else if (read instanceof Map<?, ?> map
          && map.get(kw("aliases")) instanceof Map<?, ?> aliases
          && aliases.get(each) instanceof List<?> more) {
        more.forEach(path -> paths.add(folder.resolve(String.valueOf(path)).normalize()));
      }
    }
    return paths;
  }

  /// What a deps.edn has; nothing when it can't be read, which is said when it is resolved.
  private static @Nullable Object readOrNothing(Path folder) throws IOException {
    try {
      return Edn.read(Files.readString(folder.resolve(FILE)));
    } catch (AnomalyException e) {
      assert e.anomaly().category() == Anomaly.Category.INCORRECT : e;
      return null;
    }
  }

  private static Map<?, ?> declaredOrNone(Path folder) throws IOException {
    return readOrNothing(folder) instanceof Map<?, ?> map
            && map.get(kw("deps")) instanceof Map<?, ?> deps
        ? deps
        : Map.of();
  }

  @Override
  public WorkingTree.Libraries libraries(Project project, WorkingTree tree, Path scratch)
      throws IOException {
    Built made = run(project, scratch);
    List<Path> runtime = new ArrayList<>();
    made.code().stream()
        .flatMap(code -> code.paths().stream())
        .map(Path::normalize)
        .filter(path -> !tree.resources().contains(path))
        .forEach(runtime::add);
    made.libraries().forEach(library -> runtime.add(library.file()));
    return new WorkingTree.Libraries(List.of(), runtime);
  }

  /// The `:deps` of a deps.edn; `incorrect` when the file can't be read as one.
  private static Map<?, ?> declared(Path folder) throws IOException {
    Object value;
    try {
      value = Edn.read(Build.text(folder.resolve(FILE)));
    } catch (AnomalyException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              FILE + " can't be read: " + e.anomaly().message())
          .toException(e);
    }
    if (value instanceof Map<?, ?> map) {
      Object deps = map.get(kw("deps"));
      if (deps == null) {
        return Map.of();
      }
      if (deps instanceof Map<?, ?> declared) {
        return declared;
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            FILE + " is no map with a map of libraries under :deps.",
            "Expected {:paths [\"src\" \"resources\"] :deps {org.clojure/data.json"
                + " {:mvn/version \"2.5.2\"}}}.")
        .toException();
  }

  private static Fields resolve(Path folder, Path outputs) throws IOException {
    Path script = outputs.resolve(SCRIPT);
    Path answer = outputs.resolve("deps-resolved.edn");
    try (InputStream in = DepsBuild.class.getResourceAsStream(SCRIPT)) {
      Files.write(script, java.util.Objects.requireNonNull(in, SCRIPT).readAllBytes());
    }
    List<String> words = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dslf4j.internal.verbosity=ERROR",
        "-cp",
        classPath(),
        "clojure.main",
        script.toString(),
        answer.toString(),
        System.getProperty(LOCAL_REPOSITORY, ""));
    Command.Outcome outcome = new Command(folder, words, Map.of(), TIMEOUT).run();
    if (outcome.status() != 0 || !Files.isRegularFile(answer)) {
      throw failed(outcome.err().strip().lines().findFirst().orElse("it said nothing"));
    }
    Fields fields = Fields.of("What tools.deps found", Edn.read(Files.readString(answer)));
    if (fields.contains("error")) {
      throw failed(fields.text("error"));
    }
    return fields;
  }

  private static String classPath() {
    String given = System.getProperty(CLASS_PATH_PROPERTY);
    if (given != null) {
      return given;
    }
    Path jars = Path.of(System.getProperty(HOME_PROPERTY, "."), "dist", "deps", "target", "lib");
    if (!Files.isDirectory(jars)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The tools.deps library isn't in " + jars + ".",
              "A Clojure application is resolved by it.",
              "Build Valence again.")
          .toException();
    }
    return jars.resolve("*").toString();
  }

  private static AnomalyException failed(String why) {
    String sentence = why.strip();
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The libraries of " + FILE + " can't be resolved: "
                + sentence
                + (sentence.endsWith(".") ? "" : "."),
            "Check their names and versions under :deps, and that their repositories can be"
                + " reached.")
        .toException();
  }

  /// The folders and jars of a library, or of the application itself; those that aren't there, as a
  /// path for compiled classes may be, are left out.
  private static List<Path> paths(Path folder, List<@Nullable Object> texts) {
    return texts.stream()
        .map(text -> folder.resolve(String.valueOf(text).replace("/", File.separator)))
        .filter(Files::exists)
        .toList();
  }

  /// Of `io.github.ada/money` and a SHA, `money-1a2b3c4`.
  private static String jarName(String library, String version) {
    String name = library.substring(library.indexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    return name + "-" + version.substring(0, Math.min(7, version.length()));
  }

  private static String name(@Nullable Object library) {
    return library instanceof Symbol symbol
        ? Optional.ofNullable(symbol.getNamespace()).map(group -> group + "/").orElse("")
            + symbol.getName()
        : Edn.print(library);
  }
}
