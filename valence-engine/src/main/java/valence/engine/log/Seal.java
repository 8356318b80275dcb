package valence.engine.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import valence.engine.store.DatabaseId;

/// The last record of a log that another has taken the place of. Appended like any record, if its
/// position is empty, so that nothing can come behind it and only one log can follow.
///
///     seal = 255 u8 | the next log's id, 16 bytes | excised t, 8 bytes big-endian
///
/// @param next     the log that has everything that this one had, and that goes on
/// @param excisedT the t up to which requests for excision are done in it
public record Seal(DatabaseId next, long excisedT) {
  private static final byte MARK = (byte) 255;
  private static final int BYTES = 1 + 16 + 8;

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(MARK)
        .putLong(next.uuid().getMostSignificantBits())
        .putLong(next.uuid().getLeastSignificantBits())
        .putLong(excisedT)
        .array();
  }

  /// The seal that a record is; empty for a record of transactions.
  public static Optional<Seal> read(byte[] record) {
    if (record.length != BYTES || record[0] != MARK) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(record, 1, BYTES - 1);
    return Optional.of(
        new Seal(new DatabaseId(new UUID(in.getLong(), in.getLong())), in.getLong()));
  }
}
