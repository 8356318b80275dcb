package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// The log of one database. Appends take turns, readers never wait for them: they see the last
/// durable state, which is published after the force.
///
/// The last segment's file stays open between appends, for as many logs as [OpenLogs] allows; it is
/// closed when an append fails, since what is wrong may be the open file.
final class DatabaseLog {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseLog.class);

  /// Bounds of how far a segment is filled with zeros ahead of its records; in between, as far as
  /// it has records. A force of bytes inside the file needn't write the file's new size as well.
  private static final int AHEAD_BYTES_MIN = 64 << 10;
  private static final int AHEAD_BYTES_MAX = 4 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

  private final Disk disk;
  private final WholeFiles files;
  private final Path directory;
  private final Path parent;
  private final DatabaseId database;
  private final long segmentBytes;
  private final LongSupplier salts;
  private final OpenLogs open;
  private final Marks marks = new Marks();
  private final Recovery recovery;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile LogState state = new LogState.Unread(); // written under lock
  private Disk.@Nullable File file; // guarded by lock: of the last segment

  DatabaseLog(
      Disk disk,
      WholeFiles files,
      Path parent,
      DatabaseId database,
      long segmentBytes,
      LongSupplier salts,
      OpenLogs open) {
    this.disk = disk;
    this.files = files;
    this.parent = parent;
    this.directory = parent.resolve(database.toString());
    this.database = database;
    this.segmentBytes = segmentBytes;
    this.salts = salts;
    this.open = open;
    this.recovery = new Recovery(disk, directory, database, marks);
  }

  boolean append(long position, byte[] bytes) {
    lock.lock();
    try {
      LogState.Durable before = switch (state) {
        case LogState.Unread _ -> settle();
        case LogState.Durable durable -> durable;
        case LogState.Failed(var _, Throwable cause) ->
          throw Failures.unread(database, directory, cause);
      };
      if (position > before.next()) {
        throw StoreArguments.pastEnd(database, position, before.next());
      }
      if (position < before.next()) {
        return false;
      }
      try {
        state = write(before, bytes);
        return true;
      } catch (Throwable t) { // whatever it was, the files may hold a part of the record
        state = new LogState.Failed(before, t);
        closeFile();
        throw t;
      }
    } catch (IOException e) {
      throw Failures.unknown(
          "the append at position " + position + " of database " + database, directory, e);
    } finally {
      lock.unlock();
    }
  }

  Stream<LogRecord> read(long from, Gate gate) {
    LogState seen = state;
    if (!(seen instanceof LogState.Durable)) {
      lock.lock();
      try {
        seen = settle();
      } finally {
        lock.unlock();
      }
    }
    if (seen instanceof LogState.Written written && from < written.next()) {
      LogCursor cursor = new LogCursor(disk, directory, database, written, marks, gate, from);
      return StreamSupport.stream(cursor, false).onClose(cursor::close);
    }
    return Stream.empty();
  }

  /// When it fails, a loss of power may bring the log back.
  void delete() {
    lock.lock();
    try {
      if (!disk.exists(directory)) {
        return;
      }
      closeFile();
      Path removed = files.reserve();
      disk.rename(directory, removed);
      state = new LogState.Unread();
      marks.clear();
      disk.forceDirectory(parent);
      files.deleteTree(removed);
    } catch (IOException e) {
      throw Failures.io("delete", directory, e);
    } finally {
      lock.unlock();
    }
  }

  /// Makes the state durable, from whatever it is.
  private LogState.Durable settle() {
    assert lock.isHeldByCurrentThread();
    try {
      LogState.Durable durable = switch (state) {
        case LogState.Unread _ -> recovery.recover();
        case LogState.Durable known -> known;
        case LogState.Failed(LogState.Durable known, var _) -> {
          recovery.takeBack(known);
          yield known.cut();
        }
      };
      state = durable;
      return durable;
    } catch (IOException e) {
      throw Failures.io("read the log in", directory, e);
    }
  }

  /// Writes the record at the end; returns the state with it, once durable.
  private LogState.Durable write(LogState.Durable before, byte[] bytes) throws IOException {
    LogState.Written log = switch (before) {
      case LogState.Empty _ -> begin();
      case LogState.Written written -> hasRoom(written, bytes) ? written : roll(written);
    };
    ByteBuffer frame = Frame.encode(log.last().salt(), log.next(), bytes);
    long end = log.end() + frame.remaining();
    long allocated = log.allocated();
    Disk.File edited = edited(log.last());
    edited.writeFully(frame, log.end());
    if (end > allocated) {
      allocated = fillAhead(edited, end);
    }
    edited.force();
    marks.note(log.next(), log.end());
    return log.with(end, allocated);
  }

  /// The file of the last segment, opened unless it is.
  private Disk.File edited(Segment last) throws IOException {
    Disk.File known = file;
    if (known != null) {
      return known;
    }
    Disk.File opened = disk.edit(last.file());
    file = opened;
    open.opened(this);
    return opened;
  }

  private void closeFile() throws IOException {
    assert lock.isHeldByCurrentThread();
    Disk.File closing = file;
    if (closing != null) {
      file = null;
      open.closed(this);
      closing.close();
    }
  }

  /// Closes the file between appends; the next one opens it again.
  void rest() {
    lock.lock();
    try {
      closeFile();
    } catch (IOException e) { // what it holds is durable: nothing is lost
      LOG.warn("log.close.failed database={} directory={}", database, directory, e);
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(LogState.Written log, byte[] bytes) {
    return log.end() == Segment.HEADER_BYTES
        || log.end() + Frame.HEADER_BYTES + bytes.length <= segmentBytes;
  }

  private LogState.Written begin() throws IOException {
    if (disk.exists(directory)) {
      disk.delete(directory); // empty, and its name perhaps not durable: made anew, it will be
    }
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
    Segment segment = Segment.create(files, directory, database, 0, salts.getAsLong());
    return new LogState.Written(
        List.of(0L), segment, 0, Segment.HEADER_BYTES, Segment.HEADER_BYTES);
  }

  private LogState.Written roll(LogState.Written log) throws IOException {
    closeFile();
    return log.with(Segment.create(files, directory, database, log.next(), salts.getAsLong()));
  }

  /// Fills with zeros from `end` on; returns up to where.
  private long fillAhead(Disk.File file, long end) {
    long ahead = Math.clamp(end, AHEAD_BYTES_MIN, AHEAD_BYTES_MAX);
    long target = Math.min(end + ahead, Math.max(end, segmentBytes));
    long next = end;
    try {
      while (next < target) {
        int count = (int) Math.min(ZEROS.capacity(), target - next);
        file.writeFully(ZEROS.slice(0, count), next);
        next += count;
      }
      return target;
    } catch (IOException e) {
      return end; // room ahead only saves time: the record itself is written already
    }
  }
}
