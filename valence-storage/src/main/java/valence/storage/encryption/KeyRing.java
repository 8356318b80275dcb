package valence.storage.encryption;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import valence.api.Anomaly;

/// The wrapped keys of one storage, as they stand in its ref [#REF]: see the package.
///
/// @param names    wrapped; never replaced by another key
/// @param dataKeys wrapped; number 1 first
record KeyRing(UUID storage, Wrapped names, List<Wrapped> dataKeys) {
  /// The one name that a user of the encrypted storage can't have.
  static final String REF = "valence/key-ring";

  /// Each is made by a person who rotates keys; this many fill a ref to a fraction.
  static final int DATA_KEYS_MAX = 500;

  private static final String HEADER = "valence key ring 1";
  private static final String NAMES = "names";

  record Wrapped(String masterKeyId, byte[] bytes) {}

  KeyRing {
    dataKeys = List.copyOf(dataKeys);
  }

  static KeyRing create(KeyService keys) {
    UUID storage = UUID.randomUUID();
    Wrapped names = wrap(keys, storage, NAMES, Xaes.randomBytes(Xaes.KEY_BYTES));
    return new KeyRing(storage, names, List.of()).withDataKey(keys);
  }

  /// This ring with one more data key, that seals from now on.
  KeyRing withDataKey(KeyService keys) {
    if (dataKeys.size() >= DATA_KEYS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "The storage has " + dataKeys.size() + " data keys.",
              "No more than " + DATA_KEYS_MAX + " can be kept. Copy the storage into a new one.")
          .toException();
    }
    List<Wrapped> more = new ArrayList<>(dataKeys);
    String line = Integer.toString(more.size() + 1);
    more.add(wrap(keys, storage, line, Xaes.randomBytes(Xaes.KEY_BYTES)));
    return new KeyRing(storage, names, more);
  }

  /// This ring with each key wrapped by the newest master key.
  KeyRing rewrapped(KeyService keys) {
    List<Wrapped> again = new ArrayList<>();
    for (int number = 1; number <= dataKeys.size(); number++) {
      again.add(wrap(keys, storage, Integer.toString(number), dataKey(keys, number)));
    }
    return new KeyRing(storage, wrap(keys, storage, NAMES, namesKey(keys)), again);
  }

  byte[] dataKey(KeyService keys, int number) {
    return unwrap(keys, dataKeys.get(number - 1), Integer.toString(number));
  }

  byte[] namesKey(KeyService keys) {
    return unwrap(keys, names, NAMES);
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(HEADER + "\nstorage " + storage + "\n");
    append(text, NAMES, names);
    for (int number = 1; number <= dataKeys.size(); number++) {
      append(text, Integer.toString(number), dataKeys.get(number - 1));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads what [#encode] made; anything else is a `fault`.
  static KeyRing decode(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.US_ASCII).lines().toList();
    try {
      require(lines.size() >= 4 && lines.getFirst().equals(HEADER));
      require(lines.get(1).startsWith("storage "));
      UUID storage = UUID.fromString(lines.get(1).substring("storage ".length()));
      List<Wrapped> dataKeys = new ArrayList<>();
      for (String line : lines.subList(3, lines.size())) {
        dataKeys.add(wrapped(line, Integer.toString(dataKeys.size() + 1)));
      }
      return new KeyRing(storage, wrapped(lines.get(2), NAMES), dataKeys);
    } catch (IllegalArgumentException e) {
      throw Anomaly.fault(
              "The ref " + REF + " isn't a ring of keys that this version can read.",
              "Nothing of the storage was served. Restore the ref from a copy of the storage, or"
                  + " use the version that wrote it.")
          .toException(e);
    }
  }

  private static void append(StringBuilder text, String line, Wrapped key) {
    String bytes = Base64.getEncoder().encodeToString(key.bytes());
    text.append(line)
        .append(' ')
        .append(key.masterKeyId())
        .append(' ')
        .append(bytes)
        .append('\n');
  }

  private static Wrapped wrapped(String line, String name) {
    String[] words = line.split(" ", -1);
    require(words.length == 3 && words[0].equals(name));
    return new Wrapped(words[1], Base64.getDecoder().decode(words[2]));
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("not a ring of keys");
    }
  }

  private static Wrapped wrap(KeyService keys, UUID storage, String line, byte[] key) {
    String master = keys.newestKeyId();
    return new Wrapped(master, keys.wrap(master, key, context(storage, line)));
  }

  private byte[] unwrap(KeyService keys, Wrapped key, String line) {
    byte[] bytes = keys.unwrap(key.masterKeyId(), key.bytes(), context(storage, line));
    if (bytes.length != Xaes.KEY_BYTES) {
      throw Anomaly.fault("The key service gave back a key of " + bytes.length + " bytes.")
          .toException();
    }
    return bytes;
  }

  private static byte[] context(UUID storage, String line) {
    byte[] name = line.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(16 + name.length)
        .putLong(storage.getMostSignificantBits())
        .putLong(storage.getLeastSignificantBits())
        .put(name)
        .array();
  }
}
