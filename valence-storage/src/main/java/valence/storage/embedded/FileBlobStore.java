package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
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

  private static final int UNFORCED = 0;
  private static final int FORCED = 1;

  private final Disk disk;
  private final WholeFiles files;
  private final Path directory;
  private final Gate gate;

  /// One per shard, for puts and deletes: of two puts of one id the second waits for the first.
  /// Who takes several takes them in order.
  private final List<Lock> locks;

  /// Ids being put, or whose put failed, with files that may not be durable. They count as absent,
  /// so that whoever finds a blob may rely on it.
  private final Set<BlobId> unsettled;

  /// Which shards have been forced since the open: a killed process may have left names unforced.
  /// Forcing each when something is first found in it keeps opening short.
  private final AtomicIntegerArray forced;

  private final boolean sealed;

  FileBlobStore(Disk disk, WholeFiles files, Path directory, Runnable afterClose) {
    this.disk = disk;
    this.files = files;
    this.directory = directory;
    this.gate = new Gate("blob store in " + directory, afterClose);
    this.locks = Stream.<Lock>generate(ReentrantLock::new).limit(SHARD_COUNT).toList();
    this.unsettled = ConcurrentHashMap.newKeySet();
    this.forced = new AtomicIntegerArray(SHARD_COUNT);
    this.sealed = false;
  }

  /// The same blobs, whose bytes are sealed.
  private FileBlobStore(FileBlobStore blobs) {
    this.disk = blobs.disk;
    this.files = blobs.files;
    this.directory = blobs.directory;
    this.gate = blobs.gate;
    this.locks = blobs.locks;
    this.unsettled = blobs.unsettled;
    this.forced = blobs.forced;
    this.sealed = true;
  }

  @Override
  public BlobStore sealed() {
    return new FileBlobStore(this);
  }

  static Path shard(Path directory, int number) {
    return directory.resolve(HexFormat.of().toHexDigits((byte) number));
  }

  @Override
  public void put(BlobId id, ByteBuffer bytes) {
    check(id, bytes);
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
  public void putAll(Map<BlobId, ByteBuffer> blobs) {
    blobs.forEach(this::check);
    Set<Integer> shards = new TreeSet<>();
    blobs.keySet().forEach(id -> shards.add(shard(id)));
    gate.enter();
    shards.forEach(shard -> locks.get(shard).lock());
    try {
      Map<Path, ByteBuffer> contents = new LinkedHashMap<>();
      for (Map.Entry<BlobId, ByteBuffer> blob : blobs.entrySet()) {
        BlobId id = blob.getKey();
        if (!found(id, path(id))) {
          unsettled.add(id);
          contents.put(path(id), blob.getValue());
        }
      }
      files.writeAll(contents);
      unsettled.removeAll(blobs.keySet());
    } catch (IOException e) {
      throw Failures.io("write blobs to", directory, e);
    } finally {
      shards.forEach(shard -> locks.get(shard).unlock());
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
      ByteBuffer bytes = disk.readWhole(path, BLOB_BYTES_MAX + StoreArguments.SEAL_BYTES_MAX);
      if (!sealed && !BlobId.of(bytes).equals(id)) {
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
    Path path = path(id);
    try {
      return found(id, path);
    } catch (IOException e) {
      throw Failures.io("read", path, e);
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

  @Override
  public void deleteAll(Collection<BlobId> ids) {
    Set<Path> shards = new TreeSet<>();
    for (BlobId id : ids) {
      delete(id);
      shards.add(shard(directory, shard(id))); // also of one that a failed call has deleted
    }
    gate.enter();
    try {
      disk.forceAll(List.of(), shards);
    } catch (IOException e) {
      throw Failures.io("delete blobs from", directory, e);
    } finally {
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
      force(number);
      return disk.list(shard).stream()
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]{64}"))
          .map(BlobId::new)
          .filter(id -> isThere(id, path(id)));
    } catch (IOException e) {
      throw Failures.io("list", shard, e);
    } finally {
      gate.leave();
    }
  }

  /// Whether there is a durable file.
  private boolean found(BlobId id, Path path) throws IOException {
    if (!isThere(id, path)) {
      return false;
    }
    force(shard(id));
    return true;
  }

  /// Asked in this order, so that a file being put isn't taken for one that has been.
  private boolean isThere(BlobId id, Path path) {
    return disk.exists(path) && !unsettled.contains(id);
  }

  /// Tried again when it failed, as the next opening would: these names are of an earlier process,
  /// and what stands under them is checked against its name.
  private void force(int shard) throws IOException {
    if (forced.get(shard) == UNFORCED) {
      disk.forceDirectory(shard(directory, shard));
      forced.set(shard, FORCED);
    }
  }

  private void check(BlobId id, ByteBuffer bytes) {
    if (sealed) {
      StoreArguments.checkSealedBlob(bytes);
    } else {
      StoreArguments.checkBlob(id, bytes);
    }
  }

  private Lock lock(BlobId id) {
    return locks.get(shard(id));
  }

  private static int shard(BlobId id) {
    return HexFormat.fromHexDigits(id.hex(), 0, 2);
  }

  private Path path(BlobId id) {
    return directory.resolve(id.hex().substring(0, 2)).resolve(id.hex());
  }
}
