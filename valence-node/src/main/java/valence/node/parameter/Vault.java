package valence.node.parameter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.storage.encryption.KeyFile;

/// Seals secrets. Safe for many threads.
///
/// Its data key is made with the first secret, and so is the key file, where the storage has none.
public final class Vault {
  private static final String NAME = "parameters";
  private static final byte FORMAT = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Connection control;
  private final Path keyFile;
  private @Nullable SecretKeySpec key; // guarded by this

  /// @param keyFile of master keys; made when it isn't there and the first secret is set
  public Vault(Connection control, Path keyFile) {
    this.control = control;
    this.keyFile = keyFile;
  }

  /// The seal of a text, as text.
  String seal(String path, String secret) {
    byte[] nonce = random(NONCE_BYTES);
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key(true), nonce, path, secret.getBytes(UTF_8))
        .orElseThrow();
    ByteBuffer bytes = ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length);
    return Base64.getEncoder()
        .encodeToString(bytes.put(FORMAT).put(nonce).put(sealed).array());
  }

  /// The text that was sealed for a path; `forbidden` when the key is another or missing.
  String open(String path, String seal) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(seal));
    if (bytes.remaining() > 1 + NONCE_BYTES && bytes.get() == FORMAT) {
      byte[] nonce = new byte[NONCE_BYTES];
      bytes.get(nonce);
      byte[] sealed = new byte[bytes.remaining()];
      bytes.get(sealed);
      Optional<byte[]> plain = crypt(Cipher.DECRYPT_MODE, key(false), nonce, path, sealed);
      if (plain.isPresent()) {
        return new String(plain.get(), UTF_8);
      }
    }
    throw Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "The secret " + path + " can't be opened by the key in " + keyFile + ".",
            "Put the key file back that it was set with, or set it anew.")
        .toException();
  }

  private synchronized SecretKeySpec key(boolean making) {
    if (key == null) {
      Object id = List.of(kw("secret-key/name"), NAME);
      Map<Object, Object> kept =
          control.sync().pull(List.of(kw("secret-key/master"), kw("secret-key/wrapped")), id);
      if (kept.get(kw("secret-key/wrapped")) instanceof String wrapped
          && kept.get(kw("secret-key/master")) instanceof String master) {
        key = new SecretKeySpec(
            KeyFile.read(keyFile)
                .unwrap(master, Base64.getDecoder().decode(wrapped), NAME.getBytes(UTF_8)),
            "AES");
      } else if (making) {
        key = make();
      } else {
        throw Anomaly.fault("There are secrets, and no key that sealed them.").toException();
      }
    }
    return key;
  }

  private SecretKeySpec make() {
    if (!Files.exists(keyFile)) {
      try {
        Files.createDirectories(keyFile.toAbsolutePath().getParent());
      } catch (IOException e) {
        throw unmade(e);
      }
      KeyFile.generate(keyFile);
    }
    KeyFile masters = KeyFile.read(keyFile);
    byte[] made = random(KEY_BYTES);
    String master = masters.newestKeyId();
    control.transact(List.of(Map.of(
        kw("secret-key/name"),
        NAME,
        kw("secret-key/master"),
        master,
        kw("secret-key/wrapped"),
        Base64.getEncoder().encodeToString(masters.wrap(master, made, NAME.getBytes(UTF_8))))));
    return new SecretKeySpec(made, "AES");
  }

  private AnomalyException unmade(IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The key file " + keyFile + " couldn't be made: " + cause + ".",
            "Check its folder, then try again.")
        .toException(cause);
  }

  /// Empty when what is opened was sealed otherwise.
  private static Optional<byte[]> crypt(
      int mode, SecretKeySpec key, byte[] nonce, String path, byte[] bytes) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(path.getBytes(UTF_8));
      return Optional.of(cipher.doFinal(bytes));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has AES-GCM", e);
    }
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
