package valence.tools.push;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The sources that a revision is built from, in a temporary folder of their own, so that nothing
/// of the developer's working tree leaks into the build and the build leaves nothing behind there.
final class Sources implements AutoCloseable {
  // What a copy of a folder outside of git leaves out.
  private static final Set<String> NOT_SOURCES = Set.of(".git", "target", ".valence");

  private static final String TREE = "tree";

  private final Path temporary;
  private final Build.Project project;
  private final Optional<GitRepository> worktreeOf;

  // For an end that no finally sees, such as Control-C.
  private final Thread emergency = new Thread(this::remove);

  private Sources(Path temporary, Path prefix, Optional<GitRepository> worktreeOf) {
    this.temporary = temporary;
    Path tree = temporary.resolve(TREE);
    this.project = new Build.Project(tree, tree.resolve(prefix).normalize());
    this.worktreeOf = worktreeOf;
    Runtime.getRuntime().addShutdownHook(emergency);
  }

  /// A clean worktree of a commit.
  static Sources ofCommit(GitRepository repository, String commit) throws IOException {
    Sources sources = new Sources(temporary(), repository.prefix(), Optional.of(repository));
    try {
      repository.addWorktree(sources.project.root(), commit);
      return sources;
    } catch (RuntimeException e) {
      sources.close();
      throw e;
    }
  }

  /// A copy of an application's folder as it is; of one in a git repository, of the repository
  /// without what git ignores, since the application may be built with its neighbours.
  static Sources ofFolder(Path folder, Optional<GitRepository> repository) throws IOException {
    Path prefix = repository.map(GitRepository::prefix).orElse(Path.of(""));
    Path from = repository.map(GitRepository::root).orElse(folder);
    Sources sources = new Sources(temporary(), prefix, Optional.empty());
    try {
      List<String> files = repository.isPresent() ? repository.get().files() : filesBelow(folder);
      for (String file : files) {
        Path source = from.resolve(file);
        if (Files.exists(source, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(source)) {
          Path copy = sources.project.root().resolve(file);
          Files.createDirectories(copy.getParent());
          Files.copy(source, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      return sources;
    } catch (IOException | RuntimeException e) {
      sources.close();
      throw e;
    }
  }

  /// What is built.
  Build.Project project() {
    return project;
  }

  /// A folder for what the push makes; goes with the sources.
  Path outputs() {
    return temporary;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(emergency);
    remove();
  }

  private void remove() {
    try {
      delete(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      worktreeOf.ifPresent(GitRepository::pruneWorktrees);
    }
  }

  // By its real path: what a build prints, and writes as a class path, is compared with it.
  private static Path temporary() throws IOException {
    return Files.createTempDirectory("valence-push").toRealPath();
  }

  private static List<String> filesBelow(Path folder) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) {
        boolean skip = !directory.equals(folder)
            && NOT_SOURCES.contains(String.valueOf(directory.getFileName()));
        return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
        files.add(folder.relativize(file).toString());
        return FileVisitResult.CONTINUE;
      }
    });
    return files;
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes unused) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(
          Path directory, java.io.@org.jspecify.annotations.Nullable IOException failure)
          throws IOException {
        if (failure != null) {
          throw failure;
        }
        Files.delete(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
