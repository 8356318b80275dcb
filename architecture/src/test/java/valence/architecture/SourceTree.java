package valence.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files of the repository: those that git tracks, and new ones that it doesn't ignore.
///
/// @param root  the directory of the repository
/// @param files relative to the root, in order
record SourceTree(Path root, List<Path> files) {
  SourceTree {
    files = List.copyOf(files);
  }

  static SourceTree here() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve(".git"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("The tests of the sources run within a git repository.");
      }
    }
    try {
      Process git = new ProcessBuilder(
              "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
          .directory(root.toFile())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() != 0) {
        throw new IllegalStateException("git ls-files failed with " + git.exitValue() + ".");
      }
      Path top = root;
      return new SourceTree(
          root,
          Stream.of(names.split("\0"))
              .map(Path::of)
              .filter(file -> Files.isRegularFile(top.resolve(file)))
              .sorted()
              .distinct()
              .toList());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while git listed the files.", interrupted);
    }
  }

  List<Path> java() {
    return files.stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  /// The file as UTF-8; what isn't, is read as U+FFFD.
  String text(Path file) {
    try {
      return new String(Files.readAllBytes(root.resolve(file)), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
