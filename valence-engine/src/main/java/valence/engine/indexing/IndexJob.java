package valence.engine.indexing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.DistinctCounts;
import valence.engine.index.DistinctTally;
import valence.engine.index.Foundation;
import valence.engine.index.Indexes;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowsSince;
import valence.engine.index.Run;
import valence.engine.index.TimeView;
import valence.engine.indexing.IndexOwner.Durable;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.indexing.IndexState.Dropped;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Schema;
import valence.engine.segment.Directory;
import valence.engine.segment.DistinctBlock;
import valence.engine.segment.SegmentSource;
import valence.engine.segment.SegmentTree;
import valence.engine.store.BlobId;

/// One merge of a value's novelty into segments. Runs on one thread, once.
final class IndexJob {
  private final Durable durable;
  private final Indexes indexes;
  private final RowsSince since;
  private final SegmentWriter writer;
  private final SegmentSource source;
  private final AtomicLong rowsDone = new AtomicLong();
  private final long rowsTotal;
  private final boolean continues;
  private final DistinctTally distinct;

  /// @param continues whether the value's foundation is the root that the ref names; otherwise all
  ///     rows are written anew
  /// @param source    reads for whoever stands on the new root
  IndexJob(Durable durable, boolean continues, SegmentWriter writer, SegmentSource source) {
    this.durable = durable;
    this.indexes = durable.database().indexes();
    this.since = indexes.since();
    this.continues = continues;
    this.writer = writer;
    this.source = source;
    long rows = 0;
    for (Order order : Order.values()) {
      rows += continues
          ? since.openedCount(order) + 2 * since.endedCount(order)
          : indexes.countMax(order, Range.ALL, TimeView.NOW);
    }
    this.rowsTotal = rows;
    this.distinct =
        continues ? new DistinctTally(indexes.foundation().distinct()) : new DistinctTally();
  }

  IndexStatus.Progress progress() {
    return new IndexStatus.Progress(Math.min(rowsDone.get(), rowsTotal), rowsTotal);
  }

  /// Writes the segments and swings the root.
  Foundation run(long nowMillis) {
    List<SegmentTree> current = new ArrayList<>();
    List<SegmentTree> past = new ArrayList<>();
    for (Order order : Order.values()) {
      current.add(current(order));
      past.add(past(order));
      if (continues) {
        countDistinct(order);
      }
    }
    DistinctCounts counts = distinct.counts();
    BlobId counted = writer.put(DistinctBlock.write(counts));
    writer.flush();
    Database database = durable.database();
    IndexRoot root = new IndexRoot(
        database.basisT(),
        durable.logEnd(),
        database.nextEntity(),
        database.nextAttribute(),
        Bootstrap.facts().size(),
        roots(current),
        roots(past),
        counted);
    List<BlobId> dropped = dropped(root);
    writer.requireOwn();
    swing(root, dropped, nowMillis);
    return new Foundation(root.t(), current, past, counts);
  }

  private SegmentTree current(Order order) {
    return continues
        ? tree(order, false)
            .merge(counted(since.opened(order)), counted(since.ended(order)), writer)
        : tree(order, false)
            .merge(
                counted(tallied(order, indexes.cursor(order, Range.ALL, TimeView.NOW))),
                NO_ROWS,
                writer);
  }

  /// Counts different values and entities: those that the rows since change, or all of them when
  /// the foundation was written by a version that didn't count.
  private void countDistinct(Order order) {
    if (order != Order.AVET && order != Order.AEVT) {
      return;
    }
    if (!indexes.foundation().distinct().isKnown()) {
      Cursor rows = tallied(order, indexes.cursor(order, Range.ALL, TimeView.NOW));
      while (rows.next()) {
        writer.requireRunning();
      }
      return;
    }
    distinct.advance(
        order,
        indexes.foundation(),
        since.opened(order),
        since.ended(order),
        id -> durable.database().isSingle(order, id));
  }

