package valence.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The client of the JDK, which starts fast. It passes SOCKS proxies by.
final class DirectTransport implements Transport {
  private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

  private final HttpClient http;
  private final HttpClient.Version version;

  DirectTransport(boolean secure, Trust trust, Duration connectTimeout) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(connectTimeout);
    this.version = secure ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
    if (secure) {
      builder.sslContext(trust.context());
    }
    this.http = builder.build();
  }

  @Override
  public Received send(Sent sent, int answerBytesMax) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        await(sent, version, BodyHandlers.limiting(BodyHandlers.ofByteArray(), answerBytesMax));
    return new Received(response.statusCode(), headers(response), response.body());
  }

  @Override
  public Opened open(Sent sent) throws IOException, InterruptedException {
    return opened(sent, version);
  }

  @Override
  public Opened listen(Sent sent) throws IOException, InterruptedException {
    // In HTTP/2 it would share a connection: its window, and how many answers there may be at once.
    return opened(sent, HttpClient.Version.HTTP_1_1);
  }

  private Opened opened(Sent sent, HttpClient.Version over)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response = await(sent, over, BodyHandlers.ofInputStream());
    return new Opened(response.statusCode(), headers(response), response.body());
  }

  /// The library's own limit of time ends with the header.
  private <T> HttpResponse<T> await(
      Sent sent, HttpClient.Version over, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content = switch (sent.content()) {
      case Content.Bytes(byte[] bytes) -> BodyPublishers.ofByteArray(bytes);
      case Content.OfFile(var file) -> BodyPublishers.ofFile(file);
    };
    CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request(sent, over, content), body);
    try {
      return answer.get(sent.timeout().toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      HttpTimeoutException late = new HttpTimeoutException("no whole answer in time");
      late.initCause(e);
      throw late;
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static Map<String, String> headers(HttpResponse<?> response) {
    Map<String, String> headers = new LinkedHashMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
    return headers;
  }

  @Override
  public void post(Sent sent) {
    if (sent.content() instanceof Content.Bytes(byte[] bytes)) {
      var _ = http.sendAsync(
          request(sent, version, BodyPublishers.ofByteArray(bytes)), BodyHandlers.discarding());
    }
  }

  private static HttpRequest request(
      Sent sent, HttpClient.Version over, HttpRequest.BodyPublisher content) {
    HttpRequest.Builder request = HttpRequest.newBuilder(sent.uri())
        .version(over)
        .timeout(sent.timeout())
        .method(sent.method(), content);
    sent.headers().forEach(request::header);
    return request.build();
  }

  /// Ends what is under way, such as answers that nobody has read to their end, after a moment for
  /// what was posted last.
  @Override
  public void close() {
    http.shutdown();
    try {
      if (!http.awaitTermination(CLOSE_MAX)) {
        http.shutdownNow();
      }
    } catch (InterruptedException e) {
      http.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
