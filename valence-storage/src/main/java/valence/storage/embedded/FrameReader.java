package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;

/// Reads the frames of one file, one after another, each checked before it is given out.
///
/// Holds one buffer and the record it gives out, however long the file. For one thread.
final class FrameReader {
  /// What stands at the reader's offset.
  sealed interface Found {
    record Whole(LogRecord record) implements Found {}

    /// The end, right behind a record.
    record End() implements Found {}

    /// Bytes that aren't the frame expected.
    record Damaged(String why) implements Found {}
  }

  private static final int BUFFER_BYTES = 64 << 10;

  private final Disk.File file;
  private final long salt;
  private final long end;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).flip();
  private long offset; // of the buffer's position in the file
  private long position; // that the frame at the offset should have

  /// @param offset   where a frame begins
  /// @param position the position of its record
  /// @param end      where to stop, at most the size of the file
  FrameReader(Disk.File file, long salt, long offset, long position, long end) {
    this.file = file;
    this.salt = salt;
    this.offset = offset;
    this.position = position;
    this.end = end;
  }

  /// Where the next frame begins, or should.
  long offset() {
    return offset;
  }

  /// The position that the next record has, or should have.
  long position() {
    return position;
  }

  /// The next record; stays where it is when there is none.
  Found next() throws IOException {
    if (offset == end) {
      return new Found.End();
    }
    if (end - offset < Frame.HEADER_BYTES) {
      return new Found.Damaged("the header of the record is cut short");
    }
    fill();
    int start = buffer.position();
    int length = buffer.getInt(start + 4);
    if (buffer.getInt(start) != Frame.MAGIC) {
      return new Found.Damaged("no record begins there");
    }
    if (length < 0 || length > LogStore.RECORD_BYTES_MAX + StoreArguments.SEAL_BYTES_MAX) {
      return new Found.Damaged("the length " + length + " of the record is out of bounds");
    }
    if (buffer.getLong(start + 8) != position) {
      return new Found.Damaged("the record there has position " + buffer.getLong(start + 8));
    }
    if (length > end - offset - Frame.HEADER_BYTES) {
      return new Found.Damaged("the record is cut short");
    }
    byte[] bytes = bytes(start + Frame.HEADER_BYTES, length);
    if (buffer.getInt(start + 16) != Frame.checksum(salt, length, position, bytes)) {
      return new Found.Damaged("the checksum of the record is wrong");
    }
    buffer.position(Math.min(start + Frame.HEADER_BYTES + length, buffer.limit()));
    offset += Frame.HEADER_BYTES + length;
    return new Found.Whole(new LogRecord(position++, bytes));
  }

  /// Bytes of which the buffer holds the beginning, or all.
  private byte[] bytes(int start, int length) throws IOException {
    byte[] bytes = new byte[length];
    int buffered = Math.min(length, buffer.limit() - start);
    buffer.get(start, bytes, 0, buffered);
    file.readFully(
        ByteBuffer.wrap(bytes, buffered, length - buffered),
        offset + Frame.HEADER_BYTES + buffered);
    return bytes;
  }

  /// Makes the buffer hold a frame's header at least, which the file has.
  private void fill() throws IOException {
    if (buffer.remaining() >= Frame.HEADER_BYTES) {
      return;
    }
    long next = offset + buffer.remaining();
    buffer.compact();
    buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + (end - next)));
    while (buffer.position() < Frame.HEADER_BYTES) {
      int count = file.read(buffer, next);
      if (count < 0) {
        throw new IOException("it became shorter while it was read");
      }
      next += count;
    }
    buffer.flip();
  }
}
