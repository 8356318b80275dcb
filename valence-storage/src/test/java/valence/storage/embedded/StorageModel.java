package valence.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// What a storage must hold: for each log, ref and blob what is known, and what may be there
/// instead because the last call on it didn't return. Does random work on a storage and keeps
/// account of it.
final class StorageModel {
  private static final int DATABASE_COUNT = 3;
  private static final int NAME_COUNT = 4;

  private static final class LogModel {
    final DatabaseId database;
    List<ByteBuffer> known = List.of();

    @Nullable List<ByteBuffer> perhaps;

    LogModel(DatabaseId database) {
      this.database = database;
    }
  }

  private static final class RefModel {
    final String name;
    long lastVersion;
    Optional<RefStore.Ref> known = Optional.empty();

    @Nullable Optional<ByteBuffer> perhaps;

    RefModel(String name) {
      this.name = name;
    }
  }

  private final RandomGenerator random;
  private final List<LogModel> logs = new ArrayList<>();
  private final List<RefModel> refs = new ArrayList<>();
  private final Map<BlobId, ByteBuffer> blobs = new HashMap<>();
  long acknowledgedCount;

  /// A delete failed: until the next crash both outcomes are possible, whatever is seen.
  boolean undecided;

  StorageModel(RandomGenerator random) {
    this.random = random;
    for (int i = 0; i < DATABASE_COUNT; i++) {
      logs.add(new LogModel(new DatabaseId(new UUID(i, i))));
    }
    for (int i = 0; i < NAME_COUNT; i++) {
      refs.add(new RefModel("ref/" + i));
    }
  }

  /// Checks that the storage holds what it must; what it was found to hold it must hold from now
  /// on.
  void verify(Storage storage) {
    logs.forEach(log -> verify(storage, log));
    refs.forEach(ref -> verify(storage, ref));
    blobs.forEach((id, bytes) -> {
      assertThat(storage.blobs().contains(id)).isTrue();
      assertThat(storage.blobs().get(id)).contains(bytes);
    });
    try (Stream<BlobId> ids = storage.blobs().list()) {
      ids.forEach(id -> assertThat(storage.blobs().get(id)).isPresent()); // or a fault
    }
    List<String> names =
        refs.stream().filter(ref -> ref.known.isPresent()).map(ref -> ref.name).toList();
    assertThat(storage.refs().list("ref/")).isEqualTo(names);
  }

  /// Makes one random call.
  void act(Storage storage) {
    LogModel log = logs.get(random.nextInt(DATABASE_COUNT));
    RefModel ref = refs.get(random.nextInt(NAME_COUNT));
    switch (random.nextInt(15)) {
      case 0, 1, 2, 3, 4 -> append(storage, log);
      case 5 -> {
        if (!log.known.isEmpty()) {
          long taken = random.nextInt(log.known.size());
          assertThat(storage.log().append(log.database, taken, bytes(50))).isFalse();
        }
      }
      case 6 -> verify(storage, log);
      case 7, 8 -> set(storage, ref);
      case 9 -> delete(storage, ref);
      case 10, 11 -> {
        byte[] bytes = bytes(1500);
        BlobId id = BlobId.of(ByteBuffer.wrap(bytes));
        storage.blobs().put(id, ByteBuffer.wrap(bytes));
        blobs.put(id, ByteBuffer.wrap(bytes));
        acknowledgedCount++;
      }
      case 12 -> {
        Map<BlobId, ByteBuffer> several = new HashMap<>();
        for (int i = 0; i < 4; i++) {
          byte[] bytes = bytes(300);
          several.put(BlobId.of(ByteBuffer.wrap(bytes)), ByteBuffer.wrap(bytes));
        }
        storage.blobs().putAll(several);
        blobs.putAll(several);
        acknowledgedCount += several.size();
      }
      case 13 -> {
        if (!blobs.isEmpty()) {
          BlobId id = blobs.keySet().iterator().next();
          blobs.remove(id);
          storage.blobs().delete(id);
        }
      }
      default -> {
        if (random.nextInt(5) == 0) {
          log.perhaps = List.of();
          undecided = true;
          storage.log().delete(log.database);
          undecided = false;
          log.known = List.of();
          log.perhaps = null;
        }
      }
    }
  }

  private void append(Storage storage, LogModel log) {
    byte[] bytes = bytes(600);
    List<ByteBuffer> longer = new ArrayList<>(log.known);
    longer.add(ByteBuffer.wrap(bytes.clone()));
    log.perhaps = longer;
    assertThat(storage.log().append(log.database, log.known.size(), bytes)).isTrue();
    log.known = longer;
    log.perhaps = null;
    acknowledgedCount++;
  }

  private void set(Storage storage, RefModel ref) {
    byte[] bytes = bytes(300);
    ref.perhaps = Optional.of(ByteBuffer.wrap(bytes.clone()));
    long expected = ref.known.map(RefStore.Ref::version).orElse(RefStore.ABSENT);
    assertThat(storage.refs().compareAndSet(ref.name, expected, bytes)).isTrue();
    RefStore.Ref found = storage.refs().get(ref.name).orElseThrow();
    assertThat(found.bytes()).isEqualTo(bytes);
    assertThat(found.version()).isGreaterThan(ref.lastVersion);
    ref.known = Optional.of(found);
    ref.lastVersion = found.version();
    ref.perhaps = null;
    acknowledgedCount++;
  }

  private void delete(Storage storage, RefModel ref) {
    if (ref.known.isPresent()) {
      ref.perhaps = Optional.empty();
      assertThat(storage.refs().compareAndDelete(ref.name, ref.known.get().version()))
          .isTrue();
      ref.known = Optional.empty();
      ref.perhaps = null;
    }
  }

  private static void verify(Storage storage, LogModel log) {
    List<ByteBuffer> found = new ArrayList<>();
    try (Stream<LogRecord> records = storage.log().read(log.database, 0)) {
      records.forEach(record -> {
        assertThat(record.position()).isEqualTo(found.size());
        found.add(ByteBuffer.wrap(record.bytes()));
      });
    }
    if (log.perhaps == null || !found.equals(log.perhaps)) {
      assertThat(found).as("log of %s", log.database).isEqualTo(log.known);
    }
    log.known = List.copyOf(found);
    log.perhaps = null;
  }

  private static void verify(Storage storage, RefModel ref) {
    Optional<RefStore.Ref> found = storage.refs().get(ref.name);
    boolean old = found.isPresent() == ref.known.isPresent()
        && (found.isEmpty()
            || (found.get().version() == ref.known.get().version()
                && Arrays.equals(found.get().bytes(), ref.known.get().bytes())));
    if (!old) {
      assertThat(ref.perhaps).as("%s changed to %s by itself", ref.name, found).isNotNull();
      assertThat(found.map(RefStore.Ref::bytes).map(ByteBuffer::wrap)).isEqualTo(ref.perhaps);
      found.ifPresent(now -> {
        assertThat(now.version()).isGreaterThan(ref.lastVersion);
        ref.lastVersion = now.version();
      });
      ref.known = found;
    }
    ref.perhaps = null;
  }

  private byte[] bytes(int lengthMax) {
    byte[] bytes = new byte[random.nextInt(lengthMax + 1)];
    random.nextBytes(bytes);
    return bytes;
  }
}
