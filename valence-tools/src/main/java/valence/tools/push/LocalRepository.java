package valence.tools.push;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.wire.ion.Coordinates;

/// What Maven's local repository says of a jar in it: each lies in `group/artifact/version`, beside
/// its pom and a note of where it came from.
final class LocalRepository {
  private LocalRepository() {}

  /// Jars with what repositories know them as.
  static List<Built.Library> libraries(List<Path> jars) throws IOException {
    List<Built.Library> libraries = new ArrayList<>();
    for (Path jar : jars) {
      libraries.add(new Built.Library(jar, coordinates(jar)));
    }
    return libraries;
  }

  /// A reason for each jar that changes under its version or is on this machine only.
  static List<String> reasons(List<Path> jars) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Path jar : jars) {
      if (jar.toString().contains("-SNAPSHOT")) {
        reasons.add("a snapshot: " + jar.getFileName());
      } else if (onlyHere(jar)) {
        reasons.add("a library that only this machine has: " + jar.getFileName());
      }
    }
    return reasons;
  }

  /// What a jar is known as; null for one that isn't in a local repository.
  static @Nullable Coordinates coordinates(Path jar) throws IOException {
    Path folder = jar.toAbsolutePath().getParent();
    Path above = folder == null ? null : folder.getParent();
    Optional<Path> file = pom(jar);
    if (folder == null || above == null || file.isEmpty()) {
      return null;
    }
    Pom pom = Pom.read(file.get());
    String version = String.valueOf(folder.getFileName());
    String artifact = String.valueOf(above.getFileName());
    if (!folder.endsWith(Path.of(pom.group().replace('.', '/'), artifact, version))) {
      return null; // its pom says its group in a way that only Maven understands
    }
    String name = String.valueOf(jar.getFileName());
    String plain = artifact + "-" + version;
    String classifier = name.startsWith(plain + "-")
        ? "$" + name.substring(plain.length() + 1).replaceFirst("\\.jar$", "")
        : "";
    return new Coordinates(pom.group() + "/" + artifact + classifier, version);
  }

  /// The pom beside a jar.
  static Optional<Path> pom(Path jar) {
    Path folder = jar.toAbsolutePath().getParent();
    if (folder == null || folder.getParent() == null) {
      return Optional.empty();
    }
    String name = folder.getParent().getFileName() + "-" + folder.getFileName() + ".pom";
    Path pom = folder.resolve(name);
    return Files.isRegularFile(pom) ? Optional.of(pom) : Optional.empty();
  }

  /// Whether a jar was installed here instead of fetched from a repository. Maven writes, beside
  /// each jar, which repository it came from, and nothing after the `>` for one installed.
  private static boolean onlyHere(Path jar) throws IOException {
    Path origins = jar.resolveSibling("_remote.repositories");
    if (!Files.isRegularFile(origins)) {
      return pom(jar).isEmpty();
    }
    String prefix = jar.getFileName() + ">";
    List<String> mentions = Files.readAllLines(origins).stream()
        .filter(line -> line.startsWith(prefix))
        .toList();
    return !mentions.isEmpty() && mentions.stream().allMatch(line -> line.equals(prefix + "="));
  }
}
