package valence.storage.embedded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// How one record stands in a segment: a header of [#HEADER_BYTES], then the record's bytes.
final class Frame {
  static final int HEADER_BYTES = 20;
  static final int MAGIC = 0x43455256; // "VREC" in the file

  private Frame() {}

  static ByteBuffer encode(long salt, long position, byte[] bytes) {
    ByteBuffer frame =
        ByteBuffer.allocate(HEADER_BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(MAGIC).putInt(bytes.length).putLong(position);
    frame.putInt(checksum(salt, bytes.length, position, bytes)).put(bytes);
    return frame.flip();
  }

  /// CRC-32C of the segment's salt, the header before the checksum, and the bytes.
  static int checksum(long salt, int length, long position, byte[] bytes) {
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(salt).putInt(MAGIC).putInt(length).putLong(position).flip();
    CRC32C crc = new CRC32C();
    crc.update(header);
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
