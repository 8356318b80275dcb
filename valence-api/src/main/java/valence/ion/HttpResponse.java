package valence.ion;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The answer of the application's HTTP handler.
///
/// @param body not to be changed afterwards
public record HttpResponse(int status, Map<String, String> headers, byte[] body) {
  public HttpResponse {
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException("HTTP status " + status + " isn't in 100 … 999");
    }
    headers = Map.copyOf(headers);
  }

  public static HttpResponse of(int status, String contentType, String body) {
    return new HttpResponse(
        status, Map.of("content-type", contentType), body.getBytes(StandardCharsets.UTF_8));
  }

  public static HttpResponse text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  public static HttpResponse json(int status, String body) {
    return of(status, "application/json", body);
  }

  public HttpResponse withHeader(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new HttpResponse(status, more, body);
  }
}
