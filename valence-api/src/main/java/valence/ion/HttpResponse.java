package valence.ion;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The answer of the application's HTTP handler.
///
/// @param headers values by name in lower case; several values of one name are as many headers
public record HttpResponse(int status, Map<String, List<String>> headers, Body body) {
  /// What is sent after the headers. All but bytes is sent as it is made, no faster than the caller
  /// takes it in, after the handler has returned and given its place to the next request.
  public sealed interface Body {}

  /// Bytes that are there; not to be changed afterwards.
  public record Bytes(byte[] bytes) implements Body {}

  /// A stream, read to its end and closed.
  public record Streamed(InputStream stream) implements Body {}

  /// A file as it is when it is sent.
  public record FromFile(Path file) implements Body {}

  /// Whatever a function writes. Each write waits until the caller has room; when the caller is
  /// gone it fails.
  public record Written(Writer writer) implements Body {}

  /// Server-sent events, as long as a function sends any.
  public record Events(EventSource source) implements Body {}

  /// Writes a body.
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws Exception;
  }

  /// Sends events until it returns. Its thread is interrupted when the caller is gone, when another
  /// revision takes over, and when the node ends; a caller who is there then asks again, with
  /// `last-event-id` as header.
  @FunctionalInterface
  public interface EventSource {
    void sendTo(EventSink events) throws Exception;
  }

  /// Where events go.
  public interface EventSink {
    /// Sends an event, and waits until it is on its way. `interrupted` when nobody reads any more.
    ///
    /// @param name such as `change`; empty for `message`
    /// @param id   what the caller names as `last-event-id` when it comes again; empty for none
    /// @param data text of any number of lines
    void send(String name, String id, String data);

    /// Sends an event without name and id.
    default void send(String data) {
      send("", "", data);
    }
  }

  public HttpResponse {
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException("HTTP status " + status + " isn't in 100 … 999");
    }
    Map<String, List<String>> copy = new LinkedHashMap<>();
    headers.forEach((name, values) ->
        copy.merge(name.toLowerCase(Locale.ROOT), List.copyOf(values), HttpResponse::joined));
    headers = java.util.Collections.unmodifiableMap(copy);
  }

  public HttpResponse(int status, Map<String, String> headers, byte[] body) {
    this(status, single(headers), new Bytes(body));
  }

  public static HttpResponse of(int status, String contentType, Body body) {
    return new HttpResponse(status, Map.of("content-type", List.of(contentType)), body);
  }

  public static HttpResponse of(int status, String contentType, String body) {
    return of(status, contentType, new Bytes(body.getBytes(StandardCharsets.UTF_8)));
  }

  public static HttpResponse text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  public static HttpResponse json(int status, String body) {
    return of(status, "application/json", body);
  }

  /// Server-sent events: `HttpResponse.events(events -> events.send("hello"))`.
  public static HttpResponse events(EventSource source) {
    return new HttpResponse(200, Map.of(), new Events(source));
  }

  /// The same answer with a header, whose former values it loses.
  public HttpResponse withHeader(String name, String value) {
    Map<String, List<String>> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), List.of(value));
    return new HttpResponse(status, more, body);
  }

  /// The same answer with one more value of a header.
  public HttpResponse withAddedHeader(String name, String value) {
    Map<String, List<String>> more = new LinkedHashMap<>(headers);
    more.merge(name.toLowerCase(Locale.ROOT), List.of(value), HttpResponse::joined);
    return new HttpResponse(status, more, body);
  }

  /// The same answer with a cookie: `withCookie("id", "7", "Path=/", "HttpOnly", "SameSite=Lax")`.
  public HttpResponse withCookie(String name, String value, String... attributes) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !value.matches("[!#-+\\--:<-\\[\\]-~]*")) {
      throw new IllegalArgumentException(
          "cookie " + name + " has a name or value that a cookie can't have; encode it");
    }
    List<String> parts = new ArrayList<>(List.of(name + "=" + value));
    parts.addAll(List.of(attributes));
    return withAddedHeader("set-cookie", String.join("; ", parts));
  }

  /// The body as it would be sent, for tests; not of events.
  public byte[] bytes() {
    var out = new ByteArrayOutputStream();
    try {
      switch (body) {
        case Bytes(byte[] bytes) -> out.writeBytes(bytes);
        case Streamed(InputStream stream) -> {
          try (stream) {
            stream.transferTo(out);
          }
        }
        case FromFile(Path file) -> Files.copy(file, out);
        case Written(Writer writer) -> writer.writeTo(out);
        case Events _ -> throw new IllegalStateException("events have no end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the body's writer failed", e);
    }
    return out.toByteArray();
  }

  /// [#bytes] as UTF-8.
  public String bodyText() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> single(Map<String, String> headers) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return all;
  }

  private static List<String> joined(List<String> first, List<String> next) {
    List<String> all = new ArrayList<>(first);
    all.addAll(next);
    return all;
  }
}
