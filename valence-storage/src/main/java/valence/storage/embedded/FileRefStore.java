package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import valence.engine.store.BlobId;
import valence.engine.store.RefStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Refs as one file each, replaced as a whole.
///
/// A file is named by the SHA-256 of the ref's name, so that each name is a good file name on every
/// file system, and no name leads elsewhere. The name itself stands in the file.
final class FileRefStore implements RefStore {
  private static final int LOCK_COUNT = 64;
  private static final String SUFFIX = ".ref";

  private final Disk disk;
  private final WholeFiles files;
  private final Path directory;
  private final Gate gate;

  /// Each guards the refs whose file names begin alike: reads as well, since a value must not be
  /// seen between the renaming of its file and the force that makes it last.
  private final List<Lock> locks =
      Stream.<Lock>generate(ReentrantLock::new).limit(LOCK_COUNT).toList();

  /// Files whose last replacement failed, and of which it isn't known whether it is durable.
  private final Set<Path> unsettled = ConcurrentHashMap.newKeySet();

  FileRefStore(Disk disk, WholeFiles files, Path directory, Runnable afterClose) {
    this.disk = disk;
    this.files = files;
    this.directory = directory;
    this.gate = new Gate("ref store in " + directory, afterClose);
  }

  @Override
  public Optional<Ref> get(String name) {
    StoreArguments.checkRefName(name);
    return alone(
        path(name),
        path -> load(path, name).flatMap(cell -> switch (cell) {
          case RefCell.Present(var _, long version, byte[] bytes) ->
            Optional.of(new Ref(version, bytes));
          case RefCell.Deleted _ -> Optional.empty();
        }));
  }

  @Override
  public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
    StoreArguments.checkRefName(name);
    StoreArguments.checkRefValue(name, bytes);
    return alone(path(name), path -> {
      Optional<RefCell> cell = load(path, name);
      if (cell.map(RefCell::visibleVersion).orElse(ABSENT) != expectedVersion) {
        return false;
      }
      long version = cell.map(RefCell::version).orElse(ABSENT) + 1;
      store(path, new RefCell.Present(name, version, bytes));
      return true;
    });
  }

  @Override
  public boolean compareAndDelete(String name, long expectedVersion) {
    StoreArguments.checkRefName(name);
    return alone(path(name), path -> {
      Optional<RefCell> cell = load(path, name);
      if (expectedVersion == ABSENT
          || cell.map(RefCell::visibleVersion).orElse(ABSENT) != expectedVersion) {
        return false;
      }
      store(path, new RefCell.Deleted(name, expectedVersion));
      return true;
    });
  }

  @Override
  public List<String> list(String prefix) {
    StoreArguments.checkRefPrefix(prefix);
    List<String> names = new ArrayList<>();
    for (Path path : alone(directory, disk::list)) {
      Optional<RefCell> cell =
          path.toString().endsWith(SUFFIX) ? alone(path, this::load) : Optional.empty();
      if (cell.isPresent()
          && cell.get() instanceof RefCell.Present(String name, var _, var _)
          && name.startsWith(prefix)) {
        names.add(name);
      }
    }
    names.sort(null);
    return List.copyOf(names);
  }

  @Override
  public void close() {
    gate.close();
  }

  private interface Work<T> {
    T on(Path path) throws IOException;
  }

  private <T> T alone(Path path, Work<T> work) {
    Lock lock = locks.get(Math.floorMod(path.getFileName().hashCode(), LOCK_COUNT));
    gate.enter();
    lock.lock();
    try {
      return work.on(path);
    } catch (IOException e) {
      throw Failures.io("read", path, e);
    } finally {
      lock.unlock();
      gate.leave();
    }
  }

  private Optional<RefCell> load(Path path, String name) throws IOException {
    Optional<RefCell> cell = load(path);
    if (cell.isPresent() && !cell.get().name().equals(name)) {
      throw Failures.damaged(path, 0, "it holds the ref " + cell.get().name() + ", not " + name);
    }
    return cell;
  }

  private Optional<RefCell> load(Path path) throws IOException {
    if (!disk.exists(path)) {
      return Optional.empty();
    }
    ByteBuffer content = disk.readWhole(path, RefCell.FILE_BYTES_MAX);
    RefCell cell = RefCell.decode(path, content);
    if (unsettled.contains(path)) {
      files.write(path, content);
      unsettled.remove(path);
    }
    return Optional.of(cell);
  }

  private void store(Path path, RefCell cell) {
    unsettled.add(path);
    try {
      files.write(path, cell.encode());
    } catch (IOException e) {
      throw Failures.unknown("setting the ref " + cell.name(), path, e);
    }
    unsettled.remove(path);
  }

  private Path path(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII));
    return directory.resolve(BlobId.of(bytes).hex() + SUFFIX);
  }
}
