package valence.engine.store;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The checks that every implementation makes of what it is given, so that all refuse alike: each
/// returns or throws `incorrect`.
public final class StoreArguments {
  /// What a seal, such as that of an encryption, may add to a record, a ref's value or a blob. It
  /// stands between the engine and a store: a store takes so many bytes more than the engine may
  /// send.
  public static final int SEAL_BYTES_MAX = 64;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._/-]{1,512}");
  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._/-]{0,512}");

  private StoreArguments() {}

  /// A position of a log is never negative.
  public static void checkPosition(long position) {
    if (position < 0) {
      throw incorrect(
          "The log position " + position + " is negative.", "Positions are 0, 1, 2 and so on.");
    }
  }

  /// A record has at most [LogStore#RECORD_BYTES_MAX] bytes, its seal left out.
  public static void checkRecord(byte[] bytes) {
    if (bytes.length > LogStore.RECORD_BYTES_MAX + SEAL_BYTES_MAX) {
      throw incorrect(
          "A log record of " + bytes.length + " bytes is too long.",
          "At most " + LogStore.RECORD_BYTES_MAX + " bytes fit; write it as several records.");
    }
  }

  /// What an append answers to a position past the end of the log.
  public static AnomalyException pastEnd(DatabaseId database, long position, long end) {
    return incorrect(
        "The log of database " + database + " ends at position " + end + ", not at " + position
            + ".",
        "Records are appended at the end alone; read the log from " + end + " on, then append.");
  }

  /// A ref's name has 1 to 512 characters of `a-z A-Z 0-9 . _ - /`.
  public static void checkRefName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw incorrect(
          "\"" + shown(name) + "\" is no name of a ref.",
          "A name has 1 to 512 characters, each of a-z A-Z 0-9 . _ - /");
    }
  }

  /// A prefix is empty or as [#checkRefName] wants a name.
  public static void checkRefPrefix(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw incorrect(
          "\"" + shown(prefix) + "\" is no prefix of a ref's name.",
          "It has at most 512 characters, each of a-z A-Z 0-9 . _ - /");
    }
  }

  /// A ref's value has at most [RefStore#VALUE_BYTES_MAX] bytes, its seal left out.
  public static void checkRefValue(String name, byte[] bytes) {
    if (bytes.length > RefStore.VALUE_BYTES_MAX + SEAL_BYTES_MAX) {
      throw incorrect(
          "The value of " + bytes.length + " bytes is too long for the ref " + name + ".",
          "At most " + RefStore.VALUE_BYTES_MAX
              + " bytes fit; keep the bytes as a blob and its id in the ref.");
    }
  }

  /// A blob has at most [BlobStore#BLOB_BYTES_MAX] bytes, and its id is their own.
  public static void checkBlob(BlobId id, ByteBuffer bytes) {
    checkSealedBlob(bytes);
    BlobId own = BlobId.of(bytes);
    if (!own.equals(id)) {
      throw incorrect(
          "The bytes given as blob " + id + " are those of " + own + ".",
          "Name a blob by the SHA-256 of its bytes, and leave them unchanged meanwhile.");
    }
  }

  /// A sealed blob has at most [BlobStore#BLOB_BYTES_MAX] bytes, its seal left out.
  public static void checkSealedBlob(ByteBuffer bytes) {
    if (bytes.remaining() > BlobStore.BLOB_BYTES_MAX + SEAL_BYTES_MAX) {
      throw incorrect(
          "A blob of " + bytes.remaining() + " bytes is too long.",
          "At most " + BlobStore.BLOB_BYTES_MAX + " bytes fit; cut it into several.");
    }
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static AnomalyException incorrect(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
