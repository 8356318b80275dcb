package valence.tools.tour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Copies and deletes whole folders. Links are never followed.
public final class Folders {
  private Folders() {}

  /// Copies an application without what its build made.
  public static void copySources(Path from, Path to) throws IOException {
    Path built = from.resolve("target");
    for (Path source : below(from)) {
      if (!source.startsWith(built)) {
        Path copy = to.resolve(from.relativize(source).toString());
        if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(source, copy, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      for (Path path : below(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.toList();
    }
  }
}
