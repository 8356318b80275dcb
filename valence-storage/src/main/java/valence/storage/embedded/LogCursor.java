package valence.storage.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.storage.Gate;

/// The records of one log from a position to the end it had when the cursor was made, through its
/// segments. Needs no lock: appends write behind the end alone. For one thread.
final class LogCursor extends Spliterators.AbstractSpliterator<LogRecord> {
  private final Disk disk;
  private final Path directory;
  private final DatabaseId database;
  private final LogState.Written log;
  private final Marks marks;
  private final Gate gate;
  private final long from;
  private int segmentIndex;
  private Path path;
  private Disk.@Nullable File file;
  private @Nullable FrameReader reader;
  private boolean closed;

  LogCursor(
      Disk disk,
      Path directory,
      DatabaseId database,
      LogState.Written log,
      Marks marks,
      Gate gate,
      long from) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
    assert from < log.next() : from + " is not before " + log.next();
    this.disk = disk;
    this.directory = directory;
    this.database = database;
    this.log = log;
    this.marks = marks;
    this.gate = gate;
    this.from = from;
    int found = Collections.binarySearch(log.firsts(), from);
    this.segmentIndex = found >= 0 ? found : -found - 2;
    this.path = Segment.path(directory, log.firsts().get(segmentIndex));
  }

  @Override
  public boolean tryAdvance(Consumer<? super LogRecord> action) {
    LogRecord record;
    gate.enter();
    try {
      record = next();
    } catch (IOException e) {
      throw Failures.io("read", path, e);
    } finally {
      gate.leave();
    }
    if (record == null) {
      return false;
    }
    action.accept(record);
    return true;
  }

  void close() {
    closed = true;
    try {
      closeFile();
    } catch (IOException e) {
      throw Failures.io("close", path, e);
    }
  }

  private @Nullable LogRecord next() throws IOException {
    while (!closed) {
      FrameReader frames = reader == null ? open() : reader;
      long offset = frames.offset();
      long position = frames.position();
      if (position == log.next()) {
        closed = true;
        break;
      }
      if (segmentIndex + 1 < log.firsts().size()
          && position == log.firsts().get(segmentIndex + 1)) {
        closeFile();
        segmentIndex++;
        continue;
      }
      switch (frames.next()) {
        case FrameReader.Found.Whole(LogRecord record) -> {
          marks.note(position, offset);
          if (position >= from) {
            return record;
          }
        }
        case FrameReader.Found.End() ->
          throw Failures.damagedRecord(path, offset, position, "the file ends there");
        case FrameReader.Found.Damaged(String why) ->
          throw Failures.damagedRecord(path, offset, position, why);
      }
    }
    closeFile();
    return null;
  }

  private FrameReader open() throws IOException {
    long first = log.firsts().get(segmentIndex);
    Segment segment = Segment.open(disk, directory, database, first);
    path = segment.file();
    Marks.Mark mark = marks.before(Math.max(from, first), first);
    Disk.File opened = disk.read(path);
    file = opened;
    long end = first == log.last().first() ? log.end() : opened.size();
    FrameReader frames =
        new FrameReader(opened, segment.salt(), mark.offset(), mark.position(), end);
    reader = frames;
    return frames;
  }

  private void closeFile() throws IOException {
    reader = null;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
