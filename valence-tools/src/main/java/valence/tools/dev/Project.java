package valence.tools.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import valence.api.Anomaly;
import valence.wire.ion.IonConfig;

/// Where an application keeps what it is made of.
///
/// @param folder    absolute
/// @param sources   roots of Java sources, there or not
/// @param resources roots of what is on the class path as it is, there or not
/// @param flat      whether sources and resources may also lie in the folder itself
/// @param libraries the files that say which libraries it has
record Project(
    Path folder, List<Path> sources, List<Path> resources, boolean flat, List<Path> libraries) {
  private static final List<String> CONFIGS =
      List.of(IonConfig.RESOURCE, IonConfig.DATOMIC_RESOURCE);

  /// The project in a folder; `incorrect` where nothing looks like one.
  static Project of(Path given) throws IOException {
    if (!Files.isDirectory(given)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no folder " + given + ".",
              "Expected the folder of an application.")
          .toException();
    }
    Path folder = given.toRealPath();
    Path main = folder.resolve("src").resolve("main");
    if (Files.isRegularFile(folder.resolve("pom.xml"))) {
      return new Project(
          folder,
          List.of(main.resolve("java")),
          List.of(main.resolve("resources"), main.resolve("clojure")),
          false,
          poms(folder));
    }
    Path java = main.resolve("java");
    Project plain = new Project(
        folder,
        List.of(Files.isDirectory(java) ? java : folder.resolve("src")),
        List.of(folder.resolve("resources"), main.resolve("resources")),
        true,
        List.of(folder.resolve("lib"), folder.resolve("valence.edn")));
    if (Snapshot.of(plain).sources().isEmpty()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "Nothing in " + folder + " looks like an application.",
              "Expected a pom.xml, or Java sources in src/main/java, src or the folder itself.",
              "Run it in an application's folder, or name one: valence dev FOLDER.")
          .toException();
    }
    return plain;
  }

  private static List<Path> poms(Path folder) {
    Path own = folder.resolve("pom.xml");
    Path above = folder.resolveSibling("pom.xml");
    return Files.isRegularFile(above) ? List.of(own, above) : List.of(own);
  }

  boolean isMaven() {
    return libraries.getFirst().endsWith("pom.xml");
  }

  /// The configuration's text, from a folder that has the resources; `incorrect` without one.
  static String config(Path classes) throws IOException {
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
