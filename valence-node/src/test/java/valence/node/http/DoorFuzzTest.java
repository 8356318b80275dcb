package valence.node.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.node.testing.Requests;
import valence.testing.Fuzz;
import valence.wire.HttpStatus;

/// A door that is sent anything at all over real sockets, and goes on.
final class DoorFuzzTest {
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20), 1);

  @Test
  void requests() throws Exception {
    try (Door door = Door.open(
            "fuzz",
            "127.0.0.1",
            0,
            Duration.ofSeconds(20),
            new BodyBudget(1 << 20, Duration.ofSeconds(20)),
            new Tls.None(),
            PATIENCE,
            DoorFuzzTest::read);
        var requests = new Requests(door.port())) {
      Fuzz fuzz = new Fuzz("http", 300);
      fuzz.run(
          List.of(
              "POST /api/q HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                  + "Connection: close\r\n\r\n{}",
              "POST /api/q HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                  + "Connection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
              "GET /health?a=b%20c HTTP/1.1\r\nHost: x\r\nauthorization: valence-hmac-sha256 "
                  + "key=x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
          input -> fuzz.saw(send(door, input)));
      assertThat(requests.send("POST", "/", "abc").body()).isEqualTo("3");
    }
  }

  private static String send(Door door, byte[] input) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", door.port())) {
      socket.setSoTimeout(20_000);
      try {
        socket.getOutputStream().write(input);
        socket.shutdownOutput();
        byte[] answer = socket.getInputStream().readNBytes(100_000);
        assertThat(answer.length).isLessThan(100_000);
        String text = new String(answer, ISO_8859_1);
        return text.replaceAll("(?i)(date|x-request-id|etag):.*", "");
      } catch (java.net.SocketException reset) {
        return ""; // a connection that is ended at once is an answer as well
      }
    }
  }

  private static Reply read(Exchange exchange) {
    exchange.headers();
    try {
      return Reply.text(200, String.valueOf(exchange.body(10_000).length));
    } catch (AnomalyException e) {
      return Reply.text(HttpStatus.of(e.anomaly()), e.anomaly().message());
    }
  }
}
