package valence.wire.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.wire.Fields;

/// What a client signs its requests with.
///
/// @param id     tells the node which key it was; no secret
/// @param secret 32 random bytes in base64url, known to the client alone
public record AccessKey(String id, String secret) {
  /// What an id looks like.
  public static final Pattern ID = Pattern.compile("VK[0-9A-F]{20}");

  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final String PURPOSE = "valence-access-1:";
  private static final int ID_BYTES = 10;
  private static final int SECRET_BYTES = 32;

  public AccessKey {
    if (!ID.matcher(id).matches()) {
      throw Anomaly.incorrect(
              "access.error/invalid-key",
              "An access key's :id isn't one.",
              "Expected VK and 20 digits or letters A to F, as `valence access create` tells it.")
          .toException();
    }
    if (!SECRET.matcher(secret).matches()) {
      throw Anomaly.incorrect(
              "access.error/invalid-key",
              "The :secret of access key " + id + " isn't one.",
              "Expected 43 letters, digits, - and _, as `valence access create` tells them.")
          .toException();
    }
  }

  /// A new key.
  public static AccessKey random() {
    var random = new SecureRandom();
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    return new AccessKey(
        "VK" + HexFormat.of().withUpperCase().formatHex(id),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  /// The key in a map `{:id … :secret …}`.
  public static AccessKey of(Map<?, ?> map) {
    Fields fields = Fields.of(":access-key", map);
    if (!(fields.value("secret") instanceof String secret)) {
      // Said without the value, which would be the secret in another form.
      throw Anomaly.incorrect("access.error/invalid-key", ":access-key has no text :secret.")
          .toException();
    }
    return new AccessKey(fields.text("id"), secret);
  }

  /// What signatures are computed with: HMAC-SHA256 of the id under the secret. The node keeps this
  /// alone, so that no secret can be read from it.
  public byte[] signingKey() {
    return Signature.hmac(secret.getBytes(US_ASCII), (PURPOSE + id).getBytes(US_ASCII));
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "AccessKey[" + id + "]";
  }
}
