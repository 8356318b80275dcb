package valence.storage.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.storage.Gate;

/// The log of one database as somebody reads it who isn't its writer, who may be writing just now.
///
/// Each read looks for what has come since the one before. The last record found may not be durable
/// yet, and its writer not yet have told anybody: it is forced here before it is shown. Only when
/// the writer's own force of it fails is it taken back.
final class FollowedLog {
  /// A record that is being written may be read in part. By the next look the writer has gone on.
  private static final int LOOKS_MAX = 20;

  private final Disk disk;
  private final Path directory;
  private final DatabaseId database;
  private final Marks marks = new Marks();
  private final ReentrantLock lock = new ReentrantLock();
  private LogState.Durable known = new LogState.Empty(); // guarded by lock

  FollowedLog(Disk disk, Path directory, DatabaseId database) {
    this.disk = disk;
    this.directory = directory;
    this.database = database;
  }

  Stream<LogRecord> read(long from, Gate gate) {
    LogState.Durable seen;
    lock.lock();
    try {
      seen = follow();
      known = seen;
    } catch (IOException e) {
      throw Failures.io("read the log in", directory, e);
    } finally {
      lock.unlock();
    }
    if (seen instanceof LogState.Written written && from < written.next()) {
      LogCursor cursor = new LogCursor(disk, directory, database, written, marks, gate, from);
      return StreamSupport.stream(cursor, false).onClose(cursor::close);
    }
    return Stream.empty();
  }

  private LogState.Durable follow() throws IOException {
    List<Long> firsts = disk.exists(directory) ? Segment.firsts(disk, directory) : List.of();
    if (firsts.isEmpty()) {
      marks.clear();
      return new LogState.Empty();
    }
    if (firsts.getFirst() != 0) {
      throw Failures.damagedRecord(
          Segment.path(directory, 0), 0, 0, "the file with the first records is missing");
    }
    Segment last = Segment.open(disk, directory, database, firsts.getLast());
    try (Disk.File file = disk.read(last.file())) {
      boolean isKnown =
          known instanceof LogState.Written written && written.last().equals(last);
      long offset = isKnown && known instanceof LogState.Written written
          ? written.end()
          : Segment.HEADER_BYTES;
      long position = isKnown ? known.next() : last.first();
      FrameReader reader = read(file, last, offset, position);
      file.force();
      return new LogState.Written(
          firsts, last, reader.position(), reader.offset(), reader.offset());
    }
  }

  /// Reads to where no whole record follows.
  private FrameReader read(Disk.File file, Segment last, long offset, long position)
      throws IOException {
    FrameReader reader = new FrameReader(file, last.salt(), offset, position, file.size());
    for (int looks = 1; ; ) {
      long at = reader.offset();
      switch (reader.next()) {
        case FrameReader.Found.Whole(LogRecord record) -> marks.note(record.position(), at);
        case FrameReader.Found.End() -> {
          return reader;
        }
        case FrameReader.Found.Damaged(String why) -> {
          long size = file.size();
          OptionalLong whole =
              FrameSearch.wholeAfter(file, last.salt(), at, size, reader.position());
          if (whole.isEmpty()) {
            return reader;
          }
          if (looks++ == LOOKS_MAX) {
            throw Failures.damagedRecord(
                last.file(),
                at,
                reader.position(),
                why + ", yet a whole record follows at offset " + whole.getAsLong());
          }
          reader = new FrameReader(file, last.salt(), at, reader.position(), size);
        }
      }
    }
  }
}
