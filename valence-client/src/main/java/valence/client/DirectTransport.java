package valence.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// The client of the JDK, which starts fast. It passes SOCKS proxies by.
final class DirectTransport implements Transport {
  private final HttpClient http;

  DirectTransport(boolean secure, Trust trust, Duration connectTimeout) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(connectTimeout);
    if (secure) {
      builder.version(HttpClient.Version.HTTP_2).sslContext(trust.context());
    } else {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    this.http = builder.build();
  }

  @Override
  public Received send(Sent sent, int answerBytesMax) throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content = switch (sent.content()) {
      case Content.Bytes(byte[] bytes) -> BodyPublishers.ofByteArray(bytes);
      case Content.OfFile(var file) -> BodyPublishers.ofFile(file);
    };
    HttpResponse<byte[]> response = http.send(
        request(sent, content), BodyHandlers.limiting(BodyHandlers.ofByteArray(), answerBytesMax));
    Map<String, String> headers = new LinkedHashMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
    return new Received(response.statusCode(), headers, response.body());
  }

  @Override
  public void post(Sent sent) {
    if (sent.content() instanceof Content.Bytes(byte[] bytes)) {
      var _ = http.sendAsync(
          request(sent, BodyPublishers.ofByteArray(bytes)), BodyHandlers.discarding());
    }
  }

  private static HttpRequest request(Sent sent, HttpRequest.BodyPublisher content) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(sent.uri()).timeout(sent.timeout()).method(sent.method(), content);
    sent.headers().forEach(request::header);
    return request.build();
  }

  @Override
  public void close() {
    http.close();
  }
}
