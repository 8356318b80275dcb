package valence.storage.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import valence.api.Anomaly;
import valence.engine.store.Storage;

/// Opens the storage in a directory.
public final class EmbeddedStorage {
  /// A segment is begun when the last one has reached this size.
  private static final long SEGMENT_BYTES = 256 << 20;

  private static final int STORE_COUNT = 3;

  private EmbeddedStorage() {}

  /// Opens the storage in a directory, which is made when there is none. This process alone can use
  /// it until all three stores are closed.
  ///
  /// Fails with `unavailable` when another process uses it, `incorrect` when it is something else
  /// than a storage, `unsupported` when a later version wrote it, `forbidden` when this user may
  /// not write to it.
  public static Storage open(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    Disk disk = new FileDisk();
    try {
      makeDirectory(disk, root);
      new StorageDirectory(disk, root).requireOurs();
    } catch (IOException e) {
      throw Failures.io("open the storage in", root, e);
    }
    StorageLock lock = StorageLock.acquire(root);
    try {
      // A source of randomness is slow to make, and opening to read needs none.
      LongSupplier salts = () -> new SecureRandom().nextLong();
      return open(disk, root, SEGMENT_BYTES, salts, lock::release);
    } catch (RuntimeException | Error e) {
      lock.release();
      throw e;
    }
  }

  /// Opens the storage in a directory to be read, also while another process uses it: whatever that
  /// one does, what is read is whole, and a log is one that it has been. Each change is
  /// `unsupported`.
  ///
  /// Fails with `not-found` when there is none, `unsupported` when a later version wrote it.
  public static Storage openToRead(Path directory) {
    return openToRead(new FileDisk(), directory.toAbsolutePath().normalize());
  }

  static Storage openToRead(Disk disk, Path root) {
    Disk unchanged = new ReadOnlyDisk(disk);
    StorageDirectory directory = new StorageDirectory(unchanged, root);
    try {
      directory.requireThere();
    } catch (IOException e) {
      throw Failures.io("open the storage in", root, e);
    }
    return new Storage(
        new FollowedLogStore(unchanged, directory.log()),
        new FileRefStore(unchanged, directory.files(), directory.refs(), () -> {}),
        new FileBlobStore(unchanged, directory.files(), directory.blobs(), () -> {}));
  }

  /// @param root       a directory that exists, and that nobody else uses
  /// @param afterClose run when all three stores are closed
  static Storage open(
      Disk disk, Path root, long segmentBytes, LongSupplier salts, Runnable afterClose) {
    StorageDirectory directory = new StorageDirectory(disk, root);
    try {
      directory.prepare();
    } catch (IOException e) {
      throw Failures.io("open the storage in", root, e);
    }
    AtomicInteger openCount = new AtomicInteger(STORE_COUNT);
    Runnable closed = () -> {
      if (openCount.decrementAndGet() == 0) {
        afterClose.run();
      }
    };
    WholeFiles files = directory.files();
    return new Storage(
        new FileLogStore(disk, files, directory.log(), segmentBytes, salts, closed),
        new FileRefStore(disk, files, directory.refs(), closed),
        new FileBlobStore(disk, files, directory.blobs(), closed));
  }

  /// Makes a directory and those above it, each durable before the next.
  private static void makeDirectory(Disk disk, Path directory) throws IOException {
    if (disk.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (disk.exists(directory) || parent == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              directory + " is not a directory.",
              "A storage is a directory; name one, or a path where none is yet.")
          .with("directory", directory.toString())
          .toException();
    }
    makeDirectory(disk, parent);
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
  }
}
