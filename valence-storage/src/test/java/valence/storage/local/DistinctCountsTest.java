package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Connection;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.engine.verify.Verification;
import valence.engine.verify.Verification.Part;
import valence.engine.verify.Verifier;
import valence.storage.memory.MemoryStorage;

/// The counts that indexing keeps. Verification counts all rows, and compares.
class DistinctCountsTest {
  private static final Pattern COUNTS = Pattern.compile(" ?:distinct \"([0-9a-f]{64})\"");

  private final Storage storage = MemoryStorage.open();
  private final Stores stores = new Stores(storage);

  private Verification verify() {
    return Verifier.run(storage, Facts.NAME, _ -> {});
  }

  private String root() {
    String ref = storage.refs().list("index/").getFirst();
    return new String(storage.refs().get(ref).orElseThrow().bytes(), StandardCharsets.UTF_8);
  }

  private void setRoot(String text) {
    String name = storage.refs().list("index/").getFirst();
    RefStore.Ref ref = storage.refs().get(name).orElseThrow();
    assertTrue(
        storage.refs().compareAndSet(name, ref.version(), text.getBytes(StandardCharsets.UTF_8)));
  }

  private BlobId counts() {
    Matcher found = COUNTS.matcher(root());
    assertTrue(found.find());
    return new BlobId(found.group(1));
  }

  private void change(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    try (LocalClient client = Facts.client(stores, Facts.eager(Long.MAX_VALUE))) {
      boolean isNew = storage.refs().list("index/").isEmpty();
      Connection connection = isNew ? Facts.create(client) : client.connect(Facts.NAME);
      for (int i = 0; i < count; i++) {
        Facts.transact(connection, random);
      }
      client.index(Facts.NAME);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatEachJobAddsComesToTheCountsOfAllRows(long seed) {
    for (int i = 0; i < 20; i++) {
      change(seed * 100 + i, 1 + i);
      assertEquals(List.of(), verify().findings(), "seed " + seed + ", job " + i);
      assertTrue(root().contains(":distinct"));
    }
  }

  @Test
  void indexesOfAnEarlierVersionGetCountsWithTheNextJob() {
    change(1, 50);
    setRoot(COUNTS.matcher(root()).replaceFirst(""));
    assertFalse(root().contains(":distinct"));
    assertEquals(List.of(), verify().findings());
    change(2, 5);
    assertTrue(root().contains(":distinct"));
    assertEquals(List.of(), verify().findings());
  }

  @Test
  void lostCountsAreFoundAndCountedAnew() {
    change(1, 50);
    BlobId lost = counts();
    storage.blobs().delete(lost);
    Verification found = verify();
    assertEquals(1, found.findings().size(), found.toString());
    assertEquals(Part.SEGMENT, found.findings().getFirst().part());
    assertTrue(found.findings().getFirst().what().contains(lost.hex()), found.toString());
    change(2, 5);
    assertEquals(List.of(), verify().findings());
  }

  @Test
  void countsThatAreWrongAreFound() {
    change(1, 50);
    BlobId older = counts();
    byte[] bytes = new byte[storage.blobs().get(older).orElseThrow().remaining()];
    storage.blobs().get(older).orElseThrow().get(bytes);
    change(2, 50);
    storage.blobs().put(older, java.nio.ByteBuffer.wrap(bytes));
    setRoot(root().replace(counts().hex(), older.hex()));
    Verification found = verify();
    assertEquals(1, found.findings().size(), found.toString());
    assertEquals(Part.INDEX, found.findings().getFirst().part());
  }
}
