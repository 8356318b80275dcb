package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import valence.wire.ion.Origin.Webhook;

/// Whether a request was signed with a secret, HMAC-SHA256 over the bytes of its body as they came.
///
/// Signatures are compared in constant time.
record WebhookSignature(Webhook webhook, String secret) {
  private static final String GITHUB = "x-hub-signature-256";
  private static final String STRIPE = "stripe-signature";
  private static final String SHA256 = "sha256=";
  private static final int PARTS_MAX = 100;

  /// Why a request isn't taken; empty when it is.
  Optional<String> refusal(Map<String, String> headers, byte[] body, Clock clock) {
    String header = header();
    String given = headers.getOrDefault(header, "").strip();
    if (given.isEmpty()) {
      return Optional.of("The header " + header + " is missing.");
    }
    return switch (webhook.scheme()) {
      case GITHUB ->
        given.startsWith(SHA256) && is(given.substring(SHA256.length()), hmac(body))
            ? Optional.empty()
            : wrong();
      case HEADER ->
        is(given.startsWith(SHA256) ? given.substring(SHA256.length()) : given, hmac(body))
            ? Optional.empty()
            : wrong();
      case STRIPE -> stripe(given, body, clock);
    };
  }

  String header() {
    if (!webhook.header().isEmpty()) {
      return webhook.header();
    }
    return webhook.scheme() == Webhook.Scheme.STRIPE ? STRIPE : GITHUB;
  }

  private Optional<String> stripe(String given, byte[] body, Clock clock) {
    String time = "";
    List<String> signatures = new ArrayList<>();
    for (String part : given.split(",", PARTS_MAX)) {
      String stripped = part.strip();
      if (stripped.startsWith("t=")) {
        time = stripped.substring(2);
      } else if (stripped.startsWith("v1=")) {
        signatures.add(stripped.substring(3));
      }
    }
    if (!time.matches("[0-9]{1,12}")) {
      return wrong();
    }
    byte[] expected = hmac((time + ".").getBytes(UTF_8), body);
    if (signatures.stream().noneMatch(signature -> is(signature, expected))) {
      return wrong();
    }
    long age = Math.abs(clock.instant().getEpochSecond() - Long.parseLong(time));
    return age <= webhook.toleranceSecs()
        ? Optional.empty()
        : Optional.of("The signature is " + age + " s old, or of the future.");
  }

  private static Optional<String> wrong() {
    return Optional.of("The signature doesn't hold.");
  }

  private static boolean is(String given, byte[] expected) {
    byte[] bytes;
    try {
      bytes = given.matches("[0-9a-fA-F]{64}")
          ? HexFormat.of().parseHex(given)
          : Base64.getDecoder().decode(given);
    } catch (IllegalArgumentException e) { // neither hexadecimal nor Base64
      return false;
    }
    return MessageDigest.isEqual(bytes, expected);
  }

  private byte[] hmac(byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("each JDK has HMAC-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "WebhookSignature[" + webhook.scheme() + "]"; // without the secret
  }
}
