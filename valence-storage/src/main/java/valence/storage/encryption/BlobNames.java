package valence.storage.encryption;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import valence.engine.store.BlobId;

/// A permutation of blob ids under a key: what stands in the store below says nothing of the bytes,
/// and the id can be had back.
///
/// Four rounds of a Feistel network over the halves of the id, with HMAC-SHA-256 cut to a half as
/// the function: a strong pseudo-random permutation (Luby and Rackoff, 1988).
final class BlobNames {
  private static final int ROUNDS = 4;
  private static final int HALF = 16;

  private final SecretKeySpec key;

  BlobNames(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  BlobId hidden(BlobId id) {
    byte[] bytes = HexFormat.of().parseHex(id.hex());
    for (int round = 0; round < ROUNDS; round++) {
      change(bytes, round);
    }
    return new BlobId(HexFormat.of().formatHex(bytes));
  }

  BlobId shown(BlobId hidden) {
    byte[] bytes = HexFormat.of().parseHex(hidden.hex());
    for (int round = ROUNDS - 1; round >= 0; round--) {
      change(bytes, round);
    }
    return new BlobId(HexFormat.of().formatHex(bytes));
  }

  /// Changes one half by the other, in turns; doing it twice undoes it.
  private void change(byte[] bytes, int round) {
    int changed = round % 2 == 0 ? 0 : HALF;
    byte[] other = Arrays.copyOfRange(bytes, HALF - changed, 2 * HALF - changed);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update((byte) round);
      byte[] mask = mac.doFinal(other);
      for (int i = 0; i < HALF; i++) {
        bytes[changed + i] ^= mask[i];
      }
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has HMAC-SHA-256", e);
    }
  }
}
