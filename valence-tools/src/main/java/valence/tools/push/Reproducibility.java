package valence.tools.push;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import valence.api.Anomaly;

/// Why a revision couldn't be built again, bit by bit, from what its commit says.
final class Reproducibility {
  /// How many files a reason names.
  private static final int NAMED_MAX = 5;

  private Reproducibility() {}

  /// A reason for a working tree with changes, none for a clean one.
  static List<String> ofChanges(List<String> changes) {
    if (changes.isEmpty()) {
      return List.of();
    }
    String named = String.join(", ", changes.subList(0, Math.min(NAMED_MAX, changes.size())));
    int more = changes.size() - NAMED_MAX;
    return List.of("not committed: " + named + (more > 0 ? " and " + more + " more" : ""));
  }

  /// A reason for each version in a pom that another day may mean something else.
  static List<String> ofPom(String pom) {
    List<String> reasons = new ArrayList<>();
    NodeList dependencies = parse(pom).getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      if (dependencies.item(i) instanceof Element dependency) {
        String version = child(dependency, "version");
        if (version.matches("[\\[(].*") || version.equals("LATEST") || version.equals("RELEASE")) {
          reasons.add(
              "a version that isn't fixed: " + child(dependency, "artifactId") + " " + version);
        }
      }
    }
    return reasons;
  }

  /// A reason for each library that changes under its version or is on this machine only.
  static List<String> ofLibraries(List<Path> libraries) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Path library : libraries) {
      if (library.toString().contains("-SNAPSHOT")) {
        reasons.add("a snapshot: " + library.getFileName());
      } else if (onlyHere(library)) {
        reasons.add("a library that only this machine has: " + library.getFileName());
      }
    }
    return reasons;
  }

  /// Whether a library was installed here instead of fetched from a repository. Maven writes,
  /// beside each jar, which repository it came from, and nothing after the `>` for one installed.
  private static boolean onlyHere(Path library) throws IOException {
    Path origins = library.resolveSibling("_remote.repositories");
    if (!Files.isRegularFile(origins)) {
      return !library.resolveSibling(pomName(library)).toFile().isFile();
    }
    String prefix = library.getFileName() + ">";
    List<String> mentions = Files.readAllLines(origins).stream()
        .filter(line -> line.startsWith(prefix))
        .toList();
    return !mentions.isEmpty() && mentions.stream().allMatch(line -> line.equals(prefix + "="));
  }

  private static String pomName(Path library) {
    return library.getFileName().toString().replaceFirst("\\.jar$", ".pom");
  }

  private static Document parse(String pom) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null); // which would print
      return builder.parse(new InputSource(new StringReader(pom)));
    } catch (ParserConfigurationException e) {
      throw new AssertionError(e); // every Java platform has the feature
    } catch (SAXException | IOException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT, "The pom.xml can't be read: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  private static String child(Element parent, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return element.getTextContent().strip();
      }
    }
    return "";
  }
}
