package valence.storage.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Connection;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.storage.embedded.EmbeddedStorage;

class FileTierTest {
  @TempDir
  private Path directory;

  private static final String QUERY = "[:find ?e . :where [?e :a/b \"x\"]]";

  private static ByteBuffer blob(int fill, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return ByteBuffer.wrap(bytes);
  }

  private static BlobId put(FileTier tier, int fill, int length) {
    ByteBuffer blob = blob(fill, length);
    BlobId id = BlobId.of(blob);
    tier.put(id, blob);
    return id;
  }

  @Test
  void keepsCopiesAcrossProcesses() throws IOException {
    BlobId id = put(new FileTier("disk", directory, 10_000), 1, 1000);
    FileTier next = new FileTier("disk", directory, 10_000);
    assertEquals(Optional.of(blob(1, 1000)), next.get(id));
    assertEquals(1004, next.bytes());
  }

  @Test
  void theLeastRecentlyUsedMakesRoom() throws IOException {
    FileTier tier = new FileTier("disk", directory, 3100);
    BlobId first = put(tier, 1, 1000);
    BlobId second = put(tier, 2, 1000);
    BlobId third = put(tier, 3, 1000);
    assertTrue(tier.get(first).isPresent());
    put(tier, 4, 1000);
    assertTrue(tier.get(first).isPresent());
    assertEquals(Optional.empty(), tier.get(second));
    assertTrue(tier.get(third).isPresent());
    assertTrue(tier.bytes() <= 3100);
    put(tier, 5, 5000);
    assertTrue(tier.bytes() <= 3100, "what is larger than the bound isn't kept");
  }

  @Test
  void aDamagedCopyIsDropped() throws IOException {
    FileTier tier = new FileTier("disk", directory, 10_000);
    BlobId id = put(tier, 1, 1000);
    damage(directory, 500);
    assertEquals(Optional.empty(), tier.get(id));
    assertEquals(1, tier.damaged());
    assertEquals(0, tier.bytes());
  }

  /// Flips a byte of each file, or cuts it there.
  private static void damage(Path directory, int at) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
      }
    }
  }

  @Test
  void readersNoticeNothingOfADamagedOrEmptyTier() throws IOException {
    Path copies = directory.resolve("copies");
    Indexing indexing = new Indexing(
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        64 << 20,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofMillis(1),
        Duration.ofMillis(1),
        1,
        true);
    FileTier tier = new FileTier("disk", copies, 1 << 20);
    Object found;
    try (LocalClient client = open(indexing, tier)) {
      client.createDatabase("d");
      Connection connection = client.connect("d");
      connection.transact("[{:db/ident :a/b :db/valueType :db.type/string"
          + " :db/cardinality :db.cardinality/one}]");
      connection.transact("[{:a/b \"x\"}]");
      client.index("d");
      found = connection.db().q(QUERY);
    }
    // What is decoded is remembered, so each of these begins with nothing; the first fills the
    // tier.
    try (LocalClient client = open(indexing, tier)) {
      assertEquals(found, client.connect("d").db().<Object>q(QUERY));
    }
    try (LocalClient client = open(indexing, tier)) {
      assertEquals(found, client.connect("d").db().<Object>q(QUERY));
      assertEquals(0, client.cacheStats().storeReads(), "the tier has it");
    }
    damage(copies, 60);
    try (LocalClient client = open(indexing, tier)) {
      assertEquals(found, client.connect("d").db().<Object>q(QUERY));
      assertTrue(client.cacheStats().repairs() > 0);
      assertTrue(client.cacheStats().storeReads() > 0);
    }
    try (LocalClient client = open(indexing, tier)) {
      assertEquals(found, client.connect("d").db().<Object>q(QUERY));
      assertEquals(0, client.cacheStats().storeReads(), "the tier has it again");
    }
  }

  private LocalClient open(Indexing indexing, FileTier tier) {
    return new LocalClient(
        EmbeddedStorage.open(directory.resolve("storage")),
        FunctionResolver.none(),
        Clock.systemUTC(),
        indexing,
        List.of(tier));
  }
}
