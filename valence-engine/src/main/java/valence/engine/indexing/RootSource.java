package valence.engine.indexing;

import java.nio.ByteBuffer;
import valence.engine.cache.SegmentCache;
import valence.engine.segment.Segment;
import valence.engine.segment.SegmentSource;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;

/// The segments of a database as those read them who stand on one root. As long as it is reachable,
/// so are they, and what the root has isn't deleted.
final class RootSource implements SegmentSource {
  private final SegmentCache cache;
  private final DatabaseId database;
  private final SegmentCache.Decoder decoder = this::decode;

  RootSource(SegmentCache cache, DatabaseId database) {
    this.cache = cache;
    this.database = database;
  }

  @Override
  public Segment segment(BlobId id) {
    return cache.segment(id, decoder);
  }

  private Segment decode(BlobId id, ByteBuffer blob) {
    return Segment.read(id, OwnedBlob.content(id, blob, database));
  }
}
