package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.indexing.IndexCell.Versioned;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.segment.Directory;
import valence.engine.segment.Segment;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// Makes the indexes of a database of those of another one that has the same log: leaves keep their
/// content, directories name their children anew. For one thread, once.
///
/// It is a job like one that indexes. Interrupted, what it has put is garbage that the ref names,
/// and whoever indexes the database deletes it.
public final class IndexImport {
  private final DatabaseId of;
  private final BlobStore from;
  private final IndexCell cell;
  private final DatabaseId database;
  private final BlobStore blobs;
  private final LongConsumer progress;
  private long segments;

  /// @param of       whose segments there are
  /// @param database the one that is to have them
  /// @param progress told how many are there
  public IndexImport(
      DatabaseId of,
      BlobStore from,
      DatabaseId database,
      RefStore refs,
      BlobStore blobs,
      LongConsumer progress) {
    this.of = of;
    this.from = from;
    this.cell = new IndexCell(refs, database);
    this.database = database;
    this.blobs = blobs;
    this.progress = progress;
  }

  /// Returns when the database has the indexes, or one that somebody else has made meanwhile.
  ///
  /// `fault` when a segment is missing or damaged; the database has no indexes then.
  public void run(IndexRoot root, InstantSource clock) {
    Versioned found = cell.read();
    if (found.state().root().isPresent() || !root.isReadable()) {
      return;
    }
    Optional<Versioned> begun = cell.set(found.version(), found.state().withJob(UUID.randomUUID()));
    if (begun.isEmpty()) {
      return; // somebody indexes it just now
    }
    SegmentWriter writer = new SegmentWriter(cell, database, blobs, true, () -> false, begun.get());
    writer.dropWritten(clock.millis());
    IndexRoot copied = new IndexRoot(
        root.t(),
        root.logEnd(),
        root.nextEntity(),
        root.nextAttribute(),
        root.bootstrapFacts(),
        trees(root.current(), writer),
        trees(root.past(), writer),
        root.distinct() == null ? null : copy(root.distinct(), true, writer));
    writer.flush();
    writer.set(writer.state().withRoot(Optional.of(copied)).withWritten(List.of(), List.of()));
  }

  private List<TreeRoot> trees(List<TreeRoot> trees, SegmentWriter writer) {
    List<TreeRoot> copied = new ArrayList<>();
    for (TreeRoot tree : trees) {
      @Nullable BlobId id = tree.segment();
      copied.add(new TreeRoot(id == null ? null : copy(id, false, writer), tree.rows()));
    }
    return copied;
  }

  private BlobId copy(BlobId id, boolean isLeaf, SegmentWriter writer) {
    ByteBuffer blob = from.get(id)
        .orElseThrow(() -> Anomaly.fault("Segment " + id + " is missing.").toException());
    ByteBuffer content = OwnedBlob.content(id, blob, of);
    if (!isLeaf && Segment.read(id, content.duplicate()) instanceof Directory directory) {
      List<BlobId> children = new ArrayList<>();
      for (int i = 0; i < directory.childCount(); i++) {
        children.add(copy(directory.childId(i), directory.level() == 1, writer));
      }
      content = directory.encoded(children, writer.compresses());
    }
    progress.accept(++segments);
    return writer.put(content);
  }
}
