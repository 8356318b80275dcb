package valence.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.read;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Valence;
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
import valence.storage.contract.SealedBlobContract;
import valence.storage.encryption.EncryptedStorage;
import valence.storage.encryption.KeyFile;
import valence.storage.place.Place;

class PostgresStorageTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(1, 2));

  private static PostgresServer server;

  private String address;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void newSchema() throws SQLException {
    address = server.newAddress();
  }

  private Storage openHere() {
    return PostgresStorage.open(address, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  @Nested
  class Log extends LogStoreContract {
    @Override
    protected Storage open() {
      return openHere();
    }
  }

  @Nested
  class Refs extends RefStoreContract {
    @Override
    protected Storage open() {
      return openHere();
    }
  }

  @Nested
  class Blobs extends BlobStoreContract {
    @Override
    protected Storage open() {
      return openHere();
    }
  }

  @Nested
  class SealedBlobs extends SealedBlobContract {
    @Override
    protected Storage open() {
      return openHere();
    }
  }

  @Nested
  class Durable extends DurableStorageContract {
    @Override
    protected Storage open() {
      return openHere();
    }
  }

  @Nested
  class Races extends RaceContract {
    @Override
    protected Storage open() {
      return openHere();
    }

    @Override
    protected Storage openOther(Storage first) {
      return openHere();
    }
  }

  @Nested
  class EncryptedRaces extends RaceContract {
    @TempDir
    Path directory;

    @Override
    protected Storage open() {
      KeyFile.generate(directory.resolve("keys"));
      return openOther();
    }

    private Storage openOther() {
      return EncryptedStorage.open(openHere(), KeyFile.read(directory.resolve("keys")));
    }

    @Override
    protected Storage openOther(Storage first) {
      return openOther();
    }
  }

  private void execute(String statement) throws SQLException {
    try (Connection connection = server.connect();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = " + address.replaceFirst(".*=", ""));
      sql.execute(statement);
    }
  }

  @Test
  void aProgramKeepsItsFactsInPostgresql() {
    Map<?, ?> system = Map.of(
        "server-type", kw("local"),
        "storage",
            Map.of(
                kw("type"),
                kw("postgresql"),
                kw("jdbc-url"),
                address,
                kw("user"),
                PostgresServer.USER,
                kw("password"),
                PostgresServer.PASSWORD));
    for (int round = 0; round < 2; round++) {
      try (Client client = Valence.client(system)) {
        assertThat(client.createDatabase("shop")).isEqualTo(round == 0);
        client.connect("shop").transact("[{:db/ident :tea :db/doc \"round " + round + "\"}]");
        assertThat(client.connect("shop").db().basisT()).isEqualTo(round + 1);
      }
    }
  }

  @Test
  void twoClientsOfTwoProcessesWouldSeeEachOther() {
    try (Storage one = openHere();
        Storage two = openHere()) {
      assertThat(one.log().append(DATABASE, 0, bytes("a"))).isTrue();
      assertThat(two.log().append(DATABASE, 0, bytes("b"))).isFalse();
      assertThat(two.log().append(DATABASE, 1, bytes("b"))).isTrue();
      assertThat(read(one.log(), DATABASE, 0)).containsExactly("a", "b");
    }
  }

  @Test
  void aLongLogIsReadByPagesAndNoConnectionIsKept() {
    try (Storage storage = openHere()) {
      byte[] large = new byte[1_500_000];
      int count = 12;
      for (int i = 0; i < count; i++) {
        large[0] = (byte) i;
        assertThat(storage.log().append(DATABASE, i, large)).isTrue();
      }
      // More readers than there are connections, each in the middle of the log.
      List<Stream<LogRecord>> streams =
          Stream.generate(() -> storage.log().read(DATABASE, 0)).limit(15).toList();
      var iterators = streams.stream().map(Stream::iterator).toList();
      for (int i = 0; i < count; i++) {
        for (var records : iterators) {
          assertThat(records.next().bytes()[0]).isEqualTo((byte) i);
        }
      }
      streams.forEach(Stream::close);
    }
  }

  @Test
  void aLogOfManySmallRecordsIsWhole() {
    try (Storage storage = openHere()) {
      for (int i = 0; i < 2_100; i++) {
        assertThat(storage.log().append(DATABASE, i, new byte[] {(byte) i})).isTrue();
      }
      try (Stream<LogRecord> records = storage.log().read(DATABASE, 7)) {
        assertThat(records.mapToLong(LogRecord::position))
            .containsExactlyElementsOf(LongStream.range(7, 2_100).boxed().toList());
      }
    }
  }

  @Test
  void changedRowsAreFaultsThatNameThem() throws SQLException {
    ByteBuffer large = ByteBuffer.allocate(3 * SqlBlobStore.PART_BYTES + 1);
    BlobId id = BlobId.of(large);
    try (Storage storage = openHere()) {
      for (int i = 0; i < 3; i++) {
        assertThat(storage.log().append(DATABASE, i, bytes("record " + i))).isTrue();
      }
      storage.blobs().put(id, large);
      execute("UPDATE valence_record SET bytes = '\\x00' WHERE position = 1");
      assertFault(() -> read(storage.log(), DATABASE, 0), "position 1", "checksum");
      execute("DELETE FROM valence_record WHERE position = 1");
      assertFault(() -> read(storage.log(), DATABASE, 0), "position 1 is missing");
      execute(
          "UPDATE valence_blob SET bytes = overlay(bytes placing '\\x01' from 9) WHERE part = 2");
      assertFault(() -> storage.blobs().get(id), id.hex(), "SHA-256");
      execute("DELETE FROM valence_blob WHERE part = 2");
      assertFault(() -> storage.blobs().get(id), id.hex(), "don't fit");
      execute("DELETE FROM valence_blob WHERE part = 3");
      assertFault(() -> storage.blobs().get(id), id.hex(), "missing");
    }
  }

  private static void assertFault(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
    Anomaly anomaly = anomaly(call);
    assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FAULT);
    assertThat(anomaly.message()).contains(parts);
  }

  @Test
  void aCommitIsForcedWhateverTheServersDefault() throws SQLException {
    try (Storage storage = openHere()) {
      assertThat(storage.refs().compareAndSet("a", RefStore.ABSENT, bytes("a"))).isTrue();
      execute("CREATE VIEW asked AS SELECT current_setting('synchronous_commit') AS setting");
      execute("ALTER TABLE valence_ref ADD COLUMN setting text DEFAULT"
          + " current_setting('synchronous_commit')");
      assertThat(storage.refs().compareAndSet("b", RefStore.ABSENT, bytes("b"))).isTrue();
      try (Connection connection = server.connect();
          Statement sql = connection.createStatement()) {
        sql.execute("SET search_path = " + address.replaceFirst(".*=", ""));
        try (ResultSet row = sql.executeQuery(
            "SELECT setting, (SELECT setting FROM asked) FROM valence_ref WHERE name = 'b'")) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("on");
          assertThat(row.getString(2)).isEqualTo("off");
        }
      }
    }
  }

  @Test
  void tablesOfALaterVersionAreRefusedAndAnOpenOfManyMakesThemOnce() throws Exception {
    valence.storage.contract.Contracts.race(4, _ -> {
      openHere().close();
      return 0;
    });
    execute("UPDATE valence_format SET format = 2");
    Anomaly anomaly = anomaly(this::openHere);
    assertThat(anomaly.category()).isEqualTo(Anomaly.Category.UNSUPPORTED);
    assertThat(anomaly.message()).contains("format 2");
  }

  @Test
  void whatIsWrongWithAnAddressIsSaidWithoutItsSecrets() {
    assertRefused(Anomaly.Category.FORBIDDEN, address, "another-secret");
    assertRefused(
        Anomaly.Category.FORBIDDEN, address + "&user=valence&password=another-secret", null);
    assertRefused(Anomaly.Category.INCORRECT, server.address("none"), PostgresServer.PASSWORD);
    assertRefused(
        Anomaly.Category.UNAVAILABLE,
        "jdbc:postgresql://127.0.0.1:1/postgres?password=another-secret",
        null);
    assertRefused(
        Anomaly.Category.INCORRECT,
        "jdbc:postgresql://127.0.0.1:port/x?password=another-secret",
        null);
    var provider = new PostgresProvider();
    assertThat(anomaly(() -> provider.open(Map.of(kw("jdbc-url"), "jdbc:x:another-secret")))
            .message())
        .doesNotContain("secret");
    assertThat(Place.of(address + "&password=another-secret").toString()).doesNotContain("secret");
    assertThat(
            anomaly(() -> Place.of("jdbc:other://h/d?password=another-secret")).toString())
        .doesNotContain("secret");
  }

  private static void assertRefused(Anomaly.Category category, String url, String password) {
    Anomaly anomaly = anomaly(() -> PostgresStorage.open(url, PostgresServer.USER, password));
    assertThat(anomaly.category()).as(anomaly.message()).isEqualTo(category);
    assertThat(anomaly.toString()).doesNotContain("secret").doesNotContain("currentSchema");
  }

  @Test
  void noFileOfTheServerHoldsWhatWasEncrypted(@TempDir Path directory) throws Exception {
    String secret = "the plain text that nobody should find";
    KeyFile.generate(directory.resolve("keys"));
    KeyFile keys = KeyFile.read(directory.resolve("keys"));
    try (Storage storage = EncryptedStorage.open(openHere(), keys)) {
      assertThat(storage.log().append(DATABASE, 0, bytes(secret))).isTrue();
      assertThat(storage.refs().compareAndSet("a", RefStore.ABSENT, bytes(secret)))
          .isTrue();
      storage.blobs().put(BlobId.of(buffer(secret)), buffer(secret));
    }
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    }
    for (Path file : server.files()) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
              .contains(secret.substring(4, 20)))
          .as(file.toString())
          .isFalse();
    }
    assertThat(anomaly(() -> EncryptedStorage.requirePlain(openHere())).category())
        .isEqualTo(Anomaly.Category.FORBIDDEN);
    try (Storage storage = EncryptedStorage.open(openHere(), keys)) {
      assertThat(read(storage.log(), DATABASE, 0)).containsExactly(secret);
    }
  }
}
