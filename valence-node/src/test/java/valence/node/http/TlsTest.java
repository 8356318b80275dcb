package valence.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeAddress;
import valence.client.NodeClient;
import valence.client.Trust;
import valence.node.access.TestAccess;
import valence.node.testing.SocksProxy;
import valence.wire.Answer;
import valence.wire.EdnBody;

/// Doors with TLS, and the clients that trust them or don't.
final class TlsTest {
  /// What a client sends for a map without entries: two of a head, the kind and the count.
  private static final long BODY_BYTES = 4;

  @TempDir
  Path directory;

  private String fingerprint;
  private Tls tls;

  @BeforeEach
  void make() {
    fingerprint = TestAccess.certificate(directory);
    tls = new Tls.Pem(directory.resolve("certificate.pem"), directory.resolve("key.pem"));
  }

  private static Door open(Tls tls) {
    return open(tls, Patience.DEFAULT);
  }

  private static Door open(Tls tls, Patience patience) {
    return Door.open(
        "test",
        "127.0.0.1",
        0,
        Duration.ofSeconds(20),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        tls,
        patience,
        exchange -> Reply.of(
            200,
            EdnBody.MEDIA_TYPE,
            new Answer.Success((long) exchange.body(10_000_000).length).encode()));
  }

  private static URI uri(Door door, String scheme, String host) {
    return URI.create(scheme + "://" + host + ":" + door.port());
  }

  private static Object call(NodeAddress address) {
    try (NodeClient client = NodeClient.connect(address)) {
      return client.call("x", Map.of());
    }
  }

  private static void assertUntrusted(NodeAddress address) {
    assertThatThrownBy(() -> call(address))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.FORBIDDEN))
        .hasMessageContaining("isn't trusted");
  }

  @Test
  void aClientTrustsAFingerprintOrAFileAndNothingElse() {
    try (Door door = open(tls)) {
      NodeAddress plain = NodeAddress.of(uri(door, "https", "127.0.0.1"));
      assertThat(call(plain.trusting(Trust.of(fingerprint)))).isEqualTo(BODY_BYTES);
      Trust file = Trust.of(directory.resolve("certificate.pem").toString());
      assertThat(call(plain.trusting(file))).isEqualTo(BODY_BYTES);
      assertThat(call(NodeAddress.of(uri(door, "https", "localhost")).trusting(file)))
          .isEqualTo(BODY_BYTES);
      assertUntrusted(plain);
      assertUntrusted(plain.trusting(Trust.of("sha256:" + "0".repeat(64))));
      TestAccess.certificate(directory); // another one
      assertUntrusted(
          plain.trusting(Trust.of(directory.resolve("certificate.pem").toString())));
    }
  }

  @Test
  void aRenewedCertificateIsUsedWithoutARestart() {
    Duration often = Duration.ofSeconds(1);
    try (Door door = open(tls, new Patience(often, often, Duration.ofSeconds(10), 1_024))) {
      NodeAddress plain = NodeAddress.of(uri(door, "https", "127.0.0.1"));
      assertThat(isTrusted(plain.trusting(Trust.of(fingerprint)))).isTrue();
      NodeAddress renewed = plain.trusting(Trust.of(TestAccess.certificate(directory)));
      while (!isTrusted(renewed)) {
        Thread.onSpinWait(); // until the door has looked
      }
      assertUntrusted(plain.trusting(Trust.of(fingerprint)));
    }
  }

  private static boolean isTrusted(NodeAddress address) {
    try {
      return call(address) != null;
    } catch (AnomalyException e) {
      return false;
    }
  }

  @Test
  void bothVersionsOfHttpAreSpokenWithAndWithoutTls() throws Exception {
    for (Tls each : java.util.List.of(tls, new Tls.None())) {
      try (Door door = open(each);
          HttpClient http = HttpClient.newBuilder()
              .sslContext(Trust.of(fingerprint).context())
              .build()) {
        URI uri = uri(door, each.isOn() ? "https" : "http", "localhost");
        for (HttpClient.Version version : HttpClient.Version.values()) {
          if (version.name().equals("HTTP_3")) {
            continue;
          }
          // Without TLS the JDK asks to go on in HTTP/2, which a server may decline for a long
          // body.
          int length = each.isOn() ? 100_000 : 0;
          HttpResponse<String> answer = http.send(
              HttpRequest.newBuilder(uri)
                  .version(version)
                  .method(
                      length == 0 ? "GET" : "POST",
                      HttpRequest.BodyPublishers.ofString("x".repeat(length)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
          assertThat(answer.body()).isEqualTo("{:ok " + length + "}");
          assertThat(answer.version()).isEqualTo(version);
        }
      }
    }
  }

  @Test
  void aKeyStoreServesAsWell() throws Exception {
    char[] password = "a password".toCharArray();
    Tls.Identity identity = tls.identity();
    Path file = directory.resolve("own.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "any",
          identity.keys().getKey("valence", identity.password()),
          password,
          identity.keys().getCertificateChain("valence"));
      store.store(out, password);
    }
    try (Door door = open(new Tls.Store(file, password))) {
      assertThat(
              call(NodeAddress.of(uri(door, "https", "127.0.0.1")).trusting(Trust.of(fingerprint))))
          .isEqualTo(BODY_BYTES);
    }
    assertThatThrownBy(() -> new Tls.Store(file, "wrong".toCharArray()).identity())
        .hasMessageContaining("VALENCE_TLS_PASSWORD")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void filesThatDontFitAreRefusedBeforeAnythingListens() throws Exception {
    Path other = directory.resolve("other");
    TestAccess.certificate(other);
    assertThatThrownBy(() ->
            new Tls.Pem(directory.resolve("certificate.pem"), other.resolve("key.pem")).identity())
        .hasMessageContaining("isn't that of the certificate");
    Path old = directory.resolve("old.pem");
    Files.writeString(
        old, Files.readString(other.resolve("key.pem")).replace("PRIVATE", "EC PRIVATE"));
    assertThatThrownBy(() -> new Tls.Pem(directory.resolve("certificate.pem"), old).identity())
        .hasMessageContaining("openssl pkcs8 -topk8");
    assertThatThrownBy(() -> new Tls.Pem(old, old).identity()).isInstanceOf(AnomalyException.class);
    assertThatThrownBy(() -> new Tls.Pem(directory.resolve("none"), old).identity())
        .isInstanceOf(AnomalyException.class);
  }

  @Test
  void aClientGoesThroughAProxyWhenToldTo() throws Exception {
    for (Tls each : java.util.List.of(tls, new Tls.None())) {
      try (Door door = open(each);
          SocksProxy proxy = new SocksProxy()) {
        URI uri = uri(door, each.isOn() ? "https" : "http", "localhost");
        var address = new NodeAddress(uri, null, Trust.of(fingerprint), proxy.address());
        assertThat(call(address)).isEqualTo(BODY_BYTES);
        assertThat(proxy.connections()).isEqualTo(1);
        if (each.isOn()) {
          assertUntrusted(address.trusting(new Trust.Authorities()));
        }
      }
    }
  }

  @Test
  void aProxyThatIsntThereIsUnavailable() throws Exception {
    try (Door door = open(new Tls.None())) {
      java.net.InetSocketAddress gone;
      try (SocksProxy proxy = new SocksProxy()) {
        gone = proxy.address();
      }
      assertThatThrownBy(() -> call(
              new NodeAddress(uri(door, "http", "127.0.0.1"), null, new Trust.Authorities(), gone)))
          .isInstanceOfSatisfying(
              AnomalyException.class,
              e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.UNAVAILABLE));
    }
  }
}
