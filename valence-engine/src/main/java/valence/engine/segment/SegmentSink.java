package valence.engine.segment;

import java.nio.ByteBuffer;
import valence.engine.store.BlobId;

/// Where new segments are put. What it throws ends the merge that puts them: a merge that is to be
/// stopped is stopped here.
@FunctionalInterface
public interface SegmentSink {
  /// Keeps the bytes and says their id. They needn't be durable, nor readable, before the merge is
  /// done.
  ///
  /// @param encoded from position to limit; the sink's from now on, nobody changes them
  BlobId put(ByteBuffer encoded);

  /// Whether segments are compressed where that saves enough. Not for a store in memory, whose
  /// bytes are read in place.
  default boolean compresses() {
    return true;
  }
}
