package valence.storage.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import valence.engine.store.BlobId;

class XaesTest {
  private static byte[] filled(int value) {
    byte[] key = new byte[Xaes.KEY_BYTES];
    Arrays.fill(key, (byte) value);
    return key;
  }

  private static String sealed(int key, String associated) throws GeneralSecurityException {
    byte[] nonce = "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(US_ASCII);
    byte[] plain = "XAES-256-GCM".getBytes(US_ASCII);
    byte[] sealed = new Xaes(filled(key)).sealWith(nonce, plain, associated.getBytes(US_ASCII));
    return HexFormat.of().formatHex(sealed);
  }

  /// Of the specification; the subkey is doubled without and with a carry.
  @Test
  void theVectorsOfTheSpecificationHold() throws GeneralSecurityException {
    assertThat(sealed(1, "")).isEqualTo("ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
    assertThat(sealed(3, "c2sp.org/XAES-256-GCM"))
        .isEqualTo("986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
  }

  @Test
  void whatIsSealedTwiceDiffersAndOpens() {
    Xaes key = new Xaes(filled(1));
    byte[] plain = "plain".getBytes(US_ASCII);
    byte[] place = {1};
    byte[] first = key.seal(new byte[3], plain, 0, plain.length, place);
    assertThat(key.seal(new byte[3], plain, 0, plain.length, place)).isNotEqualTo(first);
    assertThat(key.open(first, 3, place)).contains(plain);
    assertThat(key.open(first, 3, new byte[] {2})).isEmpty();
    assertThat(key.open(Arrays.copyOf(first, 20), 3, place)).isEmpty();
    assertThat(new Xaes(filled(2)).open(first, 3, place)).isEmpty();
  }

  @Test
  void aHiddenNameIsShownByItsKeyAlone() {
    BlobNames names = new BlobNames(filled(1));
    for (int i = 0; i < 100; i++) {
      BlobId id = BlobId.of(java.nio.ByteBuffer.wrap(new byte[] {(byte) i}));
      BlobId hidden = names.hidden(id);
      assertThat(hidden).isNotEqualTo(id);
      assertThat(names.shown(hidden)).isEqualTo(id);
      assertThat(new BlobNames(filled(2)).shown(hidden)).isNotEqualTo(id);
    }
  }
}
