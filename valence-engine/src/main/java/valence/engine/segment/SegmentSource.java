package valence.engine.segment;

import valence.engine.store.BlobId;

/// Where segments are read from, most often a cache. Safe for many threads.
@FunctionalInterface
public interface SegmentSource {
  /// The segment that the id names. Fails with `unavailable` when a retry may help, and with
  /// `fault` when it is missing or damaged.
  Segment segment(BlobId id);
}
