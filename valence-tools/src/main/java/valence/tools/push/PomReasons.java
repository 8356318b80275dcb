package valence.tools.push;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// Why the poms of an application don't say what it is built from.
///
/// What is resolved is judged after the build, by the jars; this is about what doesn't show there:
/// a version that was chosen today, a plugin or parent that may change under its version. What is
/// of scope test matters to nobody: it doesn't go with the application.
final class PomReasons {
  private PomReasons() {}

  static List<String> of(Reactor reactor) throws IOException {
    Set<String> reasons = new LinkedHashSet<>();
    for (Pom pom : reactor.concerned()) {
      Map<String, String> properties = reactor.properties(pom);
      for (String kind : List.of("parent", "dependency", "plugin", "extension")) {
        for (Element named : pom.below(kind)) {
          if (!Pom.child(named, "scope").equals("test")) {
            reason(reactor, pom, named, properties, reasons);
          }
        }
      }
    }
    return List.copyOf(reasons);
  }

  private static void reason(
      Reactor reactor,
      Pom pom,
      Element named,
      Map<String, String> properties,
      Set<String> reasons) {
    String what = Pom.child(named, "artifactId");
    String version = Pom.interpolated(Pom.child(named, "version"), properties);
    if (version.matches("[\\[(].*") || version.equals("LATEST") || version.equals("RELEASE")) {
      reasons.add("a version that isn't fixed: " + what + " " + version);
    } else if (version.endsWith("-SNAPSHOT")
        && !isManaged(named)
        && reactor.module(pom, named).isEmpty()) {
      reasons.add("a snapshot: " + what + " " + version);
    }
    String path = Pom.child(named, "systemPath");
    if (!path.isEmpty()) {
      reasons.add("a library by its path: " + what + ", " + path);
    }
  }

  /// Whether a dependency's version counts only where the dependency is used, which then shows.
  private static boolean isManaged(Element dependency) {
    Node above = dependency.getParentNode();
    Node managing = above == null ? null : above.getParentNode();
    return managing != null
        && managing.getNodeName().equals("dependencyManagement")
        && !Pom.child(dependency, "scope").equals("import");
  }
}
