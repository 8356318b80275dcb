package valence.tools.dev;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Edn;
import valence.tools.process.Command;
import valence.wire.Fields;

/// What an application is compiled against and what it runs with, besides itself.
///
/// @param compile the class path of the compiler
/// @param runtime that of the application; what every node has isn't in it
record Libraries(List<Path> compile, List<Path> runtime) {
  // The same plugin as a push uses, so that one download serves both.
  private static final String LIST_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:list";
  private static final Duration TIMEOUT = Duration.ofMinutes(20);
  private static final String LOCAL_REPOSITORY = "maven.repo.local";
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final int SHOWN_LINES_MAX = 20;

  /// A library as Maven lists it: `   group:artifact:jar[:classifier]:version:scope:/path`.
  private static final Pattern LISTED =
      Pattern.compile("\\s+[^:\\s]+:[^:]+:[^:]+(?::[^:]+)?:[^:]+:(compile|runtime|provided|system):"
          + "(.+?)(?: -- module .*)?");

  /// What every node gives to an application.
  private static final List<String> GIVEN = List.of(
      "valence.api.Client",
      "clojure.lang.Keyword",
      "org.slf4j.Logger",
      "org.jspecify.annotations.NullMarked");

  Libraries {
    compile = List.copyOf(compile);
    runtime = List.copyOf(runtime);
  }

  /// Those of a project: of a folder's `lib`, or as its own Maven says. Maven is asked once for one
  /// state of the poms.
  ///
  /// @param kept where Maven's answer is kept
  static Libraries of(Project project, Path kept, Consumer<String> progress) throws IOException {
    if (!project.isMaven()) {
      List<Path> jars = new ArrayList<>(Snapshot.of(project).libraries().keySet());
      jars.removeIf(file -> !file.toString().endsWith(".jar"));
      List<Path> compile = new ArrayList<>(jars);
      compile.addAll(given());
      return new Libraries(compile, jars);
    }
    String key = key(project);
    Optional<Libraries> known = read(kept, key);
    if (known.isPresent()) {
      return known.get();
    }
    progress.accept("asking Maven for the libraries");
    Libraries found = byMaven(project, kept.resolveSibling("libraries.txt"));
    found.write(kept, key);
    return found;
  }

  private static String key(Project project) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path pom : project.libraries()) {
        digest.update(Files.readAllBytes(pom));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static Optional<Libraries> read(Path kept, String key) throws IOException {
    if (!Files.isRegularFile(kept)
        || !(Edn.read(Files.readString(kept)) instanceof Map<?, ?> map)
        || !key.equals(map.get(kw("key")))) {
      return Optional.empty();
    }
    Fields fields = Fields.of(kept.toString(), map);
    Libraries libraries = new Libraries(paths(fields, "compile"), paths(fields, "runtime"));
    return libraries.compile.stream().allMatch(Files::exists)
        ? Optional.of(libraries)
        : Optional.empty(); // somebody emptied Maven's repository
  }

  private static List<Path> paths(Fields fields, String key) {
    return fields.list(key, List.of()).stream()
        .map(each -> Path.of(String.valueOf(each)))
        .toList();
  }

  private void write(Path kept, String key) throws IOException {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("key"), key);
    map.put(kw("compile"), compile.stream().map(Path::toString).toList());
    map.put(kw("runtime"), runtime.stream().map(Path::toString).toList());
    Files.writeString(kept, Edn.print(map));
  }

  private static Libraries byMaven(Project project, Path listed) throws IOException {
    List<String> words = new ArrayList<>();
    Path wrapper = project.folder().resolve("mvnw");
    words.add(Files.isExecutable(wrapper) ? wrapper.toString() : "mvn");
    String arguments = System.getenv().getOrDefault("MAVEN_ARGS", "").strip();
    if (!arguments.isEmpty()) {
      words.addAll(List.of(arguments.split("\\s+")));
    }
    String repository = System.getProperty(LOCAL_REPOSITORY);
    if (repository != null) {
      words.add("-D" + LOCAL_REPOSITORY + "=" + repository);
    }
    words.addAll(List.of(
        "-B",
        "-ntp",
        "-q",
        LIST_GOAL,
        "-DoutputAbsoluteArtifactFilename=true",
        "-DoutputFile=" + listed));
    Map<String, Optional<String>> environment = Map.of(
        "JAVA_HOME", Optional.of(System.getProperty("java.home")),
        "MAVEN_ARGS", Optional.empty());
    Command.Outcome outcome = new Command(project.folder(), words, environment, TIMEOUT).run();
    if (outcome.status() != 0) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "Maven doesn't find the libraries:\n" + errors(outcome),
              "Correct the pom.xml; it is tried again when that is saved.")
          .toException();
    }
    List<Path> compile = new ArrayList<>();
    List<Path> runtime = new ArrayList<>();
    for (String line : Files.readAllLines(listed)) {
      Matcher library = LISTED.matcher(COLOURS.matcher(line).replaceAll(""));
      if (library.matches()) {
        Path file = Path.of(library.group(2));
        String scope = library.group(1);
        if (!scope.equals("runtime")) {
          compile.add(file);
        }
        if (scope.equals("runtime") || scope.equals("compile")) {
          runtime.add(file);
        }
      }
    }
    return new Libraries(compile, runtime);
  }

  private static String errors(Command.Outcome outcome) {
    List<String> lines = (outcome.out() + outcome.err())
        .lines()
        .map(line -> COLOURS.matcher(line).replaceAll(""))
        .filter(line -> line.startsWith("[ERROR] ") && !line.contains("[Help 1]"))
        .map(line -> line.substring("[ERROR] ".length()))
        .filter(line -> !line.isBlank()
            && !line.startsWith("Re-run Maven")
            && !line.startsWith("To see the full"))
        .limit(SHOWN_LINES_MAX)
        .toList();
    return lines.isEmpty() ? outcome.out() + outcome.err() : String.join("\n", lines);
  }

  /// Where what every node has is on our own class path.
  private static Set<Path> given() {
    Set<Path> given = new LinkedHashSet<>();
    for (String name : GIVEN) {
      try {
        @Nullable CodeSource source = Class.forName(name, false, Libraries.class.getClassLoader())
            .getProtectionDomain()
            .getCodeSource();
        if (source != null) {
          given.add(Path.of(source.getLocation().toURI()));
        }
      } catch (ClassNotFoundException e) {
        continue; // an application that doesn't use it compiles all the same
      } catch (URISyntaxException e) {
        throw new AssertionError("a class path has locations", e);
      }
    }
    return given;
  }
}
