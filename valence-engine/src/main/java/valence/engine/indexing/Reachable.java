package valence.engine.indexing;

import java.util.function.Predicate;
import valence.engine.segment.Directory;
import valence.engine.segment.SegmentSource;
import valence.engine.store.BlobId;

/// Walks the segments below a root.
final class Reachable {
  private Reachable() {}

  /// Visits a segment and what is below it; a leaf below a directory is named by it and isn't read.
  ///
  /// @param visitor false to leave out what is below
  static void visit(SegmentSource source, BlobId id, Predicate<BlobId> visitor) {
    if (visitor.test(id) && source.segment(id) instanceof Directory directory) {
      Predicate<BlobId> below = directory.level() == 1 ? visitor.and(_ -> false) : visitor;
      for (int i = 0; i < directory.childCount(); i++) {
        visit(source, directory.childId(i), below);
      }
    }
  }
}
