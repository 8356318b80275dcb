package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import valence.engine.store.DatabaseId;

/// One file of a log: a header, then frames. Its name is the position of its first record.
///
/// @param first the position of its first record
/// @param salt  random, part of each frame's checksum: bytes of another file, or those of a user
///              who writes what looks like a frame, are never taken for one
record Segment(Path file, long first, long salt) {
  static final int HEADER_BYTES = 48;

  private static final long MAGIC = 0x31474F4C4C41560AL; // "\nVALLOG1" in the file
  private static final int FORMAT = 1;
  private static final int CHECKED_BYTES = HEADER_BYTES - 4;
  private static final String SUFFIX = ".log";

  static Path path(Path directory, long first) {
    return directory.resolve("%019d".formatted(first) + SUFFIX);
  }

  static boolean isSegment(Path path) {
    return path.getFileName().toString().matches("[0-9]{19}\\.log");
  }

  /// The first position that the name of a segment's file says.
  static long first(Path path) {
    String name = path.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  /// The first positions of the segments in a directory, ascending.
  static List<Long> firsts(Disk disk, Path directory) throws IOException {
    return disk.list(directory).stream()
        .filter(Segment::isSegment)
        .map(Segment::first)
        .sorted()
        .toList();
  }

  /// Makes the file, whole and durable, with no record in it.
  static Segment create(
      WholeFiles files, Path directory, DatabaseId database, long first, long salt)
      throws IOException {
    Path path = path(directory, first);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(FORMAT);
    header.putLong(database.uuid().getMostSignificantBits());
    header.putLong(database.uuid().getLeastSignificantBits());
    header.putLong(first).putLong(salt);
    header.putInt(checksum(header));
    files.write(path, header.flip());
    return new Segment(path, first, salt);
  }

  /// Reads the header of a file that was made whole, so that whatever is wrong with it is a fault.
  static Segment open(Disk disk, Path directory, DatabaseId database, long first)
      throws IOException {
    Path path = path(directory, first);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (Disk.File file = disk.read(path)) {
      if (file.size() < HEADER_BYTES) {
        throw Failures.damaged(path, 0, "it is shorter than its header");
      }
      file.readFully(header, 0);
    }
    if (header.getLong(0) != MAGIC) {
      throw Failures.damaged(path, 0, "it doesn't begin as a log file");
    }
    if (header.getInt(CHECKED_BYTES) != checksum(header)) {
      throw Failures.damaged(path, 0, "the checksum of its header is wrong");
    }
    if (header.getInt(8) != FORMAT) {
      throw Failures.damaged(path, 8, "its format " + header.getInt(8) + " isn't " + FORMAT);
    }
    if (header.getLong(12) != database.uuid().getMostSignificantBits()
        || header.getLong(20) != database.uuid().getLeastSignificantBits()) {
      throw Failures.damaged(path, 12, "it belongs to another database");
    }
    if (header.getLong(28) != first) {
      throw Failures.damaged(
          path, 28, "it begins at position " + header.getLong(28) + ", unlike its name");
    }
    return new Segment(path, first, header.getLong(36));
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CHECKED_BYTES));
    return (int) crc.getValue();
  }
}
