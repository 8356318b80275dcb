package valence.storage.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Writes files that are only ever seen whole: made under a name in `temp`, forced, renamed.
final class WholeFiles {
  private final Disk disk;
  private final Path temp;
  private final AtomicLong next = new AtomicLong();

  /// @param temp a directory of the same file system, for files in the making alone
  WholeFiles(Disk disk, Path temp) {
    this.disk = disk;
    this.temp = temp;
  }

  /// A path in `temp` that nobody else uses.
  Path reserve() {
    return temp.resolve(Long.toString(next.getAndIncrement()));
  }

  /// Makes `target` hold these bytes, in place of what it held; returns once that would survive the
  /// loss of power. When it fails, the target holds the old bytes or the new, durable or not.
  void write(Path target, ByteBuffer bytes) throws IOException {
    Path made = reserve();
    try {
      try (Disk.File file = disk.create(made)) {
        file.writeFully(bytes.duplicate(), 0);
        file.force();
      }
      disk.rename(made, target);
    } catch (IOException e) {
      discard(made, e);
      throw e;
    }
    disk.forceDirectory(directory(target));
  }

  /// Removes what a process that was killed left in the making.
  void clean() throws IOException {
    for (Path path : disk.list(temp)) {
      deleteTree(path);
    }
  }

  /// Deletes a file, or a directory of files.
  void deleteTree(Path path) throws IOException {
    if (disk.isDirectory(path)) {
      for (Path child : disk.list(path)) {
        disk.delete(child);
      }
    }
    disk.delete(path);
  }

  private void discard(Path made, IOException cause) {
    if (disk.exists(made)) {
      try {
        disk.delete(made);
      } catch (IOException e) {
        cause.addSuppressed(e); // the next open cleans it
      }
    }
  }

  private static Path directory(Path file) {
    return requireNonNull(file.getParent(), "a path in a directory");
  }
}
