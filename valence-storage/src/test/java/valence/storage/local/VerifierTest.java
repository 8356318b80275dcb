package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Connection;
import valence.engine.local.LocalClient;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.engine.verify.Verification;
import valence.engine.verify.Verification.Finding;
import valence.engine.verify.Verification.Part;
import valence.engine.verify.Verification.TreeShape;
import valence.engine.verify.Verifier;
import valence.storage.embedded.EmbeddedStorage;

@Timeout(120)
class VerifierTest {
  @TempDir
  private Path directory;

  private Storage storage;
  private String firstRoot;

  @BeforeEach
  void fill() {
    storage = EmbeddedStorage.open(directory);
    try (LocalClient client = Facts.client(new Stores(storage), Facts.eager(Long.MAX_VALUE))) {
      Connection connection = Facts.create(client);
      connection.transact("[[:db/add :p/age :db/noHistory true]]");
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < 100; i++) {
        Facts.transact(connection, random);
        if (i == 50) {
          client.index(Facts.NAME);
          firstRoot = root();
        }
      }
      client.index(Facts.NAME);
      connection.transact("[{:p/name \"behind the indexes\"}]");
    }
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private String rootRef() {
    return storage.refs().list("index/").getFirst();
  }

  private String root() {
    return new String(storage.refs().get(rootRef()).orElseThrow().bytes(), StandardCharsets.UTF_8);
  }

  private void setRoot(String text) {
    RefStore.Ref ref = storage.refs().get(rootRef()).orElseThrow();
    assertTrue(storage
        .refs()
        .compareAndSet(rootRef(), ref.version(), text.getBytes(StandardCharsets.UTF_8)));
  }

  private Verification verify() {
    return Verifier.run(storage, Facts.NAME, _ -> {});
  }

  private static Set<Part> parts(Verification found) {
    return found.findings().stream().map(Finding::part).collect(Collectors.toSet());
  }

  @Test
  void aWholeDatabaseIsFoundWhole() {
    Verification found = verify();
    assertEquals(List.of(), found.findings());
    assertTrue(found.indexedT() < found.t());
    assertEquals(8, found.trees().size());
    assertEquals(found.t(), found.records(), "each transaction was a record");
  }

  @Test
  void anotherSegmentThanWhatWasWrittenIsNamed() throws IOException {
    for (TreeShape tree : verify().trees()) {
      if (!tree.root().isEmpty()) {
        Path file = blob(tree.root());
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 4;
        Files.write(file, flipped);
        assertNamed(tree.root());
        Files.delete(file);
        assertNamed(tree.root());
        Files.write(file, whole);
      }
    }
    assertTrue(verify().isWhole());
  }

  private void assertNamed(String id) {
    Verification found = verify();
    assertEquals(Set.of(Part.SEGMENT), parts(found));
    assertTrue(found.findings().getFirst().what().contains(id), () -> found.toString());
  }

  private Path blob(String id) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("blobs"))) {
      return files
          .filter(file -> file.toString().replace("/", "").contains(id))
          .findFirst()
          .orElseThrow();
    }
  }

  /// The trees of an earlier root, whose segments are whole, lack rows.
  @Test
  void rowsThatAreMissingInOneIndexAreFound() {
    String now = root();
    List<String> newer = trees(now);
    List<String> older = trees(firstRoot);
    assertEquals(8, newer.size());
    for (int i = 0; i < 8; i++) {
      if (!newer.get(i).equals(older.get(i))) {
        setRoot(now.replace(newer.get(i), older.get(i)));
        Verification found = verify();
        assertEquals(Set.of(Part.INDEX), parts(found), found.toString());
        assertEquals(1, found.findings().size());
      }
    }
  }

  /// The pairs of id and row count in a root's text, in order.
  private static List<String> trees(String root) {
    return Pattern.compile("\\[(\"[0-9a-f]{64}\"|nil) [0-9]+\\]")
        .matcher(root)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void aDamagedRecordOfTheLogIsFound() throws IOException {
    storage.close();
    Path log;
    try (Stream<Path> files = Files.walk(directory.resolve("log"))) {
      log = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(log);
    bytes[1000] ^= 1;
    Files.write(log, bytes);
    storage = EmbeddedStorage.open(directory);
    assertEquals(Set.of(Part.LOG), parts(verify()));
  }

  @Test
  void aDamagedRootIsFound() {
    setRoot(root().replace(":format 1", ":format 9"));
    assertEquals(Set.of(Part.ROOT), parts(verify()));
  }

  @Test
  void aLogThatEndsBeforeItsIndexesIsFound() {
    String root = root();
    setRoot(root.replaceAll(":log-end [0-9]+", ":log-end 500"));
    assertEquals(Set.of(Part.ROOT), parts(verify()));
  }
}
