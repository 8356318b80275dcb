package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Blobs as one file each, in directories named by the first two digits of the id.
///
/// A get reads into the heap rather than mapping the file: what was checked then stays what it was,
/// and a failing disk is an anomaly rather than the death of a thread that touches the bytes later.
final class FileBlobStore implements BlobStore {
  static final int SHARD_COUNT = 256;

  private final Disk disk;
  private final WholeFiles files;
  private final Path directory;
  private final Gate gate;

  /// One per shard, for puts and deletes: of two puts of one id the second waits for the first.
  private final List<Lock> locks =
      Stream.<Lock>generate(ReentrantLock::new).limit(SHARD_COUNT).toList();

  /// Ids being put, or whose put failed, with files that may not be durable. They count as absent,
  /// so that whoever finds a blob may rely on it.
  private final Set<BlobId> unsettled = ConcurrentHashMap.newKeySet();

  FileBlobStore(Disk disk, WholeFiles files, Path directory, Runnable afterClose) {
    this.disk = disk;
    this.files = files;
    this.directory = directory;
    this.gate = new Gate("blob store in " + directory, afterClose);
  }

  static Path shard(Path directory, int number) {
    return directory.resolve(HexFormat.of().toHexDigits((byte) number));
  }

  @Override
  public void put(BlobId id, ByteBuffer bytes) {
    StoreArguments.checkBlob(id, bytes);
    Path path = path(id);
    gate.enter();
    lock(id).lock();
    try {
      if (!found(id, path)) {
        unsettled.add(id);
        files.write(path, bytes);
        unsettled.remove(id);
      }
    } catch (IOException e) {
      throw Failures.io("write", path, e);
    } finally {
      lock(id).unlock();
      gate.leave();
    }
  }

  @Override
  public Optional<ByteBuffer> get(BlobId id) {
    Path path = path(id);
    gate.enter();
    try {
      if (!found(id, path)) {
        return Optional.empty();
      }
      ByteBuffer bytes = disk.readWhole(path, BLOB_BYTES_MAX);
      if (!BlobId.of(bytes).equals(id)) {
        throw Failures.damaged(path, 0, "its bytes don't have the SHA-256 that is its name");
      }
      return Optional.of(bytes.asReadOnlyBuffer());
    } catch (NoSuchFileException _) {
      return Optional.empty(); // deleted since it was found
    } catch (IOException e) {
      throw Failures.io("read", path, e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public boolean contains(BlobId id) {
    gate.enter();
    try {
      return found(id, path(id));
    } finally {
      gate.leave();
    }
  }

  /// Not forced: a blob that comes back after a loss of power is whole, and is deleted again.
  @Override
  public void delete(BlobId id) {
    Path path = path(id);
    gate.enter();
    lock(id).lock();
    try {
      if (disk.exists(path)) {
        disk.delete(path);
      }
    } catch (IOException e) {
      throw Failures.io("delete", path, e);
    } finally {
      lock(id).unlock();
      gate.leave();
    }
  }

  /// Holds the names of one shard at a time.
  @Override
  public Stream<BlobId> list() {
    return IntStream.range(0, SHARD_COUNT).boxed().flatMap(this::list);
  }

  @Override
  public void close() {
    gate.close();
  }

  private Stream<BlobId> list(int number) {
    Path shard = shard(directory, number);
    gate.enter();
    try {
      return disk.list(shard).stream()
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]{64}"))
          .map(BlobId::new)
          .filter(id -> found(id, path(id)));
    } catch (IOException e) {
      throw Failures.io("list", shard, e);
    } finally {
      gate.leave();
    }
  }

  /// Whether there is a durable file; asked in this order, so that one being put isn't taken for
  /// one that has been.
  private boolean found(BlobId id, Path path) {
    return disk.exists(path) && !unsettled.contains(id);
  }

  private Lock lock(BlobId id) {
    return locks.get(HexFormat.fromHexDigits(id.hex(), 0, 2));
  }

  private Path path(BlobId id) {
    return directory.resolve(id.hex().substring(0, 2)).resolve(id.hex());
  }
}
