package valence.storage.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// A process that writes until it is killed, and prints what was acknowledged: the position of each
/// record of [#DATABASE], whose bytes are [#record], and after each tenth the number that it wrote
/// to the ref `count` and the blob of the record's bytes.
///
/// Arguments: the storage directory, the first position, a seed for the records' lengths.
final class Writer {
  static final DatabaseId DATABASE = new DatabaseId(new UUID(3, 4));

  private static final int RECORD_BYTES_MAX = 20_000;

  private Writer() {}

  static void main(String[] arguments) {
    Random random = new Random(Long.parseLong(arguments[2]));
    try (Storage storage = EmbeddedStorage.open(Path.of(arguments[0]))) {
      System.out.println("open");
      for (long position = Long.parseLong(arguments[1]); ; position++) {
        byte[] record = record(position, random.nextInt(RECORD_BYTES_MAX));
        if (!storage.log().append(DATABASE, position, record)) {
          throw new IllegalStateException("position " + position + " is taken");
        }
        System.out.println("record " + position);
        if (position % 10 == 0) {
          ByteBuffer blob = ByteBuffer.wrap(record);
          storage.blobs().put(BlobId.of(blob), blob);
          long version =
              storage.refs().get("count").map(RefStore.Ref::version).orElse(RefStore.ABSENT);
          byte[] count = Long.toString(position).getBytes(UTF_8);
          if (!storage.refs().compareAndSet("count", version, count)) {
            throw new IllegalStateException("the ref was changed by somebody else");
          }
          System.out.println("count " + position);
        }
      }
    }
  }

  /// The bytes of the record at a position, of a given length at least.
  static byte[] record(long position, int length) {
    byte[] bytes = new byte[Long.BYTES + length];
    new Random(position).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(position);
    return bytes;
  }
}
