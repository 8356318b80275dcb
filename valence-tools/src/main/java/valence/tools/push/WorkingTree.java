package valence.tools.push;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.edn.Edn;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;

/// An application where it is written, for who runs it without a push: the folders of what a push
/// would build, modules and libraries of the developer's own among them.
///
/// @param folder    the application's, absolute
/// @param sources   roots of Java sources, there or not
/// @param resources roots of what is on the class path as it is, there or not; of a file in
/// several,
///     the first's
/// @param flat      whether sources and `*.edn` may also lie in the folder itself
/// @param described the files and folders that say all this, and which libraries there are
public record WorkingTree(
    Path folder, List<Path> sources, List<Path> resources, boolean flat, List<Path> described) {
  private static final List<String> CONFIGS =
      List.of(IonConfig.RESOURCE, IonConfig.DATOMIC_RESOURCE);

  public WorkingTree {
    sources = List.copyOf(sources);
    resources = List.copyOf(resources);
    described = List.copyOf(described);
  }

  /// What the application has besides its own code.
  ///
  /// @param compile the class path of the compiler
  /// @param runtime that of the application; what every node has isn't in it
  public record Libraries(List<Path> compile, List<Path> runtime) {
    public Libraries {
      compile = List.copyOf(compile);
      runtime = List.copyOf(runtime);
    }
  }

  /// The application in a folder, or in the one module of it that is one; `incorrect` where nothing
  /// looks like one.
  public static WorkingTree of(Path given) throws IOException {
    if (!Files.isDirectory(given)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no folder " + given + ".",
              "Expected the folder of an application.")
          .toException();
    }
    Path folder = Reactor.application(given.toRealPath());
    return Build.of(folder).tree(project(folder));
  }

  private static Build.Project project(Path folder) {
    Path root = GitRepository.containing(folder).map(GitRepository::root).orElse(folder.getRoot());
    return new Build.Project(folder.startsWith(root) ? root : folder, folder);
  }

  /// The libraries that a push would take along. What builds the application is asked once for one
  /// state of what describes it.
  ///
  /// @param kept     where the answer is kept
  /// @param progress is told what takes long, in a few words
  public Libraries libraries(Path kept, Consumer<String> progress) throws IOException {
    String key = key();
    Optional<Libraries> known = read(kept, key);
    if (known.isPresent()) {
      return known.get();
    }
    Build build = Build.of(folder);
    progress.accept("asking " + build.tool() + " for the libraries");
    Path scratch = Files.createTempDirectory("valence-libraries");
    Libraries found;
    try {
      found = build.libraries(project(folder), this, scratch);
    } finally {
      remove(scratch);
    }
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("key"), key);
    map.put(kw("compile"), found.compile.stream().map(Path::toString).toList());
    map.put(kw("runtime"), found.runtime.stream().map(Path::toString).toList());
    Files.writeString(kept, Edn.print(map));
    return found;
  }

  private static Optional<Libraries> read(Path kept, String key) throws IOException {
    if (!Files.isRegularFile(kept)
        || !(Edn.read(Files.readString(kept)) instanceof Map<?, ?> map)
        || !key.equals(map.get(kw("key")))) {
      return Optional.empty();
    }
    Fields fields = Fields.of(kept.toString(), map);
    Libraries libraries = new Libraries(paths(fields, "compile"), paths(fields, "runtime"));
    return Stream.concat(libraries.compile.stream(), libraries.runtime.stream())
            .allMatch(Files::exists)
        ? Optional.of(libraries)
        : Optional.empty(); // somebody emptied the local repository
  }

  private static List<Path> paths(Fields fields, String key) {
    return fields.list(key, List.of()).stream()
        .map(each -> Path.of(String.valueOf(each)))
        .toList();
  }

  private String key() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      // The compiler's class path has this release's own jars.
      digest.update(GivenClasses.jars().toString().getBytes(StandardCharsets.UTF_8));
      for (Path path : described) {
        digest.update((path + "\n").getBytes(StandardCharsets.UTF_8));
        if (Files.isDirectory(path)) {
          try (Stream<Path> files = Files.list(path)) {
            digest.update(files.sorted().toList().toString().getBytes(StandardCharsets.UTF_8));
          }
        } else if (Files.isRegularFile(path)) {
          digest.update(Files.readAllBytes(path));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// The configuration's text, from a folder that has the resources; `incorrect` without one.
  public static String config(Path classes) throws IOException {
    for (String name : CONFIGS) {
      Path file = classes.resolve(name);
      if (Files.isRegularFile(file)) {
        return Files.readString(file);
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The application has no " + IonConfig.RESOURCE + ".",
            "Expected it among the resources, with its :app-name and its entry points.")
        .toException();
  }
}
