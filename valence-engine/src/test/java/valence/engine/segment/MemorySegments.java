package valence.engine.segment;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.engine.store.BlobId;

/// Segments in memory, read anew each time.
final class MemorySegments implements SegmentSource, SegmentSink {
  final Map<BlobId, ByteBuffer> blobs = new LinkedHashMap<>();
  private final boolean compresses;

  MemorySegments(boolean compresses) {
    this.compresses = compresses;
  }

  @Override
  public Segment segment(BlobId id) {
    ByteBuffer bytes = blobs.get(id);
    if (bytes == null) {
      throw Input.damaged(id, "it is missing").toException();
    }
    return Segment.read(id, bytes);
  }

  @Override
  public BlobId put(ByteBuffer encoded) {
    BlobId id = BlobId.of(encoded);
    blobs.put(id, encoded.asReadOnlyBuffer());
    return id;
  }

  @Override
  public boolean compresses() {
    return compresses;
  }
}
