package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.indexing.IndexState.Dropped;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.testing.Fuzz;

/// What an index notes of itself, and isn't what was written.
final class StoredStateFuzzTest {
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(0, 1));
  private static final BlobId BLOB = new BlobId("0f".repeat(32));

  @Test
  void roots() {
    List<TreeRoot> trees = List.of(
        new TreeRoot(BLOB, 431),
        new TreeRoot(BLOB, 5),
        new TreeRoot(null, 0),
        new TreeRoot(null, 0));
    IndexState state = new IndexState(
        Optional.of(new IndexRoot(7, 5, 1009, 76, 391, trees, trees, BLOB)),
        new UUID(1, 2),
        List.of(BLOB),
        List.of(),
        List.of(new Dropped(3, 1_700_000_000_000L, BLOB)));
    StateText text = new StateText(DATABASE);
    Fuzz.ofStored("index-state", 2_000).runBytes(List.of(text.write(state)), text::read);
  }

  @Test
  void listsAndOwners() {
    ByteBuffer list = OwnedBlob.of(OwnedBlob.list(List.of(BLOB, BLOB)), DATABASE, new UUID(3, 4));
    byte[] bytes = new byte[list.remaining()];
    list.get(bytes);
    Fuzz.ofStored("owned-blob", 2_000)
        .runBytes(
            List.of(bytes),
            input ->
                OwnedBlob.ids(BLOB, OwnedBlob.content(BLOB, ByteBuffer.wrap(input), DATABASE)));
  }
}
