package valence.engine.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import valence.engine.index.Order;
import valence.engine.store.BlobId;

/// What stands before the body of each segment and says how to read it.
///
/// @param level   zero for a leaf, else one above the level of the children
/// @param rows    in or below the segment
/// @param entries rows of a leaf, children of a directory
record Envelope(int level, Order order, boolean closed, long rows, int entries) {
  static final int MAGIC = 0x4745_5356; // "VSEG"
  static final int VERSION = 1;
  static final int HEADER_BYTES = 36;
  static final int BODY_BYTES_MAX = 256 << 20;

  private static final int NONE = 0;
  private static final int DEFLATE = 1;
  private static final int CHECKSUM_AT = 32;

  /// Smaller bodies aren't worth the try.
  private static final int COMPRESSED_BYTES_MIN = 256;

  /// Deflate makes no more than so many bytes of one; what claims more is forged.
  private static final long INFLATION_MAX = 1032;

  /// An envelope with its body.
  record Opened(Envelope envelope, Input body) {}

  /// A segment of a body, compressed if asked for and if that saves a twentieth.
  ///
  /// @param body without padding
  ByteBuffer seal(Output body, boolean compress) {
    int rawBytes = body.size();
    if (rawBytes > BODY_BYTES_MAX) {
      throw new IllegalStateException("a segment of " + rawBytes + " bytes is too long");
    }
    body.i64(0); // the padding
    ByteBuffer raw = body.toBuffer();
    ByteBuffer packed = compress && rawBytes >= COMPRESSED_BYTES_MIN ? compressed(raw) : raw;
    boolean saves = packed.remaining() < raw.remaining() - raw.remaining() / 20;
    ByteBuffer stored = saves ? packed : raw;
    ByteBuffer segment =
        ByteBuffer.allocate(HEADER_BYTES + stored.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    segment.putInt(MAGIC);
    segment.put((byte) VERSION);
    segment.put((byte) level);
    segment.put((byte) order.ordinal());
    segment.put((byte) (closed ? 1 : 0));
    segment.put((byte) (saves ? DEFLATE : NONE));
    segment.put(new byte[3]);
    segment.putLong(rows);
    segment.putInt(entries);
    segment.putInt(raw.remaining());
    segment.putInt(stored.remaining());
    segment.putInt(0); // the checksum's place
    segment.put(stored.duplicate());
    segment.flip();
    segment.putInt(CHECKSUM_AT, checksum(segment));
    return segment;
  }

  /// The bytes compressed, or the same bytes when that doesn't make them fewer.
  private static ByteBuffer compressed(ByteBuffer raw) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(raw.duplicate());
      deflater.finish();
      byte[] target = new byte[raw.remaining()];
      int size = deflater.deflate(target);
      return deflater.finished() ? ByteBuffer.wrap(target, 0, size) : raw;
    } finally {
      deflater.end();
    }
  }

  /// Of all bytes but its own four.
  private static int checksum(ByteBuffer segment) {
    CRC32C crc = new CRC32C();
    crc.update(segment.slice(0, CHECKSUM_AT));
    crc.update(segment.slice(HEADER_BYTES, segment.limit() - HEADER_BYTES));
    return (int) crc.getValue();
  }

  /// Checks a segment and finds its body, in place where it isn't compressed.
  static Opened open(BlobId id, ByteBuffer bytes) {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (in.limit() < HEADER_BYTES) {
      throw Input.damaged(id, "it has only " + in.limit() + " bytes").toException();
    }
    if (in.getInt(0) != MAGIC) {
      throw Input.damaged(id, "it doesn't begin as a segment does").toException();
    }
    if (in.get(4) != VERSION) {
      throw Input.damaged(id, "its version is " + in.get(4) + ", not " + VERSION)
          .toException();
    }
    if (in.getInt(CHECKSUM_AT) != checksum(in)) {
      throw Input.damaged(id, "its checksum doesn't match").toException();
    }
    int level = in.get(5);
    int order = in.get(6);
    int closed = in.get(7);
    int compression = in.get(8);
    long rows = in.getLong(12);
    int entries = in.getInt(20);
    int rawBytes = in.getInt(24);
    int storedBytes = in.getInt(28);
    boolean fits = level >= 0
        && order >= 0
        && order < Order.values().length
        && (closed & ~1) == 0
        && (compression & ~1) == 0
        && rows >= 0
        && entries >= 0
        && rawBytes >= Input.PADDING_BYTES
        && rawBytes <= BODY_BYTES_MAX + Input.PADDING_BYTES
        && storedBytes == in.limit() - HEADER_BYTES
        && (compression == DEFLATE || storedBytes == rawBytes);
    if (!fits) {
      throw Input.damaged(id, "its header contradicts itself").toException();
    }
    ByteBuffer stored = in.slice(HEADER_BYTES, storedBytes);
    ByteBuffer body = compression == NONE ? stored : decompressed(id, stored, rawBytes);
    Envelope envelope = new Envelope(level, Order.values()[order], closed == 1, rows, entries);
    return new Opened(envelope, new Input(id, body));
  }

  private static ByteBuffer decompressed(BlobId id, ByteBuffer stored, int rawBytes) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(stored);
      byte[] raw = new byte[(int) Math.min(rawBytes, stored.remaining() * INFLATION_MAX)];
      int size = inflater.inflate(raw);
      boolean ended = inflater.finished()
          || (inflater.inflate(new byte[1]) == 0 && inflater.finished()); // the end takes a bit
      if (size != rawBytes || !ended) {
        throw Input.damaged(id, "its body hasn't " + rawBytes + " bytes").toException();
      }
      return ByteBuffer.wrap(raw);
    } catch (DataFormatException e) {
      throw Input.damaged(id, "its body can't be decompressed").toException(e);
    } finally {
      inflater.end();
    }
  }
}
