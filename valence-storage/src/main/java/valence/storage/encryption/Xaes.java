package valence.storage.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// One key of XAES-256-GCM, <https://c2sp.org/XAES-256-GCM>: AES-256-GCM with a nonce of 24 bytes,
/// long enough to be random.
///
/// The first half of the nonce and the key make the key of one message (CMAC in counter mode, NIST
/// SP 800-108r1); the second half is the nonce of GCM. Never prints its key.
final class Xaes {
  static final int KEY_BYTES = 32;
  static final int NONCE_BYTES = 24;
  static final int TAG_BYTES = 16;

  private static final int BLOCK_BYTES = 16;
  private static final int HALF = NONCE_BYTES / 2;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;
  private final byte[] subkey; // K1 of CMAC

  Xaes(byte[] key) {
    assert key.length == KEY_BYTES;
    this.key = new SecretKeySpec(key, "AES");
    this.subkey = doubled(encryptBlocks(new byte[BLOCK_BYTES]));
  }

  static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /// A random nonce, what was encrypted, and its tag, behind `head` bytes left as they are.
  byte[] seal(byte[] head, byte[] plain, int offset, int length, byte[] associated) {
    byte[] nonce = randomBytes(NONCE_BYTES);
    byte[] sealed = Arrays.copyOf(head, head.length + NONCE_BYTES + length + TAG_BYTES);
    System.arraycopy(nonce, 0, sealed, head.length, NONCE_BYTES);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, associated);
      cipher.doFinal(plain, offset, length, sealed, head.length + NONCE_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has AES-GCM", e);
    }
  }

  /// What was sealed behind `offset` bytes; empty when the bytes, the key or the associated data
  /// aren't those of the seal.
  Optional<byte[]> open(byte[] sealed, int offset, byte[] associated) {
    if (sealed.length < offset + NONCE_BYTES + TAG_BYTES) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(sealed, offset, offset + NONCE_BYTES);
    int from = offset + NONCE_BYTES;
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, associated);
      return Optional.of(cipher.doFinal(sealed, from, sealed.length - from));
    } catch (AEADBadTagException _) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has AES-GCM", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(messageKey(nonce), "AES"),
        new GCMParameterSpec(TAG_BYTES * 8, nonce, HALF, HALF));
    cipher.updateAAD(associated);
    return cipher;
  }

  private byte[] messageKey(byte[] nonce) {
    byte[] blocks = new byte[2 * BLOCK_BYTES];
    for (int i = 0; i < 2; i++) {
      int at = i * BLOCK_BYTES;
      blocks[at + 1] = (byte) (i + 1);
      blocks[at + 2] = 'X';
      System.arraycopy(nonce, 0, blocks, at + 4, HALF);
      for (int j = 0; j < BLOCK_BYTES; j++) {
        blocks[at + j] ^= subkey[j];
      }
    }
    return encryptBlocks(blocks);
  }

  /// Each block by itself: all that CMAC needs of messages that are one block.
  private byte[] encryptBlocks(byte[] blocks) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return cipher.doFinal(blocks);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has AES", e);
    }
  }

  /// Twice a block, in the field of CMAC.
  private static byte[] doubled(byte[] block) {
    byte[] twice = new byte[BLOCK_BYTES];
    for (int i = 0; i < BLOCK_BYTES; i++) {
      int carried = i + 1 < BLOCK_BYTES ? (block[i + 1] & 0x80) >>> 7 : 0;
      twice[i] = (byte) (block[i] << 1 | carried);
    }
    if ((block[0] & 0x80) != 0) {
      twice[BLOCK_BYTES - 1] ^= (byte) 0x87;
    }
    return twice;
  }

  /// For test vectors alone: as [#seal], with a nonce that is given.
  byte[] sealWith(byte[] nonce, byte[] plain, byte[] associated) throws GeneralSecurityException {
    return cipher(Cipher.ENCRYPT_MODE, nonce, associated).doFinal(plain);
  }
}
