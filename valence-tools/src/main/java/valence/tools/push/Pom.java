package valence.tools.push;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import valence.api.Anomaly;

/// A pom.xml as it is written, nothing inherited or interpolated.
record Pom(Path file, Element project) {
  private static final long BYTES_MAX = 8L << 20;
  private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");
  private static final int INTERPOLATIONS_MAX = 10;

  /// Reads a pom; `incorrect` when it isn't one.
  static Pom read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw unreadable(file, "it has more than " + BYTES_MAX + " bytes", null);
    }
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      // Of old poms some have a doctype; what it refers to isn't read.
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null); // which would print
      return new Pom(file, builder.parse(file.toFile()).getDocumentElement());
    } catch (ParserConfigurationException e) {
      throw new AssertionError(e); // every Java platform has the features
    } catch (SAXException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static RuntimeException unreadable(
      Path file, String why, @org.jspecify.annotations.Nullable Exception cause) {
    var anomaly = Anomaly.of(
        Anomaly.Category.INCORRECT, "The " + file.getFileName() + " can't be read: " + why + ".");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }

  /// Its group, its parent's where it says none; empty when neither says one.
  String group() {
    String own = child(project, "groupId");
    return own.isEmpty() ? parent().map(parent -> child(parent, "groupId")).orElse("") : own;
  }

  String artifact() {
    return child(project, "artifactId");
  }

  /// `group:artifact`.
  String name() {
    return group() + ":" + artifact();
  }

  Optional<Element> parent() {
    return children(project, "parent").stream().findFirst();
  }

  /// Its modules, those of profiles too, as they are written: folders or files.
  List<String> modules() {
    List<String> modules = new ArrayList<>();
    for (Element module : below("module")) {
      modules.add(module.getTextContent().strip());
    }
    return modules;
  }

  /// All elements of a name, however deep.
  List<Element> below(String name) {
    List<Element> elements = new ArrayList<>();
    NodeList found = project.getElementsByTagName(name);
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i) instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  /// Its properties, those of profiles too.
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    for (Element all : below("properties")) {
      for (Node node = all.getFirstChild(); node != null; node = node.getNextSibling()) {
        if (node instanceof Element property) {
          properties.putIfAbsent(
              property.getTagName(), property.getTextContent().strip());
        }
      }
    }
    return properties;
  }

  /// A text with properties put in; those that aren't known stay as they are.
  static String interpolated(String text, Map<String, String> properties) {
    String result = text;
    for (int i = 0; i < INTERPOLATIONS_MAX && result.contains("${"); i++) {
      Matcher matcher = PROPERTY.matcher(result);
      result = matcher.replaceAll(match ->
          Matcher.quoteReplacement(properties.getOrDefault(match.group(1), match.group())));
    }
    return result;
  }

  /// The text of a child; empty when there is none.
  static String child(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.getFirst().getTextContent().strip();
  }

  static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }
}
