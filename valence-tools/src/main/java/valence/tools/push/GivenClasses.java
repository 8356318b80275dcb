package valence.tools.push;

import clojure.lang.Keyword;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import valence.api.Valence;

/// What each node gives to every application, always in the node's own version: the api, Clojure
/// and SLF4J. The annotations of JSpecify, which nothing needs at run time, come along.
final class GivenClasses {
  /// Those of which an application can't bring its own, by the names that repositories know them
  /// as.
  static final Set<String> LIBRARIES = Set.of("dev.valence/valence-api", "org.slf4j/slf4j-api");

  private GivenClasses() {}

  /// The jars or folders that hold them where we run.
  static List<Path> jars() {
    List<Path> jars = new ArrayList<>();
    for (Class<?> each : List.of(Valence.class, Keyword.class, NullMarked.class)) {
      jars.add(home(each));
    }
    try {
      jars.add(home(Class.forName("org.slf4j.Logger", false, Valence.class.getClassLoader())));
    } catch (ClassNotFoundException e) {
      assert e != null; // the distribution has it; a test of ours may run without
    }
    return jars;
  }

  /// The version of one of the libraries here, as its jar is named; "another" for a folder.
  static String version(String library) {
    String artifact = library.substring(library.indexOf('/') + 1) + "-";
    for (Path jar : jars()) {
      String name = String.valueOf(jar.getFileName());
      if (name.startsWith(artifact) && name.endsWith(".jar")) {
        return name.substring(artifact.length(), name.length() - ".jar".length());
      }
    }
    return "another";
  }

  private static Path home(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new AssertionError(type + " is from a jar or a folder");
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e); // class loaders give well-formed URLs
    }
  }
}
