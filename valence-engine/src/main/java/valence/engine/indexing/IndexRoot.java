package valence.engine.indexing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Bootstrap;
import valence.engine.store.BlobId;

/// Durable indexes of one database, and where its log continues them.
///
/// @param t             the newest transaction that is in them
/// @param logEnd        the position behind that transaction's record
/// @param nextEntity    the index of the next new entity
/// @param nextAttribute the id of the next new attribute
/// @param bootstrapFacts how many facts every database began with when it was made; they stand in
/// no
///     log, so where there are others now the root can't be read
/// @param current       by the ordinal of their order, the trees of what was true at t
/// @param past          by the ordinal of their order, the trees of what had ended by t
public record IndexRoot(
    long t,
    long logEnd,
    long nextEntity,
    int nextAttribute,
    int bootstrapFacts,
    List<TreeRoot> current,
    List<TreeRoot> past) {
  public IndexRoot {
    current = List.copyOf(current);
    past = List.copyOf(past);
  }

  boolean isReadable() {
    return bootstrapFacts == Bootstrap.facts().size();
  }

  /// @param segment the topmost; null when there are no rows
  public record TreeRoot(@Nullable BlobId segment, long rows) {}
}
