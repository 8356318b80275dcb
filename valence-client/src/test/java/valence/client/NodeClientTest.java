package valence.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.HttpStatus;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

final class NodeClientTest {
  @Test
  void valuesAndAnomaliesComeBack() throws IOException {
    var answer = new Answer.Failure(Anomaly.incorrect("db.error/x", "Wrong."));
    try (var one = answering(200, EdnBody.MEDIA_TYPE, new Answer.Success(List.of(1L)).encode());
        var other = answering(answer.status(), EdnBody.MEDIA_TYPE, answer.encode())) {
      assertThat(one.client().call("x", Map.of())).isEqualTo(List.of(1L));
      assertThat(one.client().healthy()).isTrue();
      assertThatThrownBy(() -> other.client().call("x", Map.of()))
          .isInstanceOfSatisfying(
              AnomalyException.class,
              e -> assertThat(e.anomaly().toMap()).isEqualTo(answer.anomaly().toMap()));
      assertThat(other.client().healthy()).isFalse();
    }
  }

  @Test
  void whatIsNoNodeIsSaidToBeNone() throws IOException {
    try (var site = answering(200, "text/html", new byte[] {'x'})) {
      assertThatThrownBy(() -> site.client().call("x", Map.of()))
          .hasMessageContaining("isn't the api of a Valence node: status 200, text/html");
    }
    URI gone;
    try (var closed = answering(200, "text/html", new byte[0])) {
      gone = closed.client().node();
    }
    try (var client = NodeClient.connect(gone)) {
      assertThat(client.healthy()).isFalse();
      assertThatThrownBy(() -> client.call("x", Map.of()))
          .hasMessage("No node answers at " + gone + "; start one with `valence up`.");
    }
    assertThatThrownBy(() -> NodeClient.connect(URI.create("file:///x")))
        .hasMessageContaining("isn't the address of a node");
  }

  @Test
  void aRefusedTimeIsSignedAnewByTheNodesClock() throws IOException {
    long offset = 3_600_000;
    List<Long> times = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      String header = exchange.getRequestHeaders().getFirst(Signature.HEADER);
      Signature signature = Signature.parse(header).orElseThrow();
      assertThat(signature.bodySha256()).isEqualTo(Signature.sha256(sent));
      times.add(signature.timeMillis());
      Answer answer = times.size() == 1
          ? new Answer.Failure(Anomaly.of(Anomaly.Category.FORBIDDEN, "Another time.")
              .withError(HttpStatus.UNAUTHENTICATED)
              .with(Keyword.intern("access", "node-time"), System.currentTimeMillis() + offset))
          : new Answer.Success(true);
      byte[] body = answer.encode();
      exchange.getResponseHeaders().set("content-type", EdnBody.MEDIA_TYPE);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    var address = new NodeAddress(uri, AccessKey.random(), new Trust.Authorities(), null);
    try (NodeClient client = NodeClient.connect(address)) {
      assertThat(client.call("x", Map.of())).isEqualTo(true);
      assertThat(client.call("x", Map.of())).isEqualTo(true);
    } finally {
      server.stop(0);
    }
    assertThat(times).hasSize(3);
    assertThat(times.get(1) - times.get(0)).isBetween(offset - 60_000, offset + 60_000);
    assertThat(times.get(2)).isGreaterThanOrEqualTo(times.get(1));
  }

  @Test
  void aProfileIsReadAsItWasWrittenAndByItsOwnerAlone(@TempDir Path directory) throws IOException {
    AccessKey key = AccessKey.random();
    Path file = directory.resolve("profile.edn");
    Profile.write(
        file,
        Map.of(
            kw("endpoint"),
            "https://db.example.org:8182",
            kw("trust"),
            "sha256:" + "0".repeat(64),
            kw("socks-proxy"),
            "127.0.0.1:1080",
            kw("access-key"),
            Map.of(kw("id"), key.id(), kw("secret"), key.secret())));
    NodeAddress address = NodeAddress.of(Map.of(kw("profile"), file.toString()));
    assertThat(address.key()).isEqualTo(key);
    assertThat(address.toString()).doesNotContain(key.secret());
    assertThat(address.socksProxy())
        .isEqualTo(InetSocketAddress.createUnresolved("127.0.0.1", 1080));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> Profile.read(file)).hasMessageContaining("chmod 600");
    assertThatThrownBy(
            () -> NodeAddress.of(Map.of(kw("endpoint"), "http://x", kw("socks-proxy"), "nowhere")))
        .hasMessageContaining("a host and a port");
  }

  @Test
  void anArtifactThatIsntThereIsNamed() throws IOException {
    try (var node = answering(200, EdnBody.MEDIA_TYPE, new Answer.Success(false).encode())) {
      assertThatThrownBy(() -> node.client().putArtifact("0".repeat(64), Path.of("no-such.jar")))
          .hasMessageContaining("no-such.jar can't be read");
    }
  }

  /// A server that always answers the same, and a client of it.
  private record Answering(HttpServer server, NodeClient client) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
      server.stop(0);
    }
  }

  private static Answering answering(int status, String contentType, byte[] body)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("content-type", contentType);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Answering(server, NodeClient.connect(address));
  }
}
