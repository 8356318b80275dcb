package valence.tools.push;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.w3c.dom.Element;
import valence.api.Anomaly;
import valence.tools.push.Build.Project;
import valence.wire.ion.IonConfig;

/// The Maven modules that are built together: an application and those of the same repository that
/// it needs.
///
/// @param top         the folder that Maven runs in; the application's own when it is no module
/// @param application the application's folder, below the top or the top itself
/// @param modules     all modules by `group:artifact`, the top among them
record Reactor(Path top, Path application, Map<String, Pom> modules) {
  private static final String POM = "pom.xml";
  private static final int MODULES_MAX = 5_000;
  private static final List<String> CONFIGS = List.of(
      "src/main/resources/" + IonConfig.RESOURCE,
      "src/main/resources/" + IonConfig.DATOMIC_RESOURCE);

  /// The reactor of a project: the outermost pom of the repository that leads to the application's.
  static Reactor of(Project project) throws IOException {
    Path top = project.folder();
    Path at = top;
    while (!at.equals(project.root()) && at.getParent() != null) {
      at = at.getParent();
      Path pom = at.resolve(POM);
      if (Files.isRegularFile(pom) && leadsTo(at, Pom.read(pom), top)) {
        top = at;
      }
    }
    return new Reactor(top, project.folder(), below(top));
  }

  /// The folder of the application that is meant by a folder: of a reactor's, the one module with
  /// an `ion-config.edn`.
  static Path application(Path folder) throws IOException {
    Path pom = folder.resolve(POM);
    if (!Files.isRegularFile(pom) || Pom.read(pom).modules().isEmpty() || hasConfig(folder)) {
      return folder;
    }
    List<Path> found = new ArrayList<>();
    for (Pom module : below(folder).values()) {
      Path home = home(module);
      if (hasConfig(home)) {
        found.add(home);
      }
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<String> names =
        found.stream().map(path -> folder.relativize(path).toString()).sorted().toList();
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            found.isEmpty()
                ? "None of the modules of " + folder + " has an ion-config.edn."
                : "Several modules of " + folder + " are applications: " + String.join(", ", names)
                    + ".",
            "Expected one with " + CONFIGS.getFirst() + ".",
            "Name the folder of the one that is meant.")
        .toException();
  }

  /// Which of the modules Maven is to build.
  List<String> selection() {
    return top.equals(application)
        ? List.of()
        : List.of("-pl", top.relativize(application).toString().replace('\\', '/'), "-am");
  }

  /// The poms that say what the application is built from: its own, those of the modules that it
  /// needs, and their parents, as far as they are in the repository.
  List<Pom> concerned() throws IOException {
    Map<Path, Pom> concerned = new LinkedHashMap<>();
    Deque<Pom> toRead = new ArrayDeque<>();
    toRead.add(Pom.read(application.resolve(POM)));
    while (!toRead.isEmpty()) {
      Pom pom = toRead.removeFirst();
      if (concerned.putIfAbsent(pom.file(), pom) == null) {
        localParent(pom).ifPresent(toRead::add);
        for (Element dependency : pom.below("dependency")) {
          module(pom, dependency).ifPresent(toRead::add);
        }
      }
    }
    return List.copyOf(concerned.values());
  }

  /// The folders of the modules that go with the application: those it depends on, however
  /// indirectly, other than for its tests.
  List<Path> needed() throws IOException {
    Map<Path, Pom> needed = new LinkedHashMap<>();
    Deque<Pom> toRead = new ArrayDeque<>();
    Pom own = Pom.read(application.resolve(POM));
    toRead.add(own);
    while (!toRead.isEmpty()) {
      Pom pom = toRead.removeFirst();
      if (needed.putIfAbsent(pom.file(), pom) == null) {
        Optional<Pom> at = Optional.of(pom);
        for (int depth = 0; at.isPresent() && depth < MODULES_MAX; depth++) {
          Pom declares = at.get();
          for (Element dependencies : Pom.children(declares.project(), "dependencies")) {
            for (Element dependency : Pom.children(dependencies, "dependency")) {
              if (!Pom.child(dependency, "scope").equals("test")) {
                module(declares, dependency).ifPresent(toRead::add);
              }
            }
          }
          at = localParent(declares); // whose dependencies are inherited
        }
      }
    }
    needed.remove(own.file());
    return needed.values().stream().map(Reactor::home).toList();
  }

  /// The module that a dependency or a parent of a pom means.
  Optional<Pom> module(Pom pom, Element named) {
    String group = Pom.child(named, "groupId");
    boolean own = group.equals("${project.groupId}") || group.equals("${groupId}");
    return Optional.ofNullable(
        modules.get((own ? pom.group() : group) + ":" + Pom.child(named, "artifactId")));
  }

  /// Properties that hold in a pom, as far as the repository says: its own and its parents'.
  Map<String, String> properties(Pom pom) {
    Map<String, String> properties = new HashMap<>();
    Optional<Pom> at = Optional.of(pom);
    for (int depth = 0; at.isPresent() && depth < MODULES_MAX; depth++) {
      at.get().properties().forEach(properties::putIfAbsent);
      at = localParent(at.get());
    }
    return properties;
  }

  private Optional<Pom> localParent(Pom pom) {
    return pom.parent().flatMap(parent -> module(pom, parent)).filter(found -> !found.equals(pom));
  }

  private static boolean leadsTo(Path from, Pom pom, Path folder) {
    return pom.modules().stream().anyMatch(module -> home(from, module).equals(folder));
  }

  private static Map<String, Pom> below(Path top) throws IOException {
    Map<String, Pom> modules = new LinkedHashMap<>();
    Map<Path, Pom> read = new LinkedHashMap<>();
    Deque<Path> toRead = new ArrayDeque<>(List.of(top.resolve(POM)));
    while (!toRead.isEmpty() && read.size() < MODULES_MAX) {
      Path file = toRead.removeFirst();
      if (Files.isRegularFile(file) && !read.containsKey(file)) {
        Pom pom = Pom.read(file);
        read.put(file, pom);
        modules.putIfAbsent(pom.name(), pom);
        for (String module : pom.modules()) {
          Path named = home(pom).resolve(module).normalize();
          toRead.add(module.endsWith(".xml") ? named : named.resolve(POM));
        }
      }
    }
    return modules;
  }

  private static Path home(Pom pom) {
    return java.util.Objects.requireNonNull(pom.file().getParent());
  }

  private static Path home(Path from, String module) {
    Path named = from.resolve(module).normalize();
    Path parent = named.getParent();
    return module.endsWith(".xml") && parent != null ? parent : named;
  }

  private static boolean hasConfig(Path folder) {
    return CONFIGS.stream().anyMatch(config -> Files.isRegularFile(folder.resolve(config)));
  }
}
