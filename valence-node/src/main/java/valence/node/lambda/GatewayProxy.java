package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.IPersistentMap;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.web.RingMaps;
import valence.wire.json.PlainJson;

/// The contract of an API gateway's Lambda proxy: an event that holds a request becomes one for a
/// web handler, and its response the answer that the gateway expects. Both versions of the event
/// are understood, 1.0 (`httpMethod`) and 2.0 (`requestContext.http`).
///
/// A handler that takes maps finds the event itself under `:json`, as text, and under `:data`.
final class GatewayProxy {
  private GatewayProxy() {}

  /// What a function declared with `:integration :api-gateway/proxy` answers to an event.
  static Map<String, Object> call(Application.Lambda lambda, String payload, LambdaContext context)
      throws Exception {
    if (!(PlainJson.read(payload) instanceof Map<?, ?> event)) {
      throw Anomaly.incorrect(
              "ion.error/gateway-event",
              "The payload isn't an event of an API gateway.",
              "Expected an object with httpMethod, or with requestContext.http.")
          .toException();
    }
    Map<?, ?> http = map(map(event.get("requestContext")).get("http"));
    String path = text(event, "rawPath", text(event, "path", "/"));
    HttpRequest request = request(event, http, path, context);
    Object answer = lambda.takesMap()
        ? lambda.function().call(ring(request, path, payload, event))
        : lambda.function().call(request);
    return answered(
        switch (answer) {
          case HttpResponse typed -> typed;
          case Map<?, ?> map -> RingMaps.response(map);
          case null, default ->
            throw new IllegalArgumentException("the handler didn't return a response");
        });
  }

  private static IPersistentMap ring(
      HttpRequest request, String path, String json, Map<?, ?> event) {
    return RingMaps.of(request, path).assoc(kw("json"), json).assoc(kw("data"), event);
  }

  private static HttpRequest request(
      Map<?, ?> event, Map<?, ?> http, String path, LambdaContext context) {
    Map<String, String> headers = new LinkedHashMap<>();
    map(event.get("headers"))
        .forEach((name, value) -> headers.put(lower(name), String.valueOf(value)));
    map(event.get("multiValueHeaders"))
        .forEach((name, values) -> headers.put(lower(name), String.join(", ", texts(values))));
    if (event.get("cookies") instanceof Collection<?> cookies) {
      headers.put("cookie", String.join("; ", texts(cookies)));
    }
    String body = text(event, "body", "");
    byte[] bytes = Boolean.TRUE.equals(event.get("isBase64Encoded"))
        ? Base64.getDecoder().decode(body)
        : body.getBytes(UTF_8);
    Map<?, ?> identity = map(map(event.get("requestContext")).get("identity"));
    return new HttpRequest(
        text(event, "httpMethod", text(http, "method", "GET")).toUpperCase(Locale.ROOT),
        URLDecoder.decode(path.replace("+", "%2B"), UTF_8),
        query(event),
        headers,
        HttpRequest.Content.of(bytes),
        new HttpRequest.Origin(
            text(identity, "sourceIp", text(http, "sourceIp", "")),
            headers.getOrDefault("x-forwarded-proto", "https"),
            headers.getOrDefault("host", "localhost"),
            443,
            text(http, "protocol", "HTTP/1.1"),
            context.requestId()));
  }

  private static String query(Map<?, ?> event) {
    if (event.get("rawQueryString") instanceof String raw) {
      return raw;
    }
    Map<?, ?> many = map(event.get("multiValueQueryStringParameters"));
    List<String> pairs = new ArrayList<>();
    (many.isEmpty() ? map(event.get("queryStringParameters")) : many)
        .forEach((name, values) -> texts(values)
            .forEach(value -> pairs.add(encoded(String.valueOf(name)) + "=" + encoded(value))));
    return String.join("&", pairs);
  }

  private static Map<String, Object> answered(HttpResponse response) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("statusCode", response.status());
    Map<String, String> single = new LinkedHashMap<>();
    response.headers().forEach((name, values) -> single.put(name, values.getLast()));
    answer.put("headers", single);
    answer.put("multiValueHeaders", response.headers());
    byte[] bytes = response.bytes();
    try {
      answer.put("body", UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      answer.put("isBase64Encoded", false);
    } catch (CharacterCodingException e) { // no text, so it goes as what any bytes can be
      answer.put("body", Base64.getEncoder().encodeToString(bytes));
      answer.put("isBase64Encoded", true);
    }
    return answer;
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(value));
  }

  private static String text(Map<?, ?> map, String key, String missing) {
    return map.get(key) instanceof String text ? text : missing;
  }

  private static String lower(@Nullable Object name) {
    return String.valueOf(name).toLowerCase(Locale.ROOT);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
