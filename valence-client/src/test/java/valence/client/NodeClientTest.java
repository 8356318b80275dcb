package valence.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Answer;
import valence.wire.EdnBody;

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
