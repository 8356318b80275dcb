package valence.tools.push;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.edn.Edn;
import valence.wire.Fields;
import valence.wire.ion.Coordinates;

/// The libraries of an application without a build tool, as its `valence.edn` names them:
///
/// ```clojure
/// {:deps {com.fasterxml.jackson.core/jackson-databind {:mvn/version "2.22.3"}}}
/// ```
///
/// @param libraries in the file's order
record ListedLibraries(List<Coordinates> libraries) {
  static final String FILE = "valence.edn";

  private static final long BYTES_MAX = 1 << 20;

  // What may stand in a pom without being written in another way, and in a path.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+/[A-Za-z0-9._-]+");
  private static final Pattern VERSION = Pattern.compile("[\\[\\](),A-Za-z0-9._+-]+");

  ListedLibraries {
    libraries = List.copyOf(libraries);
  }

  /// What the file in a folder names; nothing where there is none. `incorrect` for what isn't
  /// understood.
  static ListedLibraries of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return new ListedLibraries(List.of());
    }
    if (Files.size(file) > BYTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              FILE + " is longer than " + BYTES_MAX + " bytes.",
              "Expected a map with the libraries under :deps.")
          .toException();
    }
    Fields fields = Fields.of(FILE, Edn.read(Build.text(file)));
    fields.only("deps");
    List<Coordinates> libraries = new ArrayList<>();
    if (fields.contains("deps")) {
      for (Map.Entry<?, ?> entry : fields.map("deps").entrySet()) {
        libraries.add(library(entry.getKey(), entry.getValue()));
      }
    }
    if (libraries.size() > Build.LIBRARIES_MAX) {
      throw fields.wrong("deps", "at most " + Build.LIBRARIES_MAX + " libraries");
    }
    return new ListedLibraries(libraries);
  }

  /// A reason for each version that isn't fixed.
  List<String> reasons() {
    return libraries.stream()
        .filter(each -> each.version().matches("[\\[(].*|LATEST|RELEASE|.*-SNAPSHOT"))
        .map(each -> "a version that isn't fixed: " + each.library() + " " + each.version())
        .toList();
  }

  /// The jars of the libraries and of what they need, by Maven.
  ///
  /// @param folder a folder for what Maven is told and answers
  List<Path> resolve(Path folder) throws IOException {
    if (libraries.isEmpty()) {
      return List.of();
    }
    StringBuilder dependencies = new StringBuilder();
    for (Coordinates each : libraries) {
      String[] name = each.library().split("/");
      dependencies.append("<dependency><groupId>" + name[0] + "</groupId><artifactId>" + name[1]
          + "</artifactId><version>" + each.version() + "</version></dependency>");
    }
    Files.writeString(
        folder.resolve("pom.xml"),
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>"
            + "<groupId>application</groupId><artifactId>libraries</artifactId>"
            + "<version>1</version><packaging>pom</packaging><dependencies>" + dependencies
            + "</dependencies></project>");
    Path classPath = folder.resolve("class-path");
    new Maven(folder)
        .run(
            List.of(
                Maven.CLASS_PATH_GOAL, "-DincludeScope=runtime", "-Dmdep.outputFile=" + classPath),
            List.of(folder));
    return Maven.entries(classPath);
  }

  private static Coordinates library(
      @org.jspecify.annotations.Nullable Object name,
      @org.jspecify.annotations.Nullable Object how) {
    if (name instanceof Symbol symbol
        && NAME.matcher(symbol.toString()).matches()
        && how instanceof Map<?, ?> map
        && map.size() == 1
        && map.get(Keyword.intern("mvn", "version")) instanceof String version
        && VERSION.matcher(version).matches()) {
      return new Coordinates(symbol.toString(), version);
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            FILE + " has " + Fields.shown(name) + " " + Fields.shown(how) + " in its :deps.",
            "Expected a library and its version, such as"
                + " com.fasterxml.jackson.core/jackson-databind {:mvn/version \"2.22.3\"}.",
            "For more than that, use a pom.xml or a deps.edn.")
        .toException();
  }
}
