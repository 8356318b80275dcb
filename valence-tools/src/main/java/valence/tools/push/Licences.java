package valence.tools.push;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import valence.wire.ion.Coordinates;

/// The licences of a library, as it says itself: in its pom or a parent of that, in its manifest,
/// or by the first line of the licence that lies in it.
final class Licences {
  private static final int PARENTS_MAX = 16;
  private static final int CHARACTERS_MAX = 100;
  private static final List<String> TEXTS = List.of(
      "META-INF/LICENSE",
      "META-INF/LICENSE.txt",
      "META-INF/LICENSE.md",
      "LICENSE",
      "LICENSE.txt",
      "epl-v10.html");

  private Licences() {}

  /// The names of the licences; none when the library says nothing.
  static List<String> of(Built.Library library) throws IOException {
    List<String> named = ofPoms(library);
    return named.isEmpty() ? ofJar(library.file()) : named;
  }

  private static List<String> ofPoms(Built.Library library) throws IOException {
    Coordinates coordinates = library.coordinates();
    Optional<Path> file = LocalRepository.pom(library.file());
    if (coordinates == null || file.isEmpty()) {
      return List.of();
    }
    Pom pom = Pom.read(file.get());
    Path repository = file.get();
    String group = pom.group();
    for (int up = 0; up < group.split("\\.").length + 3; up++) {
      repository = java.util.Objects.requireNonNull(repository.getParent(), "in its repository");
    }
    for (int depth = 0; depth < PARENTS_MAX; depth++) {
      List<String> licences = named(pom);
      Optional<Element> parent = pom.parent();
      if (!licences.isEmpty() || parent.isEmpty()) {
        return licences;
      }
      String artifact = Pom.child(parent.get(), "artifactId");
      String version = Pom.child(parent.get(), "version");
      Path above = repository
          .resolve(Pom.child(parent.get(), "groupId").replace('.', '/'))
          .resolve(artifact)
          .resolve(version)
          .resolve(artifact + "-" + version + ".pom")
          .normalize();
      if (!above.startsWith(repository) || !Files.isRegularFile(above)) {
        return List.of();
      }
      pom = Pom.read(above);
    }
    return List.of();
  }

  private static List<String> named(Pom pom) {
    List<String> names = new ArrayList<>();
    for (Element licence : pom.below("license")) {
      Node within = licence.getParentNode();
      if (within != null && within.getNodeName().equals("licenses")) {
        String name = Pom.child(licence, "name");
        names.add(shown(name.isEmpty() ? Pom.child(licence, "url") : name));
      }
    }
    return names;
  }

  private static List<String> ofJar(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry manifest = zip.getEntry(JarFile.MANIFEST_NAME);
      if (manifest != null) {
        Attributes attributes;
        try (var in = zip.getInputStream(manifest)) {
          attributes = new Manifest(in).getMainAttributes();
        }
        String licence = attributes.getValue("Bundle-License");
        if (licence != null && !licence.isBlank()) {
          return List.of(shown(licence));
        }
      }
      for (String name : TEXTS) {
        ZipEntry text = zip.getEntry(name);
        if (text != null) {
          return List.of(shown(firstLine(zip, text)));
        }
      }
      return List.of();
    }
  }

  private static String firstLine(ZipFile zip, ZipEntry text) throws IOException {
    try (var lines = new BufferedReader(
        new InputStreamReader(zip.getInputStream(text), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null && line.isBlank()) {
        line = lines.readLine();
      }
      return line == null ? text.getName() : line;
    }
  }

  private static String shown(String name) {
    String line = name.strip().replaceAll("\\s+", " ");
    return line.length() <= CHARACTERS_MAX ? line : line.substring(0, CHARACTERS_MAX) + "…";
  }
}
