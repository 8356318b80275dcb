package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.cache.SegmentCache;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Order;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.segment.Directory;
import valence.engine.segment.DistinctBlock;
import valence.engine.segment.Segment;
import valence.engine.segment.SegmentTree;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// Looks at the durable indexes of a database as they lie in a storage. Changes nothing. For one
/// thread, which knows that nobody deletes what it reads.
public final class IndexReader {
  private static final long CACHE_BYTES_MAX = 32 << 20;

  private final DatabaseId database;
  private final BlobStore blobs;
  private final IndexCell cell;
  private final RootSource source;

  public IndexReader(DatabaseId database, RefStore refs, BlobStore blobs) {
    this.database = database;
    this.blobs = blobs;
    this.cell = new IndexCell(refs, database);
    this.source = new RootSource(new SegmentCache(CACHE_BYTES_MAX, List.of(), blobs), database);
  }

  /// A segment and the bytes that its blob has.
  public record Stored(Segment segment, long bytes) {}

  /// Empty when no index was made yet, or one that this version doesn't read and makes anew. Fails
  /// with `fault` when the root is damaged.
  public Optional<IndexRoot> root() {
    return cell.read().state().root().filter(IndexRoot::isReadable);
  }

  /// The counts of a root, read from the store; unknown where an earlier version made the root.
  /// `fault` when they are missing or damaged.
  public DistinctCounts distinct(IndexRoot root) {
    return root.distinct() == null
        ? DistinctCounts.UNKNOWN
        : distinct(root.distinct(), blobs, database);
  }

  static DistinctCounts distinct(BlobId id, BlobStore blobs, DatabaseId database) {
    ByteBuffer blob = blobs.get(id).orElseThrow(() -> missing(id));
    return DistinctBlock.read(id, OwnedBlob.content(id, blob, database));
  }

  private static AnomalyException missing(BlobId id) {
    return Anomaly.fault(
            "Segment " + id + " is missing.",
            "Make the indexes anew from the log, with `valence db reindex NAME`, or restore the"
                + " database from a backup.")
        .toException();
  }

  public SegmentTree tree(IndexRoot root, Order order, boolean past) {
    TreeRoot tree = (past ? root.past() : root.current()).get(order.ordinal());
    return new SegmentTree(order, past, tree.segment(), tree.rows(), source);
  }

  /// A segment of this database, read from the store; `fault` when it is missing or damaged.
  public Stored segment(BlobId id) {
    ByteBuffer blob = blobs.get(id).orElseThrow(() -> missing(id));
    return new Stored(Segment.read(id, OwnedBlob.content(id, blob, database)), blob.remaining());
  }

  /// Gives each segment of a tree, parents first.
  ///
  /// @param damaged told of each that is missing or damaged; what is below it isn't visited
  public void visit(SegmentTree tree, Consumer<Stored> visitor, Consumer<Anomaly> damaged) {
    if (tree.root() != null) {
      visit(tree.root(), _ -> true, visitor, damaged);
    }
  }

  private void visit(
      BlobId id, Predicate<BlobId> wanted, Consumer<Stored> visitor, Consumer<Anomaly> damaged) {
    if (!wanted.test(id)) {
      return;
    }
    Stored stored;
    try {
      stored = segment(id);
    } catch (AnomalyException failed) {
      if (failed.anomaly().category() != Anomaly.Category.FAULT) {
        throw failed;
      }
      damaged.accept(failed.anomaly());
      return;
    }
    visitor.accept(stored);
    if (stored.segment() instanceof Directory directory) {
      for (int i = 0; i < directory.childCount(); i++) {
        visit(directory.childId(i), wanted, visitor, damaged);
      }
    }
  }

  /// Reads all segments of a root but those that were seen.
  ///
  /// @param seen    of this database; the others are added
  /// @param damaged told of each that is missing or damaged
  public void visit(IndexRoot root, Set<BlobId> seen, Consumer<Anomaly> damaged) {
    for (List<TreeRoot> trees : List.of(root.current(), root.past())) {
      for (TreeRoot tree : trees) {
        if (tree.segment() != null) {
          visit(tree.segment(), seen::add, _ -> {}, damaged);
        }
      }
    }
    if (root.distinct() != null && seen.add(root.distinct())) {
      try {
        distinct(root);
      } catch (AnomalyException failed) {
        if (failed.anomaly().category() != Anomaly.Category.FAULT) {
          throw failed;
        }
        damaged.accept(failed.anomaly());
      }
    }
  }

  /// Deletes each blob of some databases' indexes, whatever names it. Reads all blobs there are.
  public static void deleteAll(Set<DatabaseId> databases, BlobStore blobs) {
    List<BlobId> found = new ArrayList<>();
    try (Stream<BlobId> all = blobs.list()) {
      all.forEach(id -> {
        if (blobs.get(id).flatMap(OwnedBlob::owner).filter(databases::contains).isPresent()) {
          found.add(id);
        }
      });
    }
    blobs.deleteAll(found);
  }

  /// A segment in words, of whichever database.
  ///
  /// @param id   for messages
  /// @param blob as it lies in the store
  public static String inspect(BlobId id, ByteBuffer blob) {
    int contentBytes = blob.remaining() - OwnedBlob.TAIL_BYTES;
    if (contentBytes < 0) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, blob.remaining() + " bytes are no segment.")
          .toException();
    }
    ByteBuffer content = blob.slice(blob.position(), contentBytes);
    return DistinctBlock.isOne(content)
        ? DistinctBlock.inspect(id, content)
        : Segment.read(id, content).inspect();
  }
}
