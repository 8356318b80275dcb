package valence.node.web;

import static valence.api.Valence.kw;

import clojure.lang.IPersistentMap;
import clojure.lang.Keyword;
import clojure.lang.Named;
import java.io.File;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;

/// Requests and responses as the maps of Ring, with the keys that the reference for ions names.
public final class RingMaps {
  private static final Keyword STATUS = kw("status");
  private static final Keyword HEADERS = kw("headers");
  private static final Keyword BODY = kw("body");

  private RingMaps() {}

  /// The request map: `:uri`, `:request-method`, `:headers`, `:protocol`, `:remote-addr`,
  /// `:server-name`, `:server-port`, `:scheme`, `:body`, an `InputStream`, and `:query-string` when
  /// there is one.
  public static IPersistentMap of(HttpRequest request, String rawPath) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("uri"), rawPath);
    map.put(kw("request-method"), kw(request.method().toLowerCase(Locale.ROOT)));
    map.put(HEADERS, Persistent.map(request.headers()));
    map.put(kw("protocol"), request.origin().protocol());
    map.put(kw("remote-addr"), request.origin().remoteAddress());
    map.put(kw("server-name"), request.origin().serverName());
    map.put(kw("server-port"), request.origin().serverPort());
    map.put(kw("scheme"), kw(request.origin().scheme()));
    map.put(BODY, request.stream());
    if (!request.query().isEmpty()) {
      map.put(kw("query-string"), request.query());
    }
    return Persistent.map(map);
  }

  /// The response that a map describes: `:status`, `:headers` (texts, or lists of them) and
  /// `:body`, text, bytes, a stream, a file, or a list of texts; it fails with what is wrong.
  public static HttpResponse response(Map<?, ?> map) {
    if (!(map.get(STATUS) instanceof Number status)) {
      throw new IllegalArgumentException("the handler's map has no :status that is a number");
    }
    Map<String, List<String>> headers = new LinkedHashMap<>();
    switch (map.get(HEADERS)) {
      case null -> {}
      case Map<?, ?> given ->
        given.forEach((name, value) -> headers.put(name(name), values(value)));
      default -> throw new IllegalArgumentException("the handler's :headers isn't a map");
    }
    return new HttpResponse(status.intValue(), headers, body(map.get(BODY)));
  }

  private static String name(@Nullable Object name) {
    return name instanceof Named named ? named.getName() : String.valueOf(name);
  }

  private static List<String> values(@Nullable Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(value));
  }

  private static HttpResponse.Body body(@Nullable Object body) {
    return switch (body) {
      case null -> new HttpResponse.Bytes(new byte[0]);
      case String text -> new HttpResponse.Bytes(text.getBytes(StandardCharsets.UTF_8));
      case byte[] bytes -> new HttpResponse.Bytes(bytes);
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield new HttpResponse.Bytes(bytes);
      }
      case InputStream stream -> new HttpResponse.Streamed(stream);
      case File file -> new HttpResponse.FromFile(file.toPath());
      case Path file -> new HttpResponse.FromFile(file);
      case HttpResponse.Body given -> given;
      case Collection<?> parts ->
        new HttpResponse.Written(out -> {
          for (Object part : parts) {
            out.write(String.valueOf(part).getBytes(StandardCharsets.UTF_8));
          }
        });
      default ->
        throw new IllegalArgumentException(
            "the handler's :body is a " + body.getClass().getName()
                + "; expected text, bytes, a stream, a file or a list of texts");
    };
  }
}
