package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/// Tells a torn tail from a damaged record: behind the first no whole frame can follow, because a
/// record is written only after the one before it is durable.
///
/// Source: Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018,
/// section 3.3 (the damage of the very last record can't be told from a torn write by anyone).
final class FrameSearch {
  private static final int BUFFER_BYTES = 64 << 10;

  private FrameSearch() {}

  /// The offset of the first whole frame in `[from, end)` whose record comes after `position`.
  static OptionalLong wholeAfter(Disk.File file, long salt, long from, long end, long position)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long positionMax = position + (end - from) / Frame.HEADER_BYTES;
    for (long start = from; end - start >= Frame.HEADER_BYTES; ) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - start));
      file.readFully(buffer, start);
      int candidates = buffer.position() - Frame.HEADER_BYTES + 1;
      for (int i = 0; i < candidates; i++) {
        if (buffer.getInt(i) == Frame.MAGIC) {
          long there = buffer.getLong(i + 8);
          // Compared before the checksum, which could cost the square of a file full of magics.
          if (position < there
              && there <= positionMax
              && whole(file, salt, start + i, there, end)) {
            return OptionalLong.of(start + i);
          }
        }
      }
      start += candidates;
    }
    return OptionalLong.empty();
  }

  private static boolean whole(Disk.File file, long salt, long offset, long position, long end)
      throws IOException {
    return new FrameReader(file, salt, offset, position, end).next()
        instanceof FrameReader.Found.Whole;
  }
}
