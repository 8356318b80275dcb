package valence.storage.embedded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import valence.testing.Fuzz;

/// Files of the embedded storage that aren't what was written, with checksums that agree.
final class FilesFuzzTest {
  private static final long SALT = 0x1234_5678_9abc_def0L;
  private static final int REF_CHECKED_FROM = 8;

  @Test
  void refs() {
    Path path = Path.of("refs", "x");
    List<byte[]> written = List.of(
        bytes(new RefCell.Present("index/1", 7, new byte[] {1, 2, 3}).encode()),
        bytes(new RefCell.Deleted("index/1", 8).encode()));
    Fuzz.ofStored("ref-file", 2_000).runBytes(written, input -> {
      if (input.length > REF_CHECKED_FROM) {
        CRC32C crc = new CRC32C();
        crc.update(input, REF_CHECKED_FROM, input.length - REF_CHECKED_FROM);
        ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN).putInt(4, (int) crc.getValue());
      }
      RefCell.decode(path, ByteBuffer.wrap(input));
    });
  }

  @Test
  void framesOfALog() {
    ByteBuffer frames = ByteBuffer.allocate(500);
    for (int position = 0; position < 3; position++) {
      frames.put(Frame.encode(SALT, position, new byte[position * 10]));
    }
    Fuzz.ofStored("log-frames", 2_000).runBytes(List.of(bytes(frames.flip())), input -> {
      FrameReader reader = new FrameReader(new OneFile(input), SALT, 0, 0, input.length);
      while (reader.next() instanceof FrameReader.Found.Whole) {}
    });
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /// A file that is only read.
  private record OneFile(byte[] content) implements Disk.File {
    @Override
    public int read(ByteBuffer target, long offset) {
      int count = Math.min(target.remaining(), (int) (content.length - offset));
      if (count <= 0) {
        return -1;
      }
      target.put(content, (int) offset, count);
      return count;
    }

    @Override
    public int write(ByteBuffer source, long offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
