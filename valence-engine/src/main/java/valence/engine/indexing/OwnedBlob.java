package valence.engine.indexing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;

/// Blobs of an index: their content, and at the end the database and the job that made them, 16
/// bytes each. So equal content of two databases, or of two jobs, is two blobs, and deleting one
/// leaves the other.
final class OwnedBlob {
  static final int TAIL_BYTES = 32;

  private static final int ID_BYTES = 32;

  /// `VIDS` and a format.
  private static final long LIST_MAGIC = 0x5649_4453_0000_0001L;

  private OwnedBlob() {}

  /// The bytes of a blob.
  ///
  /// @param content from position to limit, left as they are
  static ByteBuffer of(ByteBuffer content, DatabaseId database, UUID job) {
    ByteBuffer blob = ByteBuffer.allocate(content.remaining() + TAIL_BYTES).order(content.order());
    blob.put(content.duplicate());
    put(blob, database.uuid());
    put(blob, job);
    return blob.flip();
  }

  private static void put(ByteBuffer blob, UUID id) {
    for (long half : new long[] {id.getMostSignificantBits(), id.getLeastSignificantBits()}) {
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        blob.put((byte) (half >>> shift)); // big-endian, whatever the order of the content
      }
    }
  }

  /// The content of a blob; `fault` when it isn't the database's.
  static ByteBuffer content(BlobId id, ByteBuffer blob, DatabaseId database) {
    int contentBytes = blob.remaining() - TAIL_BYTES;
    if (!owner(blob).equals(Optional.of(database))) {
      throw damaged(id, "it isn't one of database " + database);
    }
    return blob.slice(blob.position(), contentBytes);
  }

  /// The database that a blob says it is of; empty when it is too short to say so.
  static Optional<DatabaseId> owner(ByteBuffer blob) {
    int at = blob.limit() - TAIL_BYTES;
    if (at < blob.position()) {
      return Optional.empty();
    }
    ByteBuffer tail = blob.slice(at, TAIL_BYTES);
    return Optional.of(new DatabaseId(new UUID(tail.getLong(), tail.getLong())));
  }

  /// A list of ids, as content.
  static ByteBuffer list(Collection<BlobId> ids) {
    ByteBuffer list = ByteBuffer.allocate(Long.BYTES + ids.size() * ID_BYTES);
    list.putLong(LIST_MAGIC);
    ids.forEach(id -> list.put(HexFormat.of().parseHex(id.hex())));
    return list.flip();
  }

  /// The ids of a list.
  static List<BlobId> ids(BlobId id, ByteBuffer content) {
    if (content.remaining() % ID_BYTES != Long.BYTES || content.getLong() != LIST_MAGIC) {
      throw damaged(id, "it is no list of segments");
    }
    List<BlobId> ids = new ArrayList<>();
    byte[] bytes = new byte[ID_BYTES];
    while (content.hasRemaining()) {
      content.get(bytes);
      ids.add(new BlobId(HexFormat.of().formatHex(bytes)));
    }
    return ids;
  }

  private static AnomalyException damaged(BlobId id, String how) {
    return Anomaly.fault("Blob " + id + " is damaged: " + how + ".").toException();
  }
}
