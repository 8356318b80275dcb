package valence.engine.segment;

import java.nio.ByteBuffer;
import valence.engine.index.Order;
import valence.engine.store.BlobId;

/// One immutable block of an index. Safe for any number of threads.
public sealed interface Segment permits Leaf, Directory {
  BlobId id();

  Order order();

  /// Whether the rows have an end.
  boolean closed();

  /// How many rows lie in or below it.
  long rowCount();

  /// Bytes that it takes in memory, about.
  long heapBytes();

  /// The segment in words, for people: what it is, then a line for each column or child.
  String inspect();

  /// Reads and checks a segment. Bytes that aren't compressed are read in place: they may not
  /// change as long as the segment is used.
  ///
  /// @param id for messages; the bytes are checked by the segment's own checksum
  /// @param bytes from position to limit
  static Segment read(BlobId id, ByteBuffer bytes) {
    Envelope.Opened opened = Envelope.open(id, bytes);
    return opened.envelope().level() == 0 ? Leaf.read(id, opened) : Directory.read(id, opened);
  }
}
