package valence.storage.embedded;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// The few operations on files that the stores are made of: the seam where a test takes the power
/// away, fills the disk or flips a bit.
///
/// What a loss of power leaves: of a file, what [File#force] returned for, and of everything later
/// any part in any order; of a directory's entries the same with [#forceDirectory]. A process
/// killed without a loss of power loses nothing that was written.
///
/// A failed force of a file forgets: a later one may succeed without having written what the first
/// should have, though reads still see it. A directory is journalled: its force can be tried again.
interface Disk {
  /// One open file.
  interface File extends Closeable {
    /// Reads at least one byte, perhaps fewer than asked for; -1 at the end of the file.
    int read(ByteBuffer target, long offset) throws IOException;

    /// Writes at least one byte, perhaps not all.
    int write(ByteBuffer source, long offset) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /// Returns once all that was written would survive the loss of power, the size with it.
    void force() throws IOException;

    /// Reads until the target is full; an `EOFException` when the file ends before.
    default void readFully(ByteBuffer target, long offset) throws IOException {
      long next = offset;
      while (target.hasRemaining()) {
        int count = read(target, next);
        if (count < 0) {
          throw new EOFException("the file ends at " + next);
        }
        next += count;
      }
    }

    /// Writes all that remains in the source.
    default void writeFully(ByteBuffer source, long offset) throws IOException {
      long next = offset;
      while (source.hasRemaining()) {
        next += write(source, next);
      }
    }
  }

  /// Makes a file that didn't exist, to write to.
  File create(Path path) throws IOException;

  /// Opens a file to write to it in place.
  File edit(Path path) throws IOException;

  /// Opens a file to read it.
  File read(Path path) throws IOException;

  boolean exists(Path path);

  boolean isDirectory(Path path);

  /// What is in a directory, in no order.
  List<Path> list(Path directory) throws IOException;

  void createDirectory(Path path) throws IOException;

  /// Gives a file or directory a new name, atomically in place of a file that had it.
  void rename(Path from, Path to) throws IOException;

  /// Deletes a file or an empty directory.
  void delete(Path path) throws IOException;

  /// Returns once names made, replaced or removed in the directory would survive the loss of power.
  void forceDirectory(Path directory) throws IOException;

  /// Forces each file, then each directory, whichever way is fastest: several at once cost little
  /// more than one, as the system writes its journal for all of them together.
  default void forceAll(Collection<? extends File> files, Collection<Path> directories)
      throws IOException {
    for (File file : files) {
      file.force();
    }
    for (Path directory : directories) {
      forceDirectory(directory);
    }
  }

  /// The whole content of a file; an `IOException` when it is longer than `bytesMax`.
  default ByteBuffer readWhole(Path path, int bytesMax) throws IOException {
    try (File file = read(path)) {
      long size = file.size();
      if (size > bytesMax) {
        throw new IOException("it has " + size + " bytes, more than " + bytesMax);
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      file.readFully(content, 0);
      return content.flip();
    }
  }
}
