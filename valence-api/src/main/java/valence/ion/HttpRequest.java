package valence.ion;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A request to the application's HTTP handler.
///
/// @param method  in upper case, such as `GET`
/// @param path    decoded, begins with `/`
/// @param query   the raw query string, empty when there is none
/// @param headers names in lower case; several values of one name joined by `, `
/// @param body    empty when there is none; not to be changed
/// @param remoteAddress the caller's host
public record HttpRequest(
    String method,
    String path,
    String query,
    Map<String, String> headers,
    byte[] body,
    String remoteAddress) {
  public HttpRequest {
    headers = Map.copyOf(headers);
  }

  public String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// The first value of a query parameter, decoded.
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters().get(name));
  }

  /// The query parameters by name, decoded; of several values of one name the first.
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.putIfAbsent(decode(name), decode(value));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
