package valence.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.HttpStatus;

/// A client of one node: calls its operations and uploads artifacts. Safe for many threads.
public final class NodeClient implements AutoCloseable {
  /// How long a node may take to accept a connection.
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// How long an answer may take. Above the node's own limit, so that its anomaly arrives first.
  public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);

  /// How long the upload of one artifact may take.
  public static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(10);

  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

  private final URI node;
  private final HttpClient http;

  private NodeClient(URI node, HttpClient http) {
    this.node = node;
    this.http = http;
  }

  /// A client of the node whose api port is at the address, such as `http://127.0.0.1:8182`.
  ///
  /// No connection is made before the first call.
  public static NodeClient connect(URI node) {
    if (!("http".equals(node.getScheme()) || "https".equals(node.getScheme()))
        || node.getHost() == null) {
      throw Anomaly.incorrect(
              "db.error/invalid-address",
              node + " isn't the address of a node.",
              "Expected one such as http://127.0.0.1:8182.")
          .toException();
    }
    return new NodeClient(
        node,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build());
  }

  /// The node's address.
  public URI node() {
    return node;
  }

  /// The value that the node answers to an operation of the protocol; its anomaly is thrown.
  ///
  /// A call with a `:timeout` (milliseconds) longer than usual is waited for accordingly.
  public @Nullable Object call(String operation, Map<?, ?> request) {
    HttpRequest post = HttpRequest.newBuilder(node.resolve("/api/" + operation))
        .header("content-type", EdnBody.MEDIA_TYPE)
        .timeout(patience(request))
        .POST(BodyPublishers.ofByteArray(EdnBody.encode(request)))
        .build();
    return switch (answer(send(post))) {
      case Answer.Success(var value) -> value;
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  /// Uploads an artifact.
  ///
  /// @param sha256 of the file's content, in lower-case hexadecimal
  /// @return true when it was new to the node's code store
  public boolean putArtifact(String sha256, Path file) {
    HttpRequest.BodyPublisher content;
    try {
      content = BodyPublishers.ofFile(file);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The artifact " + file + " can't be read.",
              "Check that the file is there.")
          .toException(e);
    }
    HttpResponse<byte[]> response =
        send(HttpRequest.newBuilder(node.resolve("/artifacts/" + sha256))
            .timeout(UPLOAD_TIMEOUT)
            .PUT(content)
            .build());
    return switch (answer(response)) {
      case Answer.Success _ -> response.statusCode() == 201;
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  /// Whether a node answers and serves; false while it starts or drains.
  public boolean healthy() {
    try {
      return send(HttpRequest.newBuilder(node.resolve("/health"))
                  .timeout(HEALTH_TIMEOUT)
                  .GET()
                  .build())
              .statusCode()
          == 200;
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.UNAVAILABLE) {
        return false;
      }
      throw e;
    }
  }

  /// Ends the client. Calls under way are waited for.
  @Override
  public void close() {
    http.close();
  }

  private static Duration patience(Map<?, ?> request) {
    if (request.get(clojure.lang.Keyword.intern("timeout")) instanceof Long millis
        && millis > 0
        && millis < Duration.ofDays(1).toMillis()) {
      Duration asked = Duration.ofMillis(millis).plus(Duration.ofSeconds(30));
      return asked.compareTo(ANSWER_TIMEOUT) > 0 ? asked : ANSWER_TIMEOUT;
    }
    return ANSWER_TIMEOUT;
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return http.send(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), EdnBody.BYTES_MAX));
    } catch (HttpConnectTimeoutException | ConnectException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "No node answers at " + node + "; start one with `valence up`.")
          .toException(e);
    } catch (HttpTimeoutException e) {
      throw unknown("didn't answer in time", e);
    } catch (IOException e) {
      throw unknown("broke the connection off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED,
              "The call was interrupted; whether the node did it is unknown.")
          .toException(e);
    }
  }

  private AnomalyException unknown(String how, IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The node at " + node + " " + how + "; whether it did what was asked is unknown.",
            "Look, or call again where that does no harm (a :request-id makes it harmless).")
        .toException(cause);
  }

  private Answer answer(HttpResponse<byte[]> response) {
    String type = response.headers().firstValue("content-type").orElse("");
    if (type.startsWith(EdnBody.MEDIA_TYPE)) {
      return Answer.decode(response.body());
    }
    return new Answer.Failure(Anomaly.of(
        HttpStatus.category(response.statusCode()),
        "What answers at " + node + " isn't the api of a Valence node: status "
            + response.statusCode() + (type.isEmpty() ? "." : ", " + type + "."),
        "Check the address and the port."));
  }
}
