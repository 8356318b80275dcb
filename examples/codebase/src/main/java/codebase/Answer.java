package codebase;

import static valence.api.Valence.kw;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.edn.Edn;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;

/// What the application answers, before it is written as JSON or as EDN.
///
/// @param value records, lists and maps
record Answer(int status, Object value) {
  private static final String EDN = "application/edn";

  static Answer error(int status, String message) {
    return new Answer(status, Map.of("error", message));
  }

  HttpResponse to(HttpRequest request) {
    return request.headers().getOrDefault("accept", "").contains(EDN)
        ? HttpResponse.of(status, EDN, Edn.print(keyed(Json.tree(value))))
        : HttpResponse.json(status, Json.write(value));
  }

  /// Maps with keywords for keys.
  private static Object keyed(Object json) {
    return switch (json) {
      case Map<?, ?> map -> {
        Map<Object, Object> keyed = new LinkedHashMap<>();
        map.forEach((key, value) -> keyed.put(kw((String) key), keyed(value)));
        yield keyed;
      }
      case List<?> list -> list.stream().map(Answer::keyed).toList();
      default -> json;
    };
  }
}
