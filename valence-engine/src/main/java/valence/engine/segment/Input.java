package valence.engine.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;

/// Reads the body of a segment from its front to its end, and checks that it isn't longer than it
/// is. For one thread.
final class Input {
  /// Zeros behind the body, so that eight bytes can be read wherever a packed number begins.
  static final int PADDING_BYTES = Long.BYTES;

  final BlobId id;
  private final ByteBuffer bytes;
  private final int end;
  private int position;

  /// @param bytes a body and its padding
  Input(BlobId id, ByteBuffer bytes) {
    this.id = id;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.end = this.bytes.limit() - PADDING_BYTES;
    if (end < 0) {
      throw damaged("its body ends too early");
    }
  }

  /// All of the body, little-endian, for columns that read in place.
  ByteBuffer bytes() {
    return bytes;
  }

  int u8() {
    return bytes.get(skip(1)) & 0xff;
  }

  long i64() {
    return bytes.getLong(skip(Long.BYTES));
  }

  /// A count that may not pass a bound.
  int count(long max) {
    long count = bytes.getInt(skip(Integer.BYTES)) & 0xffff_ffffL;
    if (count > max) {
      throw damaged("a count of " + count + " exceeds " + max);
    }
    return (int) count;
  }

  /// Goes over some bytes; returns where they begin.
  int skip(long count) {
    if (count > end - position) {
      throw damaged("its body ends too early");
    }
    int start = position;
    position += (int) count;
    return start;
  }

  void expectEnd() {
    if (position != end) {
      throw damaged((end - position) + " bytes are left over");
    }
  }

  AnomalyException damaged(String how) {
    return damaged(id, how).toException();
  }

  static Anomaly damaged(BlobId id, String how) {
    return Anomaly.fault(
            "Segment " + id + " is damaged: " + how + ".",
            "Expected the bytes as they were written.",
            "Delete the copies in caches; if the store's own is damaged, restore it from a backup.")
        .with("segment", id.hex());
  }
}
