package valence.wire.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;

final class SignatureTest {
  private static final AccessKey KEY =
      new AccessKey("VK0123456789ABCDEF0123", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  private static final String BODY = Signature.sha256("{}".getBytes(UTF_8));

  private static Signature signed() {
    return Signature.of(KEY, 1_700_000_000_000L, "POST", "/api/q", "", BODY);
  }

  @Test
  void theCanonicalFormIsTheOneOfThePage() {
    var signature = new Signature(KEY.id(), 1_700_000_000_000L, "0".repeat(32), BODY, "");
    assertThat(signature.canonical("POST", "/api/q", "a=b")).isEqualTo("""
        valence-hmac-sha256
        VK0123456789ABCDEF0123
        1700000000000
        00000000000000000000000000000000
        POST
        /api/q
        a=b
        44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
        """);
    // So that no other version of the code signs differently without being noticed.
    assertThat(HexFormat.of().formatHex(KEY.signingKey()))
        .isEqualTo("fddf5868f20375b54820f2c4b08f9022ee7360bd5b53a4120f3f8586db23ca59");
  }

  @Test
  void aSignatureHoldsForItsRequestAlone() {
    Signature signature = Signature.parse(signed().header()).orElseThrow();
    byte[] key = KEY.signingKey();
    assertThat(signature.signs(key, "POST", "/api/q", "")).isTrue();
    assertThat(signature.signs(key, "GET", "/api/q", "")).isFalse();
    assertThat(signature.signs(key, "POST", "/api/pull", "")).isFalse();
    assertThat(signature.signs(key, "POST", "/api/q", "x")).isFalse();
    assertThat(signature.signs(AccessKey.random().signingKey(), "POST", "/api/q", ""))
        .isFalse();
    String header = signature.header();
    for (int i = header.indexOf("time="); i < header.length(); i++) {
      char other = header.charAt(i) == '1' ? '2' : '1';
      String changed = header.substring(0, i) + other + header.substring(i + 1);
      assertThat(Signature.parse(changed).filter(each -> each.signs(key, "POST", "/api/q", "")))
          .as(changed)
          .isEmpty();
    }
  }

  @Test
  void noTwoSignaturesOfARequestAreTheSame() {
    assertThat(signed().mac()).isNotEqualTo(signed().mac());
  }

  @Test
  void aHeaderOfAnotherFormIsNone() {
    String header = signed().header();
    assertThat(Signature.parse(header)).isPresent();
    assertThat(Signature.parse("")).isEmpty();
    assertThat(Signature.parse("Basic dXNlcjpwYXNz")).isEmpty();
    assertThat(Signature.parse(header + "0")).isEmpty();
    assertThat(Signature.parse(header.toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThat(Signature.parse(" ".repeat(100_000) + header)).isEmpty();
  }

  @Test
  void aSecretIsInNoTextAndInNoMessage() {
    assertThat(KEY.toString()).doesNotContain(KEY.secret());
    assertThat(signed().header()).doesNotContain(KEY.secret());
    assertThatThrownBy(() -> new AccessKey(KEY.id(), KEY.secret() + "!"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageNotContaining(KEY.secret());
    assertThatThrownBy(() -> AccessKey.of(Map.of(valence.api.Valence.kw("secret"), 1234567L)))
        .isInstanceOf(AnomalyException.class)
        .hasMessageNotContaining("1234567");
  }
}
