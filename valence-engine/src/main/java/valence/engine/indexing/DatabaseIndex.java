package valence.engine.indexing;

import java.lang.ref.WeakReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.cache.SegmentCache;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Foundation;
import valence.engine.index.Order;
import valence.engine.indexing.IndexCell.Versioned;
import valence.engine.indexing.IndexOwner.Durable;
import valence.engine.indexing.IndexRoot.TreeRoot;
import valence.engine.indexing.IndexState.Dropped;
import valence.engine.segment.Directory;
import valence.engine.segment.Segment;
import valence.engine.segment.SegmentSource;
import valence.engine.segment.SegmentTree;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// The durable indexes of one database. Safe for many threads; what changes them waits for what
/// else does.
public final class DatabaseIndex {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseIndex.class);

  private final DatabaseId database;
  private final BlobStore blobs;
  private final SegmentCache cache;
  private final Indexing indexing;
  private final InstantSource clock;
  private final IndexCell cell;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile boolean stopped;
  private volatile boolean garbage;
  private volatile @Nullable IndexJob job;

  /// The roots that values of this process may stand on, oldest first.
  private final List<Stood> stood = new ArrayList<>(); // guarded by itself

  private record Stood(long t, WeakReference<SegmentSource> source) {}

  public DatabaseIndex(
      DatabaseId database,
      RefStore refs,
      BlobStore blobs,
      SegmentCache cache,
      Indexing indexing,
      InstantSource clock) {
    this.database = database;
    this.blobs = blobs;
    this.cache = cache;
    this.indexing = indexing;
    this.clock = clock;
    this.cell = new IndexCell(refs, database);
  }

  /// The databases that have indexes in a storage.
  public static List<DatabaseId> databases(RefStore refs) {
    return IndexCell.databases(refs);
  }

  /// Whose indexes these are.
  DatabaseId database() {
    return database;
  }

  /// Durable indexes to begin with.
  public record Opened(IndexRoot root, Foundation foundation) {}

  /// What the ref names; empty when the whole log is to be read. Fails with `fault` when the ref is
  /// damaged.
  public Optional<Opened> open() {
    Optional<IndexRoot> root = cell.read().state().root();
    if (root.isPresent() && !root.get().isReadable()) {
      reset();
      return Optional.empty();
    }
    return root.map(found -> new Opened(found, foundation(found)));
  }

  private Foundation foundation(IndexRoot root) {
    SegmentSource source = sourceFrom(root.t());
    return new Foundation(
        root.t(),
        trees(root.current(), false, source),
        trees(root.past(), true, source),
        distinct(root));
  }

  /// The counts of a root. They only help to plan: where they are lost or damaged a database goes
  /// without, and the next job counts anew.
  private DistinctCounts distinct(IndexRoot root) {
    if (root.distinct() == null) {
      return DistinctCounts.UNKNOWN;
    }
    try {
      return IndexReader.distinct(root.distinct(), blobs, database);
    } catch (AnomalyException lost) {
      if (lost.anomaly().category() != Category.FAULT) {
        throw lost;
      }
      LOG.atWarn()
          .addKeyValue("database", database)
          .addKeyValue("message", lost.anomaly().message())
          .log("distinct-counts-lost");
      return DistinctCounts.UNKNOWN;
    }
  }

  private SegmentSource sourceFrom(long t) {
    SegmentSource source = new RootSource(cache, database);
    synchronized (stood) {
      stood.add(new Stood(t, new WeakReference<>(source)));
    }
    return source;
  }

  private static List<SegmentTree> trees(
      List<TreeRoot> roots, boolean closed, SegmentSource source) {
    List<SegmentTree> trees = new ArrayList<>();
    for (Order order : Order.values()) {
      TreeRoot root = roots.get(order.ordinal());
      trees.add(new SegmentTree(order, closed, root.segment(), root.rows(), source));
    }
    return trees;
  }

  /// Takes a newer root, if another process has made one; else merges the owner's novelty into a
  /// new one, if there is any. Then deletes what may be deleted.
  ///
  /// Fails as the stores do; nothing is changed then that anybody could see, and the same call may
  /// succeed later.
  public void advance(IndexOwner owner) {
    locked(() -> advanceLocked(owner));
  }

  private void locked(Runnable change) {
    changing.lock();
    try {
      change.run();
    } finally {
      changing.unlock();
    }
  }

  private void advanceLocked(IndexOwner owner) {
    Versioned found = cell.read();
    Durable durable = owner.durable();
    if (!durable.log().equals(database)) {
      return; // another log takes the place of this one just now
    }
    long laidT = durable.database().indexes().foundation().t();
    Optional<IndexRoot> root = found.state().root();
    if (root.isPresent() && root.get().t() > laidT && root.get().isReadable()) {
      if (root.get().t() <= durable.database().basisT()) {
        owner.adopt(foundation(root.get()), database);
      }
      return;
    }
    if (durable.database().indexes().noveltyRows() > 0) {
      boolean continues = root.isPresent() ? root.get().t() == laidT : laidT < 0;
      owner.adopt(run(durable, continues, begin(found)), database);
    }
    collect();
  }

  private Foundation run(Durable durable, boolean continues, SegmentWriter writer) {
    IndexJob running =
        new IndexJob(durable, continues, writer, sourceFrom(durable.database().basisT()));
    job = running;
    try {
      return running.run(clock.millis());
    } finally {
      job = null;
    }
  }

  /// Makes sure that no other job can finish; what it has put becomes garbage.
  private SegmentWriter begin(Versioned found) {
    Versioned begun = cell.set(found.version(), found.state().withJob(UUID.randomUUID()))
        .orElseThrow(() -> SegmentWriter.overtaken(database));
    SegmentWriter writer =
        new SegmentWriter(cell, database, blobs, indexing.compresses(), () -> stopped, begun);
    writer.dropWritten(clock.millis());
    return writer;
  }

  /// Deletes what was dropped longer than the grace period ago and no value of this process can
  /// still read.
  private void collect() {
    Versioned found = cell.read();
    long droppedBy = clock.millis() - indexing.grace().toMillis();
    for (Dropped each : found.state().dropped()) {
      if (each.millis() <= droppedBy && each.t() <= oldestStood()) {
        deleteListed(each.list());
        Optional<Versioned> next = cell.set(found.version(), found.state().without(each));
        if (next.isEmpty()) {
          return; // another process is at it
        }
        found = next.get();
      }
    }
    garbage = !found.state().dropped().isEmpty();
  }

  /// Whether something waits to be deleted.
  boolean hasGarbage() {
    return garbage;
  }

  /// The oldest root that a value of this process may stand on.
  private long oldestStood() {
    synchronized (stood) {
      stood.removeIf(each -> each.source().refersTo(null));
      return stood.isEmpty() ? Long.MAX_VALUE : stood.getFirst().t();
    }
  }

  /// Deletes the segments of a list, then the list: where it is gone, they are.
  private void deleteListed(BlobId list) {
    blobs.get(list).ifPresent(blob -> {
      delete(OwnedBlob.ids(list, OwnedBlob.content(list, blob, database)));
      delete(List.of(list));
    });
  }

  private void delete(List<BlobId> ids) {
    blobs.deleteAll(ids);
    ids.forEach(cache::forget);
  }

  /// Gives up the indexes, also damaged ones: the next job makes them anew, from values that were
  /// made from the log.
  public void reset() {
    locked(this::resetLocked);
  }

  private void resetLocked() {
    Versioned found;
    try {
      found = cell.read();
    } catch (AnomalyException damaged) {
      if (damaged.anomaly().category() != Category.FAULT) {
        throw damaged;
      }
      cell.delete(); // what it named can't be known
      return;
    }
    if (found.state().root().isPresent()) {
      IndexRoot root = found.state().root().get();
      Found reachable = reachable(root);
      List<BlobId> ids = new ArrayList<>(reachable.directories());
      ids.addAll(reachable.leaves());
      SegmentWriter writer = begin(found);
      BlobId list = writer.putList(ids);
      writer.set(writer
          .state()
          .withRoot(Optional.empty())
          .withWritten(List.of(), List.of())
          .withDropped(new Dropped(root.t() + 1, clock.millis(), list)));
    }
  }

  /// Deletes the indexes of a log that another has taken the place of, when the grace period since
  /// the first call, of whichever process, is over and no value of this process stands on them.
  ///
  /// @return whether nothing is left
  public boolean discard() {
    stopped = true;
    boolean[] done = {false};
    locked(() -> {
      resetLocked();
      long droppedBy = clock.millis() - indexing.grace().toMillis();
      done[0] = oldestStood() == Long.MAX_VALUE
          && cell.read().state().dropped().stream().allMatch(each -> each.millis() <= droppedBy);
      if (done[0]) {
        deleteLocked();
      }
    });
    return done[0];
  }

  /// Deletes all that the database has here. A call that failed is to be repeated.
  public void delete() {
    stopped = true;
    locked(this::deleteLocked);
  }

  private void deleteLocked() {
    IndexState state;
    try {
      state = cell.read().state();
    } catch (AnomalyException damaged) {
      if (damaged.anomaly().category() != Category.FAULT) {
        throw damaged;
      }
      cell.delete(); // what it named can't be known
      return;
    }
    state.root().ifPresent(this::deleteBelow);
    state.writtenLists().forEach(this::deleteListed);
    state.dropped().forEach(each -> deleteListed(each.list()));
    delete(state.written()); // lists may be among them
    cell.delete();
  }

  /// Deletes the segments of a root, each behind what only it names: whoever goes on after an
  /// interruption finds the rest.
  private void deleteBelow(IndexRoot root) {
    Found found = reachable(root);
    delete(found.leaves());
    for (BlobId directory : found.directories().reversed()) {
      delete(List.of(directory));
    }
  }

  /// Segments, of the directories each before what is below it.
  private record Found(List<BlobId> directories, List<BlobId> leaves) {}

  /// The segments of a root, as far as they can be found.
  private Found reachable(IndexRoot root) {
    SegmentSource source = new RootSource(cache, database);
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    if (root.distinct() != null) {
      found.leaves().add(root.distinct());
    }
    for (List<TreeRoot> trees : List.of(root.current(), root.past())) {
      for (TreeRoot tree : trees) {
        if (tree.segment() != null) {
          reachable(source, tree.segment(), found);
        }
      }
    }
    return found;
  }

  private static void reachable(SegmentSource source, BlobId id, Found found) {
    Segment segment;
    try {
      segment = source.segment(id);
    } catch (AnomalyException lost) {
      if (lost.anomaly().category() != Category.FAULT) {
        throw lost;
      }
      found.leaves().add(id); // gone or damaged: what was below it can't be known
      return;
    }
    if (!(segment instanceof Directory directory)) {
      found.leaves().add(id);
      return;
    }
    found.directories().add(id);
    for (int i = 0; i < directory.childCount(); i++) {
      if (directory.level() == 1) {
        found.leaves().add(directory.childId(i));
      } else {
        reachable(source, directory.childId(i), found);
      }
    }
  }

  /// Ends a job under way, soon.
  public void stop() {
    stopped = true;
  }

  /// How much of its work the job under way has done.
  public Optional<IndexStatus.Progress> progress() {
    IndexJob running = job;
    return running == null ? Optional.empty() : Optional.of(running.progress());
  }
}
