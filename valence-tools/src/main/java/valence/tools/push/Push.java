package valence.tools.push;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.wire.Fields;
import valence.wire.ion.Artifact;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Revision;

/// Pushes an application's commit, or its folder as it is, to a system.
public final class Push {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final List<String> CONFIG_RESOURCES =
      List.of(IonConfig.RESOURCE, IonConfig.DATOMIC_RESOURCE);

  private final NodeClient node;
  private final Consumer<String> progress;

  /// @param progress is told what is being done, a few words at a time
  public Push(NodeClient node, Consumer<String> progress) {
    this.node = node;
    this.progress = progress;
  }

  /// Pushes the commit that is checked out. `incorrect`, with all reasons, when it couldn't be
  /// built again from what it says.
  public Pushed commit(Path folder) {
    Path application = existing(folder);
    Optional<GitRepository> found = GitRepository.containing(application);
    if (found.isEmpty()) {
      throw unreproducible(List.of("not a git repository: " + application));
    }
    GitRepository repository = found.get();
    Optional<String> head = repository.head();
    if (head.isEmpty()) {
      throw unreproducible(List.of("the repository has no commit yet"));
    }
    String commit = head.get();
    List<String> reasons = new ArrayList<>(Reproducibility.ofChanges(repository.changes()));
    repository.text(commit, "pom.xml").map(Reproducibility::ofPom).ifPresent(reasons::addAll);
    if (!reasons.isEmpty()) {
      throw unreproducible(reasons);
    }
    return registered(repository, commit).orElseGet(() -> build(repository, commit));
  }

  /// Pushes a folder as it is, as `unreproducible/<name>`.
  public Pushed folder(Path folder, String name) {
    if (!NAME.matcher(name).matches()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "A revision can't be named " + name + ".",
              "Expected at most 100 letters, digits, dots, - and _.")
          .toException();
    }
    Path application = existing(folder);
    Optional<GitRepository> repository = GitRepository.containing(application);
    try (Sources sources = Sources.ofFolder(application, repository)) {
      return push(Revision.UNREPRODUCIBLE + name, sources, repository, false);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Pushed build(GitRepository repository, String commit) {
    try (Sources sources = Sources.ofCommit(repository, commit)) {
      return push(commit, sources, Optional.of(repository), true);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// The revision of a commit if the system has all of it; then nothing has to be built.
  private Optional<Pushed> registered(GitRepository repository, String commit) {
    long begun = System.nanoTime();
    for (String resource : CONFIG_RESOURCES) {
      Optional<String> text = repository.text(commit, "src/main/resources/" + resource);
      if (text.isPresent()) {
        String appName = IonConfig.parse(text.get()).appName();
        return registered(appName, commit)
            .map(parts -> new Pushed(appName, commit, true, parts, Duration.ZERO, since(begun)));
      }
    }
    return Optional.empty();
  }

  private Optional<List<Pushed.Part>> registered(String appName, String rev) {
    Object revisions = node.call("revisions", Map.of(kw("app-name"), appName));
    if (revisions instanceof Iterable<?> all) {
      for (Object one : all) {
        Fields revision = Fields.of("A revision", one);
        if (revision.text("rev").equals(rev)) {
          List<Pushed.Part> parts = revision.list("artifacts", List.of()).stream()
              .map(artifact -> new Pushed.Part(Artifact.of(artifact), false))
              .toList();
          List<String> ids = parts.stream().map(part -> part.artifact().id()).toList();
          return missing(ids).isEmpty() ? Optional.of(parts) : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private Pushed push(
      String rev, Sources sources, Optional<GitRepository> repository, boolean reproducible)
      throws IOException {
    long begun = System.nanoTime();
    progress.accept("building with Maven");
    MavenBuild build = MavenBuild.run(sources.application(), sources.outputs());
    if (reproducible) {
      List<String> reasons = Reproducibility.ofLibraries(build.libraries());
      if (!reasons.isEmpty()) {
        throw unreproducible(reasons);
      }
    }
    IonConfig config = config(build.classes());
    Path jar = sources.outputs().resolve("application.jar");
    ApplicationJar.write(build.classes(), jar);
    Duration built = since(begun);

    long uploading = System.nanoTime();
    List<Jar> jars = jars(config.appName(), jar, build.libraries());
    Set<String> moved = upload(jars);
    List<Artifact> artifacts = jars.stream().map(Jar::artifact).toList();
    Revision revision = new Revision(config.appName(), rev, pusher(repository), config, artifacts);
    boolean known = node.call("register-revision", revision.toMap()) instanceof Map<?, ?> answer
        && Boolean.FALSE.equals(answer.get(kw("new?")));
    List<Pushed.Part> parts = artifacts.stream()
        .map(artifact -> new Pushed.Part(artifact, moved.contains(artifact.id())))
        .toList();
    return new Pushed(config.appName(), rev, known, parts, built, since(uploading));
  }

  private static IonConfig config(Path classes) throws IOException {
    for (String resource : CONFIG_RESOURCES) {
      Path file = classes.resolve(resource);
      if (Files.isRegularFile(file)) {
        return IonConfig.parse(Files.readString(file));
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The application has no ion-config.edn.",
            "Expected src/main/resources/" + IonConfig.RESOURCE
                + " with its :app-name and its entry points.")
        .toException();
  }

  private static List<Jar> jars(String appName, Path application, List<Path> libraries)
      throws IOException {
    List<Jar> jars = new ArrayList<>();
    jars.add(Jar.of(application, appName + ".jar", Artifact.Kind.APPLICATION));
    for (Path library : libraries) {
      jars.add(Jar.of(library, library.getFileName().toString(), Artifact.Kind.LIBRARY));
    }
    return jars;
  }

  /// Uploads what the system lacks; the ids of what was new to it.
  private Set<String> upload(List<Jar> jars) {
    Set<String> missing = missing(jars.stream().map(Jar::id).toList());
    Set<String> moved = new HashSet<>();
    for (Jar jar : jars) {
      if (missing.remove(jar.id())) {
        progress.accept("uploading " + jar.artifact().name());
        node.putArtifact(jar.id(), jar.file());
        moved.add(jar.id());
      }
    }
    return moved;
  }

  private Set<String> missing(List<String> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    Object answer = node.call("missing-artifacts", Map.of(kw("ids"), ids));
    return answer instanceof Iterable<?> missing
        ? java.util.stream.StreamSupport.stream(missing.spliterator(), false)
            .map(String::valueOf)
            .collect(Collectors.toCollection(HashSet::new))
        : new HashSet<>();
  }

  private static String pusher(Optional<GitRepository> repository) {
    return repository
        .flatMap(GitRepository::identity)
        .orElseGet(() -> System.getProperty("user.name", "unknown"));
  }

  private static Path existing(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no folder " + folder + ".",
              "Expected the folder of an application.")
          .toException();
    }
    return folder.toAbsolutePath().normalize();
  }

  private static RuntimeException unreproducible(List<String> reasons) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "This can't be pushed as a revision named by its commit: "
                + String.join("; ", reasons)
                + ".",
            "Commit, with fixed versions only, or give it a name with --uname NAME.")
        .with("reasons", reasons)
        .toException();
  }

  private static RuntimeException unreadable(IOException e) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "A file couldn't be read or written: " + e.getMessage() + ".")
        .toException(e);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
