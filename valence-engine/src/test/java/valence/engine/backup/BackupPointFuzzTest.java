package valence.engine.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import valence.engine.indexing.IndexRoot;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.testing.Fuzz;

/// Points of a backup that aren't what was written.
final class BackupPointFuzzTest {
  @Test
  void points() {
    List<TreeRoot> trees = List.of(
        new TreeRoot(new BlobId("0f".repeat(32)), 431),
        new TreeRoot(null, 0),
        new TreeRoot(null, 0),
        new TreeRoot(null, 0));
    BackupPoint point = new BackupPoint(
        "inventory",
        3,
        new DatabaseId(new UUID(0, 1)),
        41,
        -1,
        17,
        530,
        8713,
        "5a".repeat(32),
        Instant.parse("2026-01-31T12:00:00Z"),
        Optional.of(
            new IndexRoot(41, 17, 1009, 76, 391, trees, trees, new BlobId("1e".repeat(32)))));
    Fuzz.ofStored("backup-point", 2_000)
        .runBytes(List.of(point.text()), input -> BackupPoint.read("inventory", 3, input));
  }
}
