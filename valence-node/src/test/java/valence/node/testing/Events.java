package valence.node.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads server-sent events as a browser does.
public final class Events implements AutoCloseable {
  /// @param data its lines, with line breaks between
  public record Event(String name, String id, String data) {}

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpResponse<InputStream> response;
  private final BufferedReader lines;

  private Events(HttpRequest request) throws IOException, InterruptedException {
    response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /// Asks a port of this machine; returns when the answer has begun.
  ///
  /// @param body    empty to ask with GET
  /// @param headers names and values, in turns
  public static Events of(int port, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (!body.isEmpty()) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new Events(request.build());
  }

  public HttpResponse<InputStream> response() {
    return response;
  }

  /// The next event, comments left out; empty at the end of the stream.
  public Optional<Event> next() throws IOException {
    String name = "message";
    String id = "";
    StringBuilder data = new StringBuilder();
    boolean begun = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (begun) {
          return Optional.of(new Event(name, id, data.toString()));
        }
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("data: ")) {
        data.append(begun ? "\n" : "").append(line.substring(6));
        begun = true;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    response.body().close();
    http.shutdownNow();
    http.close();
  }
}
