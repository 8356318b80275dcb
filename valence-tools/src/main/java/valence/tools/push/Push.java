package valence.tools.push;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
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

  // Where builds take resources from, so that a commit that the system has is known unbuilt.
  private static final List<String> CONFIG_FOLDERS =
      List.of("src/main/resources/", "resources/", "");

  private final NodeClient node;
  private final Consumer<String> progress;
  private final Upload upload;
  private final boolean strict;
  private final boolean licences;

  /// @param progress is told what is being done, a few words at a time
  public Push(NodeClient node, Consumer<String> progress) {
    this(node, progress, false, false);
  }

  /// @param strict   whether what is else a warning refuses the push
  /// @param licences whether to read the licences of libraries, for which all is built in any case
  public Push(NodeClient node, Consumer<String> progress, boolean strict, boolean licences) {
    this.node = node;
    this.progress = progress;
    this.upload = new Upload(node, progress);
    this.strict = strict;
    this.licences = licences;
  }

  /// Pushes the commit that is checked out. `incorrect`, with all reasons, when it couldn't be
  /// built again from what it says.
  public Pushed commit(Path folder) {
    Path application = application(folder);
    Optional<GitRepository> found = GitRepository.containing(application);
    if (found.isEmpty()) {
      throw Reproducibility.refusal(List.of("not a git repository: " + application));
    }
    GitRepository repository = found.get();
    Optional<String> head = repository.head();
    if (head.isEmpty()) {
      throw Reproducibility.refusal(List.of("the repository has no commit yet"));
    }
    String commit = head.get();
    List<String> reasons = new ArrayList<>(Reproducibility.ofChanges(repository.changes()));
    reasons.addAll(sourceReasons(repository.project()));
    if (!reasons.isEmpty()) {
      throw Reproducibility.refusal(reasons);
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
    Path application = application(folder);
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
    for (String folder : CONFIG_FOLDERS) {
      for (String resource : CONFIG_RESOURCES) {
        Optional<String> text = repository.text(commit, folder + resource);
        if (text.isPresent()) {
          String appName = IonConfig.parse(text.get()).appName();
          if (licences || strict) {
            return Optional.empty(); // what is asked for is in the built files alone
          }
          return registered(appName, commit)
              .map(parts -> new Pushed(
                  appName,
                  commit,
                  true,
                  parts,
                  List.of(),
                  deployGroups(appName),
                  Duration.ZERO,
                  since(begun)));
        }
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
              .map(artifact -> new Pushed.Part(Artifact.of(artifact), false, List.of()))
              .toList();
          List<String> ids = parts.stream().map(part -> part.artifact().id()).toList();
          return upload.missing(ids).isEmpty() ? Optional.of(parts) : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private Pushed push(
      String rev, Sources sources, Optional<GitRepository> repository, boolean reproducible)
      throws IOException {
    long begun = System.nanoTime();
    Build.Project project = sources.project();
    Build build = Build.of(project.folder());
    progress.accept("building with " + build.tool());
    Built made = build.run(project, sources.outputs());
    if (reproducible && !made.reasons().isEmpty()) {
      throw Reproducibility.refusal(made.reasons());
    }
    IonConfig config = config(made.code().getFirst());
    Findings findings = new Findings();
    List<Jar> jars = jars(config.appName(), made, sources.outputs(), findings);
    findings.libraries(made.libraries());
    if (Files.isRegularFile(project.root().resolve(".gitmodules"))) {
      findings.say("the repository has submodules: they aren't checked out for the build");
    }
    if (strict && !findings.all().isEmpty()) {
      throw refusedByFindings(findings.all());
    }
    Duration built = since(begun);

    long uploading = System.nanoTime();
    Set<String> moved = upload.run(jars);
    List<Artifact> artifacts = jars.stream().map(Jar::artifact).toList();
    Revision revision = new Revision(config.appName(), rev, pusher(repository), config, artifacts);
    boolean known = node.call("register-revision", revision.toMap()) instanceof Map<?, ?> answer
        && Boolean.FALSE.equals(answer.get(kw("new?")));
    Duration uploaded = since(uploading);
    return new Pushed(
        config.appName(),
        rev,
        known,
        parts(jars, moved, made.libraries()),
        findings.all(),
        deployGroups(config.appName()),
        built,
        uploaded);
  }

  private List<Pushed.Part> parts(List<Jar> jars, Set<String> moved, List<Built.Library> libraries)
      throws IOException {
    int code = jars.size() - libraries.size();
    List<Pushed.Part> parts = new ArrayList<>();
    for (int i = 0; i < jars.size(); i++) {
      Artifact artifact = jars.get(i).artifact();
      List<String> named = licences && i >= code ? Licences.of(libraries.get(i - code)) : List.of();
      parts.add(new Pushed.Part(artifact, moved.contains(artifact.id()), named));
    }
    return parts;
  }

  /// The groups that run the application, or none yet.
  private List<String> deployGroups(String appName) {
    Fields status = Fields.of("The status", node.call("status", Map.of()));
    return status.text("application", appName).equals(appName)
        ? List.of(status.text("group"))
        : List.of();
  }

  private static List<String> sourceReasons(Build.Project project) {
    try {
      return Build.of(project.folder()).reasons(project);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static IonConfig config(Built.Code application) throws IOException {
    for (Path path : application.paths()) {
      for (String resource : CONFIG_RESOURCES) {
        Path file = path.resolve(resource);
        if (Files.isRegularFile(file)) {
          return IonConfig.parse(Build.text(file));
        }
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The application has no ion-config.edn.",
            "Expected " + IonConfig.RESOURCE
                + " among its resources, with its :app-name and its entry points.")
        .toException();
  }

  private static List<Jar> jars(String appName, Built made, Path outputs, Findings findings)
      throws IOException {
    List<Jar> jars = new ArrayList<>();
    for (Built.Code code : made.code()) {
      String name = (code.name().isEmpty() ? appName : code.name()) + ".jar";
      Path jar = outputs.resolve("code-" + jars.size() + ".jar");
      ApplicationJar.write(code.paths(), jar, findings::look);
      jars.add(Jar.of(jar, name, Artifact.Kind.APPLICATION, null));
    }
    for (Built.Library library : made.libraries()) {
      String name = String.valueOf(library.file().getFileName());
      jars.add(Jar.of(library.file(), name, Artifact.Kind.LIBRARY, library.coordinates()));
    }
    return jars;
  }

  private static String pusher(Optional<GitRepository> repository) {
    return repository
        .flatMap(GitRepository::identity)
        .orElseGet(() -> System.getProperty("user.name", "unknown"));
  }

  private static Path application(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no folder " + folder + ".",
              "Expected the folder of an application.")
          .toException();
    }
    try {
      // Git knows folders by their real paths.
      return Reactor.application(folder.toRealPath());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static RuntimeException refusedByFindings(List<String> findings) {
    return Anomaly.incorrect(
            "push.error/warnings",
            "A strict push has no warnings.",
            "Mend what there is, or push without --strict:\n  - " + String.join("\n  - ", findings))
        .with("warnings", findings)
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
