package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// One process at a time uses a storage directory: it holds the operating system's lock on the file
/// `lock`, which the system takes back when the process ends, however it ends.
///
/// The file holds the pid of its last holder, as text. The pid has no part in the locking: it names
/// somebody to the one who is refused.
final class StorageLock {
  static final String FILE = "lock";

  private static final int PID_BYTES_MAX = 32;

  /// Past the pid, because on some systems others can't read what is locked.
  private static final long LOCKED_OFFSET = 1 << 20;

  /// The directories that this process holds. Asked before the file is opened, since a process that
  /// closes any channel to a file gives up all its POSIX locks on it (POSIX.1-2017, fcntl).
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private StorageLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /// @param directory that exists; `unavailable` when it is held
  static StorageLock acquire(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      Path real = directory.toRealPath();
      if (!HELD.add(real)) {
        throw held(directory, ProcessHandle.current().pid() + " (this process)");
      }
      try {
        return new StorageLock(real, lock(directory, file));
      } catch (IOException | RuntimeException e) {
        HELD.remove(real);
        throw e;
      }
    } catch (IOException e) {
      throw Failures.io("lock", file, e);
    }
  }

  void release() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Failures.io("unlock", directory.resolve(FILE), e);
    } finally {
      HELD.remove(directory);
    }
  }

  private static FileChannel lock(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock(LOCKED_OFFSET, 1, false);
      if (lock == null) {
        throw held(directory, holder(file));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
          0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holder(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
      channel.read(pid, 0);
      String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
      return text.matches("[0-9]+") ? text : "unknown (it is just starting)";
    }
  }

  private static AnomalyException held(Path directory, String pid) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The storage directory " + directory + " is in use by the process with pid " + pid
                + ".",
            "One process at a time can open it.",
            "Stop that process, or open another directory.")
        .with("directory", directory.toString())
        .with("pid", pid)
        .toException();
  }
}
