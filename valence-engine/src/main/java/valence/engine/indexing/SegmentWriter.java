package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.indexing.IndexCell.Versioned;
import valence.engine.indexing.IndexState.Dropped;
import valence.engine.segment.SegmentSink;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;

/// Puts the segments of one job, a few at a time, after the ref has named them. For one thread.
final class SegmentWriter implements SegmentSink {
  private static final int UNPUT_MAX = 64;
  private static final long UNPUT_BYTES_MAX = 8 << 20;

  /// How many ids the ref itself names; more go to a list.
  private static final int WRITTEN_MAX = 1024;

  private final IndexCell cell;
  private final DatabaseId database;
  private final BlobStore blobs;
  private final boolean compresses;
  private final BooleanSupplier stopped;
  private final List<ByteBuffer> unput = new ArrayList<>();
  private final List<BlobId> unputIds = new ArrayList<>();
  private final Set<BlobId> put = new HashSet<>();
  private long unputBytes;
  private Versioned state;

  /// @param state what the job has set at its beginning
  SegmentWriter(
      IndexCell cell,
      DatabaseId database,
      BlobStore blobs,
      boolean compresses,
      BooleanSupplier stopped,
      Versioned state) {
    this.cell = cell;
    this.database = database;
    this.blobs = blobs;
    this.compresses = compresses;
    this.stopped = stopped;
    this.state = state;
  }

  @Override
  public boolean compresses() {
    return compresses;
  }

  @Override
  public BlobId put(ByteBuffer encoded) {
    requireRunning();
    ByteBuffer blob = OwnedBlob.of(encoded, database, state.state().job());
    BlobId id = BlobId.of(blob);
    unput.add(blob);
    unputIds.add(id);
    put.add(id);
    unputBytes += blob.remaining();
    if (unput.size() == UNPUT_MAX || unputBytes >= UNPUT_BYTES_MAX) {
      flush();
    }
    return id;
  }

  /// Fails when the job is to end.
  void requireRunning() {
    if (stopped.getAsBoolean()) {
      throw Anomaly.of(Category.INTERRUPTED, "The client was closed.").toException();
    }
  }

  /// Whether a segment is this job's.
  boolean hasPut(BlobId id) {
    return put.contains(id);
  }

  /// Returns when all that was given is durable.
  void flush() {
    if (unput.isEmpty()) {
      return;
    }
    journal(unputIds);
    if (state.state().written().size() > WRITTEN_MAX) {
      shorten();
    }
    for (int i = 0; i < unput.size(); i++) {
      blobs.put(unputIds.get(i), unput.get(i));
    }
    unput.clear();
    unputIds.clear();
    unputBytes = 0;
  }

  /// Names ids in the ref, before they are put.
  private void journal(List<BlobId> ids) {
    List<BlobId> written = new ArrayList<>(state.state().written());
    written.addAll(ids);
    Optional<Versioned> next = cell.set(
        state.version(), state.state().withWritten(written, state.state().writtenLists()));
    state = next.orElseThrow(this::givenUp);
  }

  /// Fails when another job has begun, before this one swings its root.
  void requireOwn() {
    if (cell.read().version() != state.version()) {
      throw givenUp();
    }
  }

  /// Another job has begun, so that this one can't swing any more. What it has put may have been
  /// named in the ref, and collected, before it was put: so it is deleted here.
  private AnomalyException givenUp() {
    blobs.deleteAll(put);
    return overtaken(database);
  }

  /// Moves the ids that the ref names to a list.
  private void shorten() {
    List<BlobId> written = state.state().written();
    BlobId list = putList(written);
    List<BlobId> lists = new ArrayList<>(state.state().writtenLists());
    lists.add(list);
    set(state.state().withWritten(List.of(), lists));
  }

  /// Puts a list of ids, which the ref names before.
  BlobId putList(List<BlobId> ids) {
    ByteBuffer list = OwnedBlob.of(OwnedBlob.list(ids), database, state.state().job());
    BlobId id = BlobId.of(list);
    journal(List.of(id));
    put.add(id);
    blobs.put(id, list);
    return id;
  }

  /// Makes garbage of what another job had put.
  void dropWritten(long nowMillis) {
    if (!state.state().written().isEmpty()) {
      shorten();
    }
    IndexState next = state.state();
    for (BlobId list : next.writtenLists()) {
      next = next.withDropped(new Dropped(0, nowMillis, list));
    }
    if (!next.equals(state.state())) {
      set(next.withWritten(List.of(), List.of()));
    }
  }

  /// The state as this job knows it.
  IndexState state() {
    return state.state();
  }

  /// Sets the state unless another job has begun.
  void set(IndexState next) {
    state = cell.set(state.version(), next).orElseThrow(() -> overtaken(database));
  }

  static AnomalyException overtaken(DatabaseId database) {
    return Anomaly.of(
            Category.CONFLICT,
            "Another process indexes database " + database + ".",
            "Its root will be taken when it is there.")
        .toException();
  }
}