  private Cursor tallied(Order order, Cursor rows) {
    return told(rows, batch -> distinct.add(order, batch));
  }

  private SegmentTree past(Order order) {
    Cursor ended = continues ? since.everEnded(order) : indexes.everEnded(order);
    return tree(order, true).merge(counted(remembered(ended)), NO_ROWS, writer);
  }

  /// What the new root begins with: the trees of the old one.
  private SegmentTree tree(Order order, boolean closed) {
    Foundation foundation = indexes.foundation();
    Run run = (closed ? foundation.past() : foundation.current()).get(order.ordinal());
    return continues && run instanceof SegmentTree tree
        ? new SegmentTree(order, closed, tree.root(), tree.count(), source)
        : SegmentTree.empty(order, closed, source);
  }

  /// What has ended without the values of attributes that keep no history.
  private Cursor remembered(Cursor ended) {
    Schema schema = durable.database().schema();
    return Indexes.sieved(ended, a -> !schema.mayForgetPast(a));
  }

  private Cursor counted(Cursor rows) {
    return told(rows, batch -> rowsDone.addAndGet(batch.count()));
  }

  /// The rows of a cursor, whose batches somebody else sees, too.
  private static Cursor told(Cursor rows, Consumer<Batch> seen) {
    return new Cursor() {
      @Override
      public boolean next() {
        if (!rows.next()) {
          return false;
        }
        seen.accept(rows.batch());
        return true;
      }

      @Override
      public Batch batch() {
        return rows.batch();
      }
    };
  }

  private static final Cursor NO_ROWS = new Cursor() {
    private final Batch none = new Batch();

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public Batch batch() {
      return none;
    }
  };

  private static List<TreeRoot> roots(List<SegmentTree> trees) {
    List<TreeRoot> roots = new ArrayList<>();
    for (SegmentTree tree : trees) {
      roots.add(new TreeRoot(tree.root(), tree.count()));
    }
    return roots;
  }

  /// The segments of the old root that the new one doesn't have.
  private List<BlobId> dropped(IndexRoot root) {
    Optional<IndexRoot> old = writer.state().root();
    List<BlobId> dropped = new ArrayList<>();
    if (old.isPresent()) {
      for (int i = 0; i < root.current().size(); i++) {
        drop(old.get().current().get(i).segment(), root.current().get(i).segment(), dropped);
        drop(old.get().past().get(i).segment(), root.past().get(i).segment(), dropped);
      }
      if (old.get().distinct() != null) {
        dropped.add(old.get().distinct());
      }
    }
    return dropped;
  }

  private void drop(@Nullable BlobId old, @Nullable BlobId now, List<BlobId> dropped) {
    if (old == null || old.equals(now)) {
      return;
    }
    Set<BlobId> kept = new HashSet<>();
    if (now != null) {
      keep(now, kept);
    }
    Reachable.visit(source, old, id -> !kept.contains(id) && dropped.add(id));
  }

  /// Where the tree of this job goes over into what was there before.
  private void keep(BlobId id, Set<BlobId> kept) {
    if (!writer.hasPut(id)) {
      kept.add(id);
    } else if (source.segment(id) instanceof Directory directory) {
      for (int i = 0; i < directory.childCount(); i++) {
        keep(directory, i, kept);
      }
    }
  }

  private void keep(Directory directory, int child, Set<BlobId> kept) {
    BlobId id = directory.childId(child);
    if (directory.level() > 1) {
      keep(id, kept);
    } else if (!writer.hasPut(id)) {
      kept.add(id);
    }
  }

  private void swing(IndexRoot root, List<BlobId> dropped, long nowMillis) {
    Optional<BlobId> list =
        dropped.isEmpty() ? Optional.empty() : Optional.of(writer.putList(dropped));
    IndexState state = writer.state().withRoot(Optional.of(root)).withWritten(List.of(), List.of());
    writer.set(
        list.isEmpty() ? state : state.withDropped(new Dropped(root.t(), nowMillis, list.get())));
  }
}
