package valence.storage.encryption;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.StoreArguments;

/// Seals bytes for their place, and opens what was sealed; see the package for the form.
final class Seal {
  private static final byte FORMAT = 1;
  private static final int HEAD_BYTES = 5;

  static {
    assert HEAD_BYTES + Xaes.NONCE_BYTES + Xaes.TAG_BYTES <= StoreArguments.SEAL_BYTES_MAX;
  }

  private final Keys keys;

  Seal(Keys keys) {
    this.keys = keys;
  }

  /// Where sealed bytes belong.
  ///
  /// @param text  for people
  /// @param bytes different for each place
  record Place(String text, byte[] bytes) {
    static Place record(DatabaseId database, long position) {
      byte[] bytes = ByteBuffer.allocate(25)
          .put((byte) 'L')
          .putLong(database.uuid().getMostSignificantBits())
          .putLong(database.uuid().getLeastSignificantBits())
          .putLong(position)
          .array();
      return new Place("record at position " + position + " of database " + database, bytes);
    }

    static Place ref(String name) {
      return new Place(
          "value of the ref " + name, ("R" + name).getBytes(StandardCharsets.US_ASCII));
    }

    static Place blob(BlobId id) {
      byte[] bytes = ByteBuffer.allocate(33)
          .put((byte) 'B')
          .put(HexFormat.of().parseHex(id.hex()))
          .array();
      return new Place("blob " + id, bytes);
    }
  }

  byte[] close(Place place, byte[] plain) {
    return close(place, plain, 0, plain.length);
  }

  byte[] close(Place place, byte[] plain, int offset, int length) {
    int number = keys.newest();
    byte[] head = head(number);
    return keys.key(number).seal(head, plain, offset, length, associated(head, place));
  }

  /// What was sealed; a `fault` when the bytes aren't those that were sealed for this place.
  byte[] open(Place place, byte[] sealed) {
    if (sealed.length < HEAD_BYTES || sealed[0] != FORMAT) {
      throw Anomaly.fault(
              "The " + place.text() + " isn't sealed as this version seals.",
              "It is damaged, was written without encryption, or by a later version. Nothing of it"
                  + " was served.")
          .toException();
    }
    int number = ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN).getInt(1);
    Optional<byte[]> plain = keys.has(number)
        ? keys.key(number).open(sealed, HEAD_BYTES, associated(head(number), place))
        : Optional.empty();
    return plain.orElseThrow(() -> Anomaly.fault(
            "The " + place.text() + " was changed since it was sealed, or belongs elsewhere.",
            "Nothing of it was served. Restore it from a copy, and find out who or what wrote to"
                + " the storage.")
        .toException());
  }

  private static byte[] head(int number) {
    return ByteBuffer.allocate(HEAD_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(FORMAT)
        .putInt(number)
        .array();
  }

  private static byte[] associated(byte[] head, Place place) {
    return ByteBuffer.allocate(HEAD_BYTES + place.bytes().length)
        .put(head)
        .put(place.bytes())
        .array();
  }
}
