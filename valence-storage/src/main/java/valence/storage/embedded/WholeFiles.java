package valence.storage.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Writes files that are only ever seen whole: made under a name in `temp`, forced, renamed.
final class WholeFiles {
  /// Of many files so many are open at once, and forced together.
  private static final int OPEN_COUNT_MAX = 128;

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

  /// Writes many files, each as [#write] does, but forces each directory once, behind all of them.
  void writeAll(Map<Path, ByteBuffer> contents) throws IOException {
    List<Path> targets = List.copyOf(contents.keySet());
    Set<Path> directories = new LinkedHashSet<>();
    for (int from = 0; from < targets.size(); from += OPEN_COUNT_MAX) {
      List<Path> some = targets.subList(from, Math.min(from + OPEN_COUNT_MAX, targets.size()));
      List<Path> made = new ArrayList<>();
      try {
        make(some, contents, made);
        for (int i = 0; i < some.size(); i++) {
          disk.rename(made.get(i), some.get(i));
          directories.add(directory(some.get(i)));
        }
      } catch (IOException e) {
        made.forEach(path -> discard(path, e));
        throw e;
      }
    }
    disk.forceAll(List.of(), directories);
  }

  /// Makes forced files in `temp`, one for each target, and says which as it goes.
  private void make(List<Path> targets, Map<Path, ByteBuffer> contents, List<Path> made)
      throws IOException {
    List<Disk.File> open = new ArrayList<>();
    try {
      for (Path target : targets) {
        Path path = reserve();
        Disk.File file = disk.create(path);
        open.add(file);
        made.add(path);
        file.writeFully(requireNonNull(contents.get(target), "a content").duplicate(), 0);
      }
      disk.forceAll(open, List.of());
    } finally {
      for (Disk.File file : open) {
        file.close();
      }
    }
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
