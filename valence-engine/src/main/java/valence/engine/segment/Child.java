package valence.engine.segment;

import valence.engine.index.Batch;
import valence.engine.store.BlobId;

/// A segment as the directory above knows it.
///
/// @param first holds its first row, at position `at`
/// @param rows  in or below it
/// @param bytes stored in or below it
record Child(Batch first, int at, BlobId id, long rows, long bytes) {}
