package valence.tools.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import valence.api.Anomaly;

/// Requests to the application, shown as curl would send them.
final class Http {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;

  private Http() {}

  static String get(URI uri, List<String> says) {
    says.add("curl " + uri);
    return send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), says);
  }

  static String post(URI uri, String body, List<String> says) {
    says.add("curl -d '" + body + "' " + uri);
    HttpRequest request = HttpRequest.newBuilder(uri)
        .timeout(TIMEOUT)
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
    return send(request, says);
  }

  private static String send(HttpRequest request, List<String> says) {
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      says.add("  " + response.statusCode() + " " + response.body());
      if (response.statusCode() != OK) {
        throw Anomaly.fault(request.uri() + " answered " + response.statusCode() + ".")
            .toException();
      }
      return response.body();
    } catch (IOException e) {
      throw Anomaly.of(Anomaly.Category.UNAVAILABLE, request.uri() + " didn't answer: " + e + ".")
          .toException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The quickstart was interrupted.")
          .toException(e);
    }
  }
}
