package valence.engine.indexing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import valence.engine.store.BlobId;

/// What the ref of a database's index says.
///
/// @param root         the indexes to read; empty before the first job and after a reset
/// @param job          the job under way or the last that was; new with each
/// @param written      ids that the job under way may have put
/// @param writtenLists lists of more such ids
/// @param dropped      what no root has any more, oldest first
record IndexState(
    Optional<IndexRoot> root,
    UUID job,
    List<BlobId> written,
    List<BlobId> writtenLists,
    List<Dropped> dropped) {
  static final IndexState NONE =
      new IndexState(Optional.empty(), new UUID(0, 0), List.of(), List.of(), List.of());

  IndexState {
    written = List.copyOf(written);
    writtenLists = List.copyOf(writtenLists);
    dropped = List.copyOf(dropped);
  }

  /// Segments that are garbage.
  ///
  /// @param t    roots before this t may have them, no other
  /// @param millis when they were dropped, in milliseconds since the epoch
  /// @param list the blob that lists their ids
  record Dropped(long t, long millis, BlobId list) {}

  IndexState withJob(UUID other) {
    return new IndexState(root, other, written, writtenLists, dropped);
  }

  IndexState withRoot(Optional<IndexRoot> other) {
    return new IndexState(other, job, written, writtenLists, dropped);
  }

  IndexState withWritten(List<BlobId> ids, List<BlobId> lists) {
    return new IndexState(root, job, ids, lists, dropped);
  }

  IndexState withDropped(Dropped more) {
    List<Dropped> all = new ArrayList<>(dropped);
    all.add(more);
    return new IndexState(root, job, written, writtenLists, all);
  }

  IndexState without(Dropped deleted) {
    List<Dropped> rest = new ArrayList<>(dropped);
    rest.remove(deleted);
    return new IndexState(root, job, written, writtenLists, rest);
  }
}
