package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;

/// Learns from the files of a log what is durable, and makes durable what it takes over.
///
/// Only the last segment is read: the next one is made when all that is in a segment is durable,
/// and a segment that has a next one is never written again. In the last segment, only the last
/// record can be one that nobody was told of.
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final Disk disk;
  private final Path directory;
  private final DatabaseId database;
  private final Marks marks;

  Recovery(Disk disk, Path directory, DatabaseId database, Marks marks) {
    this.disk = disk;
    this.directory = directory;
    this.database = database;
    this.marks = marks;
  }

  /// Reads a log that another process, perhaps killed, has written.
  LogState.Durable recover() throws IOException {
    if (!disk.exists(directory)) {
      return new LogState.Empty();
    }
    disk.forceDirectory(directory); // the names that we see may not be durable yet
    List<Long> firsts = Segment.firsts(disk, directory);
    if (firsts.isEmpty()) {
      return new LogState.Empty();
    }
    if (firsts.getFirst() != 0) {
      throw Failures.damagedRecord(
          Segment.path(directory, 0), 0, 0, "the file with the first records is missing");
    }
    Segment last = Segment.open(disk, directory, database, firsts.getLast());
    try (Disk.File file = disk.edit(last.file())) {
      return recover(firsts, last, file);
    }
  }

  /// Takes back what a failed append may have left, in files that this process alone has written.
  ///
  /// The record isn't adopted even when it can be read: after a failed force, what is read comes
  /// from memory and may never reach the disk (Rebello et al., "Can Applications Recover from fsync
  /// Failures?", USENIX ATC 2020). Nobody was told of it, so it may as well not have happened.
  void takeBack(LogState.Durable durable) throws IOException {
    if (!disk.exists(directory)) {
      return;
    }
    for (long first : Segment.firsts(disk, directory)) {
      if (first >= durable.next() && !isLast(durable, first)) {
        disk.delete(Segment.path(directory, first));
      }
    }
    disk.forceDirectory(directory);
    if (durable instanceof LogState.Written written) {
      try (Disk.File file = disk.edit(written.last().file())) {
        overwriteHeader(file, written.end());
        file.force();
      }
    }
  }

  /// Overwritten rather than cut off, because after a failed force cutting off again would change
  /// nothing that the system knows to be written. Within the size, so that a full disk suffices.
  private static void overwriteHeader(Disk.File file, long offset) throws IOException {
    long count = Math.clamp(file.size() - offset, 0, Frame.HEADER_BYTES);
    file.writeFully(ByteBuffer.allocate((int) count), offset);
  }

  private static boolean isLast(LogState.Durable durable, long first) {
    return durable instanceof LogState.Written written && written.last().first() == first;
  }

  private LogState.Written recover(List<Long> firsts, Segment last, Disk.File file)
      throws IOException {
    long size = file.size();
    FrameReader reader =
        new FrameReader(file, last.salt(), Segment.HEADER_BYTES, last.first(), size);
    LogRecord newest = null;
    long newestOffset = 0;
    while (true) {
      long offset = reader.offset();
      switch (reader.next()) {
        case FrameReader.Found.Whole(LogRecord record) -> {
          marks.note(record.position(), offset);
          newest = record;
          newestOffset = offset;
          continue;
        }
        case FrameReader.Found.End() -> {}
        case FrameReader.Found.Damaged(String why) ->
          requireTorn(file, last, offset, size, reader.position(), why);
      }
      break;
    }
    if (reader.offset() < size) {
      // Forced before anything is written, so that nothing torn can come back behind a new record.
      file.truncate(reader.offset());
      file.force();
    }
    makeDurable(file, last, newest, newestOffset);
    return new LogState.Written(firsts, last, reader.position(), reader.offset(), reader.offset());
  }

  /// The last record may be one that was written but never forced, or whose force failed and was
  /// forgotten by the system: it is written again, since forcing alone wouldn't write it.
  private static void makeDurable(
      Disk.File file, Segment last, @Nullable LogRecord newest, long offset) throws IOException {
    if (newest != null) {
      ByteBuffer frame = Frame.encode(last.salt(), newest.position(), newest.bytes());
      file.writeFully(frame, offset);
    }
    file.force();
  }

  private void requireTorn(
      Disk.File file, Segment last, long offset, long size, long position, String why)
      throws IOException {
    var whole = FrameSearch.wholeAfter(file, last.salt(), offset, size, position);
    if (whole.isPresent()) {
      throw Failures.damagedRecord(
          last.file(),
          offset,
          position,
          why + ", yet a whole record follows at offset " + whole.getAsLong());
    }
    LOG.debug(
        "log.tail.cut database={} position={} file={} offset={}",
        database,
        position,
        last.file(),
        offset);
  }
}
