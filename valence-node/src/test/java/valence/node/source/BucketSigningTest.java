package valence.node.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import valence.edn.Edn;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Origin;

/// A bucket's listing is signed as AWS' own SDK signs it.
final class BucketSigningTest {
  private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  private record Asked(URI uri, String host, Optional<String> authorization) {}

  private final Instant now = Instant.parse("2013-05-24T00:00:00Z");
  private final List<Asked> asked = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void open() throws Exception {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      asked.add(new Asked(
          exchange.getRequestURI(),
          exchange.getRequestHeaders().getFirst("host"),
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("authorization"))));
      String next = asked.size() == 1
          ? "<NextContinuationToken>1/a+b==&amp; c~*</NextContinuationToken>"
          : "";
      byte[] answer =
          ("<ListBucketResult>" + next + "</ListBucketResult>").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private Origin.Bucket bucket(String bucket, String prefix) {
    IonConfig config = IonConfig.parse("{:app-name \"a\" :sources {:b {:type :bucket :bucket "
        + Edn.print(bucket) + " :prefix " + Edn.print(prefix) + " :endpoint \"http://127.0.0.1:"
        + server.getAddress().getPort()
        + "\" :access-key \"" + KEY + "\" :secret-key-param \"secret\" :region \"eu-central-1\""
        + " :fn a.B/c}}}");
    return (Origin.Bucket) config.sources().get("b").origin();
  }

  private String signedByTheSdk(Asked request) {
    var signed = AwsV4HttpSigner.create()
        .sign(each -> each.identity(AwsCredentialsIdentity.create(KEY, SECRET))
            .request(SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create("http://" + request.host() + request.uri()))
                .build())
            .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
            .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1")
            .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
            .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
            .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)));
    return signed.request().firstMatchingHeader("Authorization").orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "in/", "in ü/+*~'()!@:,;=?#[]%41&x=y/", "日本/"})
  void eachPageIsSignedAsTheSdkSignsIt(String prefix) throws Exception {
    try (BucketListing listing = BucketListing.open(
        "b",
        bucket("my.prices-1", prefix),
        name -> Optional.of(SECRET),
        Clock.fixed(now, ZoneOffset.UTC))) {
      listing.all("my.prices-1", prefix, each -> {});
    }
    assertThat(asked).hasSize(2);
    for (Asked request : asked) {
      assertThat(request.authorization()).contains(signedByTheSdk(request));
    }
  }
}
