package valence.storage.embedded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import valence.engine.store.RefStore;
import valence.engine.store.StoreArguments;

/// What the file of one ref says.
sealed interface RefCell {
  int FILE_BYTES_MAX = 1024 + RefStore.VALUE_BYTES_MAX + StoreArguments.SEAL_BYTES_MAX;

  String name();

  long version();

  record Present(String name, long version, byte[] bytes) implements RefCell {}

  /// @param version the last that a value of this name had
  record Deleted(String name, long version) implements RefCell {}

  /// The version that a caller sees.
  default long visibleVersion() {
    return switch (this) {
      case Present present -> present.version();
      case Deleted _ -> RefStore.ABSENT;
    };
  }

  default ByteBuffer encode() {
    byte[] name = name().getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = switch (this) {
      case Present present -> present.bytes();
      case Deleted _ -> new byte[0];
    };
    ByteBuffer file = ByteBuffer.allocate(Layout.NAME + name.length + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(Layout.MAGIC).putInt(0).putLong(version());
    file.put((byte) (this instanceof Present ? 1 : 0)).putShort((short) name.length);
    file.putInt(bytes.length).put(name).put(bytes).flip();
    return file.putInt(Layout.CHECKSUM, Layout.checksum(file));
  }

  /// Reads what [#encode] made; whatever else is a fault that names the path.
  static RefCell decode(Path path, ByteBuffer content) {
    ByteBuffer file = content.order(ByteOrder.LITTLE_ENDIAN);
    if (file.limit() < Layout.NAME || file.getInt(0) != Layout.MAGIC) {
      throw Failures.damaged(path, 0, "it isn't the file of a ref");
    }
    if (file.getInt(Layout.CHECKSUM) != Layout.checksum(file)) {
      throw Failures.damaged(path, Layout.CHECKSUM, "its checksum is wrong");
    }
    byte[] name = new byte[Short.toUnsignedInt(file.getShort(17))];
    int length = file.getInt(19);
    if (length < 0 || Layout.NAME + (long) name.length + length != file.limit()) {
      throw Failures.damaged(path, 17, "its lengths don't add up");
    }
    file.get(Layout.NAME, name);
    byte[] bytes = new byte[length];
    file.get(Layout.NAME + name.length, bytes);
    String text = new String(name, StandardCharsets.US_ASCII);
    return file.get(16) == 1
        ? new Present(text, file.getLong(8), bytes)
        : new Deleted(text, file.getLong(8));
  }

  /// Offsets, as the package's documentation gives them.
  final class Layout {
    private static final int MAGIC = 0x46455256; // "VREF" in the file
    private static final int CHECKSUM = 4;
    private static final int VERSION = 8;
    private static final int NAME = 23;

    private Layout() {}

    private static int checksum(ByteBuffer file) {
      CRC32C crc = new CRC32C();
      crc.update(file.slice(VERSION, file.limit() - VERSION));
      return (int) crc.getValue();
    }
  }
}
