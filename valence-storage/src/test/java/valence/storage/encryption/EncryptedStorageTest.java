package valence.storage.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.read;
import static valence.storage.contract.Contracts.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.storage.contract.BlobStoreContract;
import valence.storage.contract.DurableStorageContract;
import valence.storage.contract.LogStoreContract;
import valence.storage.contract.RaceContract;
import valence.storage.contract.RefStoreContract;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.memory.MemoryStorage;

class EncryptedStorageTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(1, 2));
  private static final String SECRET = "the plain text of a value that nobody should find";

  @TempDir
  Path directory;

  private Path keyFile;

  @BeforeEach
  void generateKeys() {
    keyFile = directory.resolve("keys");
    KeyFile.generate(keyFile);
  }

  private Storage openInMemory() {
    return EncryptedStorage.open(MemoryStorage.open(), KeyFile.read(keyFile));
  }

  private Storage openFiles() {
    return EncryptedStorage.open(openSealed(), KeyFile.read(keyFile));
  }

  private Storage openSealed() {
    return EmbeddedStorage.open(directory.resolve("storage"));
  }

  @Nested
  class Log extends LogStoreContract {
    @Override
    protected Storage open() {
      return openInMemory();
    }
  }

  @Nested
  class Refs extends RefStoreContract {
    @Override
    protected Storage open() {
      return openInMemory();
    }
  }

  @Nested
  class Blobs extends BlobStoreContract {
    @Override
    protected Storage open() {
      return openInMemory();
    }
  }

  @Nested
  class Races extends RaceContract {
    private final Storage shared = MemoryStorage.open();

    @Override
    protected Storage open() {
      return EncryptedStorage.open(shared, KeyFile.read(keyFile));
    }

    @Override
    protected Storage openOther(Storage first) {
      return open();
    }
  }

  @Nested
  class Durable extends DurableStorageContract {
    @Override
    protected Storage open() {
      return openFiles();
    }
  }

  private void write(Storage storage) {
    assertThat(storage.log().append(DATABASE, 0, bytes(SECRET))).isTrue();
    assertThat(storage.refs().compareAndSet("root", RefStore.ABSENT, bytes(SECRET)))
        .isTrue();
    storage.blobs().put(BlobId.of(buffer(SECRET)), buffer(SECRET));
  }

  private static void assertWritten(Storage storage) {
    assertThat(read(storage.log(), DATABASE, 0)).containsExactly(SECRET);
    assertThat(text(storage.refs().get("root").orElseThrow().bytes())).isEqualTo(SECRET);
    assertThat(storage.blobs().get(BlobId.of(buffer(SECRET)))).contains(buffer(SECRET));
  }

  @Test
  void noFileHoldsWhatWasWrittenNorItsHash() throws IOException {
    try (Storage storage = openFiles()) {
      write(storage);
    }
    String id = BlobId.of(buffer(SECRET)).hex();
    String key = Files.readAllLines(keyFile).get(1).split(" ")[1];
    try (Stream<Path> files = Files.walk(directory.resolve("storage"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).doesNotContain(SECRET.substring(4, 20)).doesNotContain(key);
        assertThat(file.toString()).doesNotContain(id);
      }
    }
    try (Storage storage = openFiles()) {
      assertWritten(storage);
    }
  }

  @Test
  void withoutTheRightKeyNothingIsServed() throws IOException {
    try (Storage storage = openFiles()) {
      write(storage);
    }
    Anomaly none = anomaly(() -> EncryptedStorage.requirePlain(openSealed()));
    assertThat(none.category()).isEqualTo(Anomaly.Category.FORBIDDEN);
    assertThat(none.message()).contains("encrypted", ":key-file");

    Path other = directory.resolve("other");
    KeyFile.generate(other);
    Anomaly wrong = anomaly(() -> EncryptedStorage.open(openSealed(), KeyFile.read(other)));
    assertThat(wrong.category()).isEqualTo(Anomaly.Category.FORBIDDEN);
    assertThat(wrong.message())
        .contains(Files.readAllLines(keyFile).get(1).split(" ")[0], other.toString())
        .doesNotContain(Files.readAllLines(other).get(1).split(" ")[1]);
    try (Storage storage = openFiles()) { // neither attempt has kept the directory
      assertWritten(storage);
    }
  }

  @Test
  void aStorageThatIsntEncryptedRefusesAKey() {
    try (Storage storage = openSealed()) {
      write(storage);
    }
    Anomaly anomaly = anomaly(this::openFiles);
    assertThat(anomaly.category()).isEqualTo(Anomaly.Category.INCORRECT);
    assertThat(anomaly.message()).contains("aren't encrypted");
    try (Storage storage = EncryptedStorage.requirePlain(openSealed())) {
      assertWritten(storage);
    }
  }

  @Test
  void rotatedKeysSealWhatIsNewAndOpenWhatIsOld() throws IOException {
    Storage sealed = MemoryStorage.open();
    Storage before = EncryptedStorage.open(sealed, KeyFile.read(keyFile));
    write(before);
    byte[] oldRecord = record(sealed, 0);
    String oldKey = Files.readAllLines(keyFile).get(1);

    KeyFile.add(keyFile);
    EncryptedStorage.rotateKeys(sealed, KeyFile.read(keyFile));
    // The old master key is of no more use; nothing was sealed again.
    List<String> lines = Files.readAllLines(keyFile);
    assertThat(lines.remove(1)).isEqualTo(oldKey);
    Files.write(keyFile, lines);
    assertThat(record(sealed, 0)).isEqualTo(oldRecord);

    Storage after = EncryptedStorage.open(sealed, KeyFile.read(keyFile));
    assertWritten(after);
    assertThat(after.log().append(DATABASE, 1, bytes("new"))).isTrue();
    assertThat(oldRecord[1]).isEqualTo((byte) 1);
    assertThat(record(sealed, 1)[1]).isEqualTo((byte) 2);

    Files.write(keyFile, List.of(lines.getFirst(), oldKey));
    Anomaly stolen = anomaly(() -> EncryptedStorage.open(sealed, KeyFile.read(keyFile)));
    assertThat(stolen.category()).isEqualTo(Anomaly.Category.FORBIDDEN);
  }

  @Test
  void anOpenStorageFindsTheKeyThatAnotherProcessHasMade() {
    Storage sealed = MemoryStorage.open();
    Storage one = EncryptedStorage.open(sealed, KeyFile.read(keyFile));
    EncryptedStorage.rotateKeys(sealed, KeyFile.read(keyFile));
    write(EncryptedStorage.open(sealed, KeyFile.read(keyFile)));
    assertWritten(one);
  }

  @Test
  void equalBlobsAreStoredOnceUnderNamesThatListShows() {
    Storage sealed = MemoryStorage.open();
    Storage storage = EncryptedStorage.open(sealed, KeyFile.read(keyFile));
    Set<BlobId> put = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      ByteBuffer blob = buffer("blob " + i % 10);
      storage.blobs().put(BlobId.of(blob), blob);
      put.add(BlobId.of(blob));
    }
    try (Stream<BlobId> ids = storage.blobs().list();
        Stream<BlobId> hidden = sealed.blobs().list()) {
      assertThat(ids).containsExactlyInAnyOrderElementsOf(put);
      assertThat(hidden).hasSize(10).doesNotContainAnyElementsOf(put);
    }
  }

  private static byte[] record(Storage sealed, long position) {
    try (Stream<LogRecord> records = sealed.log().read(DATABASE, position)) {
      return records.findFirst().orElseThrow().bytes();
    }
  }

  @Test
  void anyChangedBitIsAFault() {
    Storage whole = MemoryStorage.open();
    Storage storage = EncryptedStorage.open(whole, KeyFile.read(keyFile));
    assertThat(storage.log().append(DATABASE, 0, bytes("ab"))).isTrue();
    byte[] record = record(whole, 0);
    for (int bit = 0; bit < record.length * 8; bit++) {
      byte[] changed = record.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      whole.log().delete(DATABASE);
      assertThat(whole.log().append(DATABASE, 0, changed)).isTrue();
      Anomaly anomaly = anomaly(() -> read(storage.log(), DATABASE, 0));
      assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FAULT);
      assertThat(anomaly.message()).contains("position 0", DATABASE.toString());
    }
  }

  @Test
  void nothingOpensElsewhere() {
    Storage whole = MemoryStorage.open();
    Storage storage = EncryptedStorage.open(whole, KeyFile.read(keyFile));
    write(storage);
    DatabaseId other = DatabaseId.random();
    assertThat(whole.log().append(other, 0, record(whole, 0))).isTrue();
    assertFault(() -> read(storage.log(), other, 0));
    assertThat(whole.log().append(DATABASE, 1, record(whole, 0))).isTrue();
    assertFault(() -> read(storage.log(), DATABASE, 1));
    byte[] value = whole.refs().get("root").orElseThrow().bytes();
    assertThat(whole.refs().compareAndSet("other", RefStore.ABSENT, value)).isTrue();
    assertFault(() -> storage.refs().get("other"));

    ByteBuffer empty = buffer("another blob");
    storage.blobs().put(BlobId.of(empty), empty);
    List<BlobId> hidden;
    try (Stream<BlobId> ids = whole.blobs().list()) {
      hidden = ids.toList();
    }
    ByteBuffer first = whole.blobs().sealed().get(hidden.get(0)).orElseThrow();
    whole.blobs().delete(hidden.get(1));
    whole.blobs().sealed().put(hidden.get(1), first);
    long faults = Stream.of(buffer(SECRET), empty)
        .filter(blob -> {
          try {
            return storage.blobs().get(BlobId.of(blob)).isEmpty();
          } catch (valence.api.AnomalyException e) {
            return e.anomaly().category() == Anomaly.Category.FAULT;
          }
        })
        .count();
    assertThat(faults).isEqualTo(1);
  }

  private static void assertFault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThat(anomaly(call).category()).isEqualTo(Anomaly.Category.FAULT);
  }

  @Test
  void theRingOfKeysIsntTheUsers() {
    Storage storage = openInMemory();
    assertThat(anomaly(() -> storage.refs().compareAndDelete(KeyRing.REF, 1)).category())
        .isEqualTo(Anomaly.Category.INCORRECT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "valence key ring 1\n", "valence key ring 1\nstorage x\nnames a b\n1 a b\n"})
  void aDamagedRingIsAFault(String ring) {
    Storage sealed = MemoryStorage.open();
    assertThat(sealed.refs().compareAndSet(KeyRing.REF, RefStore.ABSENT, bytes(ring)))
        .isTrue();
    assertFault(() -> EncryptedStorage.open(sealed, KeyFile.read(keyFile)));
  }

  @Test
  void aKeyFileIsItsOwnersAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
        .isEqualTo("rw-------");
    KeyFile.add(keyFile);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r-----"));
    Anomaly anomaly = anomaly(() -> KeyFile.read(keyFile));
    assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FORBIDDEN);
    assertThat(anomaly.message()).contains("chmod 600");
  }

  @Test
  void whatIsNoKeyFileIsRefusedAndNeverShown() throws IOException {
    Anomaly exists = anomaly(() -> KeyFile.generate(keyFile));
    assertThat(exists.category()).isEqualTo(Anomaly.Category.CONFLICT);
    assertThat(anomaly(() -> KeyFile.read(directory.resolve("none"))).category())
        .isEqualTo(Anomaly.Category.FORBIDDEN);
    List<String> lines = Files.readAllLines(keyFile);
    String key = lines.get(1).split(" ")[1];
    String id = lines.get(1).split(" ")[0];
    for (String text : List.of(
        "",
        "hello",
        lines.get(0),
        lines.get(0) + "\n" + id + " " + key.substring(4),
        lines.get(0) + "\n" + id + " "
            + key.replace(key.charAt(3), key.charAt(3) == 'A' ? 'B' : 'A'),
        lines.get(0) + "\n" + id + " %%" + key)) {
      Files.writeString(keyFile, text);
      Anomaly anomaly = anomaly(() -> KeyFile.read(keyFile));
      assertThat(anomaly.category()).isEqualTo(Anomaly.Category.INCORRECT);
      assertThat(anomaly.message()).doesNotContain(key.substring(5, 15));
    }
  }
}
