package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.segment.Directory;
import valence.engine.segment.Segment;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;

/// Copies the segments of a root, as they are, to where there may be some of them already. For one
/// thread, once.
///
/// Each is put behind all that it names. So what is there is there with all that lies below it: it
/// isn't looked at again, whatever broke off the run that put it.
public final class IndexExport {
  private static final int UNPUT_MAX = 128;
  private static final long UNPUT_BYTES_MAX = 8 << 20;

  private final DatabaseId database;
  private final BlobStore from;
  private final BlobStore to;
  private final LongConsumer progress;
  private final Map<BlobId, ByteBuffer> unput = new LinkedHashMap<>();
  private long unputBytes;
  private long segments;
  private long bytes;

  /// @param database whose indexes they are
  /// @param progress told how many were moved
  public IndexExport(DatabaseId database, BlobStore from, BlobStore to, LongConsumer progress) {
    this.database = database;
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  /// Returns when all segments of the root are in the other store.
  ///
  /// `unavailable` when one isn't there any more, `fault` when one is damaged.
  public void run(IndexRoot root) {
    for (List<TreeRoot> trees : List.of(root.current(), root.past())) {
      for (TreeRoot tree : trees) {
        if (tree.segment() != null) {
          copy(tree.segment(), false);
        }
      }
    }
    if (root.distinct() != null) {
      copy(root.distinct(), true);
    }
    flush();
  }

  private void copy(BlobId id, boolean isLeaf) {
    if (unput.containsKey(id) || to.contains(id)) {
      return;
    }
    ByteBuffer blob = from.get(id)
        .orElseThrow(() -> Anomaly.of(
                Category.UNAVAILABLE,
                "Segment " + id + " is gone.",
                "It was deleted while it was to be copied. Run it again.")
            .toException());
    if (!isLeaf
        && Segment.read(id, OwnedBlob.content(id, blob.duplicate(), database))
            instanceof Directory directory) {
      for (int i = 0; i < directory.childCount(); i++) {
        copy(directory.childId(i), directory.level() == 1);
      }
      flush();
    }
    segments++;
    bytes += blob.remaining();
    unput.put(id, blob);
    unputBytes += blob.remaining();
    if (unput.size() == UNPUT_MAX || unputBytes >= UNPUT_BYTES_MAX) {
      flush();
    }
  }

  private void flush() {
    to.putAll(unput);
    unput.clear();
    unputBytes = 0;
    progress.accept(segments);
  }

  /// How many segments were moved.
  public long segments() {
    return segments;
  }

  /// The bytes of those.
  public long bytes() {
    return bytes;
  }
}
