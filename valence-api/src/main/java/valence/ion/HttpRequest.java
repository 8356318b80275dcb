package valence.ion;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A request to the application's HTTP handler. For the handler's own thread.
///
/// @param method  in upper case, such as `GET`
/// @param path    decoded, begins with `/`
/// @param query   the raw query string, empty when there is none
/// @param headers names in lower case; several values of one name joined by `, `, of `cookie` by
///     `; `
/// @param content the body
/// @param origin  where the request came from, and to
public record HttpRequest(
    String method,
    String path,
    String query,
    Map<String, String> headers,
    Content content,
    Origin origin) {
  /// A body, which is read once, one way or the other.
  public interface Content {
    /// The body, whole; fails when it is longer than its reader takes.
    byte[] bytes();

    /// The body as it arrives, of any length.
    InputStream stream();

    /// One that is there already.
    static Content of(byte[] bytes) {
      return new Content() {
        @Override
        public byte[] bytes() {
          return bytes.clone();
        }

        @Override
        public InputStream stream() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }

  /// @param remoteAddress the caller's host
  /// @param scheme        `http` or `https`
  /// @param serverName    the host that was asked
  /// @param serverPort    the port that was asked
  /// @param protocol      such as `HTTP/1.1`
  /// @param requestId     the same that is in the node's log and in the answer
  public record Origin(
      String remoteAddress,
      String scheme,
      String serverName,
      int serverPort,
      String protocol,
      String requestId) {
    static final Origin HERE = new Origin("127.0.0.1", "http", "localhost", 80, "HTTP/1.1", "none");

    Origin from(String address) {
      return new Origin(address, scheme, serverName, serverPort, protocol, requestId);
    }
  }

  public HttpRequest {
    requireNonNull(method, "method");
    headers = Map.copyOf(headers);
  }

  /// A request whose body is there already.
  public HttpRequest(
      String method,
      String path,
      String query,
      Map<String, String> headers,
      byte[] body,
      String remoteAddress) {
    this(method, path, query, headers, Content.of(body), Origin.HERE.from(remoteAddress));
  }

  /// A request as it could come, for tests: `HttpRequest.of("GET", "/items?sku=tea")`.
  public static HttpRequest of(String method, String target) {
    int mark = target.indexOf('?');
    return new HttpRequest(
        method.toUpperCase(Locale.ROOT),
        URLDecoder.decode(
            (mark < 0 ? target : target.substring(0, mark)).replace("+", "%2B"),
            StandardCharsets.UTF_8),
        mark < 0 ? "" : target.substring(mark + 1),
        Map.of(),
        Content.of(new byte[0]),
        Origin.HERE);
  }

  /// The same request with a header, whose former value it loses.
  public HttpRequest withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new HttpRequest(method, path, query, more, content, origin);
  }

  /// The same request with a body, in UTF-8.
  public HttpRequest withBody(String body) {
    Content given = Content.of(body.getBytes(StandardCharsets.UTF_8));
    return new HttpRequest(method, path, query, headers, given, origin);
  }

  /// The caller's host.
  public String remoteAddress() {
    return origin.remoteAddress();
  }

  /// The body, whole, 16 MiB at most; empty when there is none. Read the first time it is asked
  /// for.
  ///
  /// `incorrect` when it is longer, comes too slowly or breaks off; a handler that lets that pass
  /// answers 413 or 408.
  public byte[] body() {
    return content.bytes();
  }

  /// The body as it arrives, however long; instead of [#body], not after it.
  public InputStream stream() {
    return content.stream();
  }

  /// [#body] as UTF-8.
  public String bodyText() {
    return new String(body(), StandardCharsets.UTF_8);
  }

  /// A header's value, of whatever case the name is.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// The value of a cookie, quotes around it left out.
  public Optional<String> cookie(String name) {
    return Optional.ofNullable(cookies().get(name));
  }

  /// The cookies by name; of several of one name the first.
  public Map<String, String> cookies() {
    Map<String, String> cookies = new LinkedHashMap<>();
    Stream.of(headers.getOrDefault("cookie", "").split(";", -1)).forEach(pair -> {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String value = pair.substring(equals + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        cookies.putIfAbsent(
            pair.substring(0, equals).strip(),
            quoted ? value.substring(1, value.length() - 1) : value);
      }
    });
    return cookies;
  }

  /// The first value of a query parameter, decoded.
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters().get(name));
  }

  /// The query parameters by name, decoded; of several values of one name the first.
  public Map<String, String> parameters() {
    Map<String, String> first = new TreeMap<>();
    pairs().forEach(pair -> first.putIfAbsent(pair.getKey(), pair.getValue()));
    return first;
  }

  /// All values of a query parameter, decoded, in their order.
  public List<String> parameterValues(String name) {
    return pairs()
        .filter(pair -> pair.getKey().equals(name))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Stream<Map.Entry<String, String>> pairs() {
    return Stream.of(query.split("&")).filter(pair -> !pair.isEmpty()).map(pair -> {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      return Map.entry(decode(name), decode(value));
    });
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
