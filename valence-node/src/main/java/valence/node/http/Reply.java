package valence.node.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The answer to one request.
///
/// @param headers by name; a value of several lines is as many headers; the length of the body is
///     added by the door
/// @param body    owned by the reply
public record Reply(int status, Map<String, String> headers, byte[] body) {
  private static final String WRITTEN = ":written"; // no name of a header can have a colon
  private static final String BROKEN_OFF = ":broken-off";

  public Reply {
    headers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  public static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, Map.of("content-type", contentType), body);
  }

  public static Reply text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  /// What is replied when the answer was written already, through [Exchange#write].
  public static Reply written(int status) {
    return new Reply(status, Map.of(WRITTEN, ""), new byte[0]);
  }

  /// What is replied when writing the answer failed half way: the caller sees that it broke off.
  public static Reply brokenOff(int status) {
    return new Reply(status, Map.of(BROKEN_OFF, ""), new byte[0]);
  }

  boolean isBrokenOff() {
    return headers.containsKey(BROKEN_OFF);
  }

  boolean isWritten() {
    return headers.containsKey(WRITTEN);
  }

  public static Reply empty(int status) {
    return new Reply(status, Map.of(), new byte[0]);
  }

  public Reply withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body);
  }
}
