package valence.engine.naive;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// A storage in maps, for one thread: it outlives the clients that close it.
final class MapStorage {
  private final Map<DatabaseId, List<LogRecord>> logs = new ConcurrentHashMap<>();
  private final Map<String, RefStore.Ref> refs = new TreeMap<>();
  private final Map<BlobId, ByteBuffer> blobs = new ConcurrentHashMap<>();

  Storage open() {
    return new Storage(new Logs(), new Refs(), new Blobs());
  }

  private final class Logs implements LogStore {
    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      List<LogRecord> log = logs.computeIfAbsent(database, id -> new ArrayList<>());
      return position == log.size() && log.add(new LogRecord(position, bytes.clone()));
    }

    @Override
    public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
      return logs.getOrDefault(database, List.of()).stream().skip(fromPosition);
    }

    @Override
    public void delete(DatabaseId database) {
      logs.remove(database);
    }

    @Override
    public void close() {}
  }

  private final class Refs implements RefStore {
    @Override
    public Optional<Ref> get(String name) {
      return Optional.ofNullable(refs.get(name));
    }

    @Override
    public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
      Ref now = refs.get(name);
      long version = now == null ? ABSENT : now.version();
      if (version == expectedVersion) {
        refs.put(name, new Ref(version + 1, bytes.clone()));
      }
      return version == expectedVersion;
    }

    @Override
    public boolean compareAndDelete(String name, long expectedVersion) {
      Ref now = refs.get(name);
      return now != null && now.version() == expectedVersion && refs.remove(name) != null;
    }

    @Override
    public List<String> list(String prefix) {
      return refs.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    @Override
    public void close() {}
  }

  private final class Blobs implements BlobStore {
    @Override
    public void put(BlobId id, ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      blobs.put(id, ByteBuffer.wrap(copy).asReadOnlyBuffer());
    }

    @Override
    public Optional<ByteBuffer> get(BlobId id) {
      return Optional.ofNullable(blobs.get(id)).map(ByteBuffer::duplicate);
    }

    @Override
    public boolean contains(BlobId id) {
      return blobs.containsKey(id);
    }

    @Override
    public void delete(BlobId id) {
      blobs.remove(id);
    }

    @Override
    public Stream<BlobId> list() {
      return blobs.keySet().stream();
    }

    @Override
    public void close() {}
  }
}
