package valence.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.edn.Edn;
import valence.node.testing.Requests;
import valence.storage.place.Place;
import valence.testing.Fuzz;
import valence.wire.Format;

/// A whole node that is sent anything at all to each of its doors, and never says that it is its
/// own fault.
final class NodeFuzzTest {
  /// What ends the node, or waits as long as it is told.
  private static final Set<String> LEFT_OUT =
      Set.of("shutdown", "delete-database", "casts", "dev-casts", "sync", "sync-excise");

  private static final int SILENCE_MILLIS_MAX = 60_000;
  private static final int ANSWER_CHARS_MAX = 2_000;

  @TempDir
  private Path directory = Path.of("");

  private Node start(String name) {
    return Node.start(new NodeConfig(
        name, directory, new Place.Memory(name), "solo", "127.0.0.1", 0, 0, Duration.ofSeconds(5)));
  }

  @Test
  void operations() throws Exception {
    List<byte[]> asked = new ArrayList<>();
    try (Node node = start("fuzz-operations");
        Requests api = new Requests(node.apiPort())) {
      for (String[] each : OpenApiTest.ASKED) {
        if (LEFT_OUT.contains(each[0])) {
          continue;
        }
        api.send("POST", "/api/" + each[0], each[1], "content-type", "application/json");
        for (Format format : Format.values()) {
          byte[] body = format.encode(Format.JSON.decode(each[1].getBytes(UTF_8), Edn.DEPTH_MAX));
          asked.add(joined((each[0] + " " + format + "\n").getBytes(UTF_8), body));
        }
      }
      Fuzz fuzz = new Fuzz("operation", 600);
      fuzz.runBytes(asked, input -> fuzz.saw(operate(node.apiPort(), input)));
      assertThat(api.send("POST", "/api/status", "{}").statusCode()).isEqualTo(200);
    }
  }

  /// A line with the operation and the form of the body, then the body.
  private static String operate(int port, byte[] input) throws IOException {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    String[] words = new String(input, 0, end, ISO_8859_1).split(" ", -1);
    String operation = words[0].replaceAll("[^a-z-]", "");
    if (LEFT_OUT.contains(operation)) {
      return "";
    }
    Format format = Format.EDN;
    for (Format each : Format.values()) {
      format = words.length > 1 && each.name().equals(words[1]) ? each : format;
    }
    int length = Math.max(0, input.length - end - 1);
    String head = "POST /api/" + operation + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + "Content-Type: " + format.mediaType() + "\r\nContent-Length: " + length + "\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(ISO_8859_1));
    request.write(input, input.length - length, length);
    return operation + format + send(port, request.toByteArray());
  }

  @Test
  void requests() throws Exception {
    String close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    List<String> asked = List.of(
        "GET /live-queries?db-name=x&query=%5B%3Afind+%3Fe+%3Awhere+%5B%3Fe%5D%5D&args=%5B%5D"
            + "&timeout=1000" + close + "Last-Event-ID: 1-2\r\n\r\n",
        "GET /metrics" + close + "Accept: application/openmetrics-text;version=1.0.0\r\n\r\n",
        "GET /console/index.html?x=1" + close + "If-None-Match: \"x\"\r\n\r\n",
        "GET /health" + close + "traceparent: 00-" + "1".repeat(32) + "-" + "2".repeat(16)
            + "-01\r\ntracestate: a=b\r\nbaggage: c=d\r\n\r\n",
        "POST /2015-03-31/functions/solo-echo/invocations" + close
            + "X-Amz-Client-Context: e30=\r\n"
            + "X-Amz-Invocation-Type: Event\r\nContent-Length: 2\r\n\r\n{}",
        "PUT /artifacts/" + "0".repeat(64) + close + "Content-Length: 2\r\n\r\n{}",
        "POST /webhook/x" + close + "x-hub-signature-256: sha256=00\r\nContent-Length: 2\r\n\r\n{}",
        "POST /?Action=ListQueues" + close
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 17\r\n\r\n"
            + "Action=ListQueues",
        "POST /api/status" + close + "Content-Type: application/json; charset=utf-8\r\n"
            + "Accept: application/vnd.valence;q=1, */*\r\nAccept-Encoding: gzip\r\n"
            + "x-request-id: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2;x=y\r\n{}\r\n0\r\nx: y\r\n\r\n");
    try (Node node = start("fuzz-requests");
        Requests api = new Requests(node.apiPort())) {
      api.send("POST", "/api/create-database", "{:db-name \"x\"}");
      Fuzz ofNode = new Fuzz("node-request", 300);
      ofNode.run(asked, input -> ofNode.saw(send(node.apiPort(), input)));
      Fuzz ofWeb = new Fuzz("web-request", 200);
      ofWeb.run(asked, input -> ofWeb.saw(send(node.httpPort(), input)));
      assertThat(api.send("POST", "/api/status", "{}").statusCode()).isEqualTo(200);
    }
  }

  /// Sends bytes, and gives the beginning of what comes; a stream may go on for ever.
  private static String send(int port, byte[] request) throws IOException {
    StringBuilder answer = new StringBuilder();
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(SILENCE_MILLIS_MAX);
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      for (int c = in.read(); c >= 0 && answer.length() < ANSWER_CHARS_MAX; c = in.read()) {
        answer.append((char) c);
        if (c == '\n' && answer.indexOf("text/event-stream") > 0) {
          break;
        }
      }
    } catch (SocketException reset) {
      return ""; // a connection that is ended at once is an answer as well
    }
    assertThat(answer.toString()).doesNotStartWith("HTTP/1.1 500");
    int body = answer.indexOf("\r\n\r\n"); // headers have ids of their own
    return answer.substring(0, Math.min(12, answer.length()))
        + (body < 0 ? "" : answer.substring(body));
  }

  private static byte[] joined(byte[] head, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head);
    all.writeBytes(body);
    return all.toByteArray();
  }
}
