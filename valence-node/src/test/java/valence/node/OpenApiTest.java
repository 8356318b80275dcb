package valence.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.edn.Edn;
import valence.node.access.Guard;
import valence.node.testing.Requests;
import valence.storage.place.Place;

/// `/openapi.json` tells what requests and answers look like: every operation is asked in JSON, and
/// both are compared with it.
final class OpenApiTest {
  private static final String DB = "{\"#valence/db\":{\"db-name\":\"x\"}}";
  private static final String ID = "{\"#uuid\":\"00000000-0000-0000-0000-000000000001\"}";
  private static final String SCHEMA =
      "[{\"db/ident\":\":n/id\",\"db/valueType\":\":db.type/long\","
          + "\"db/unique\":\":db.unique/identity\","
          + "\"db/cardinality\":\":db.cardinality/one\"}]";

  /// Of every operation, in an order in which they make sense.
  static final String[][] ASKED = {
    {"create-database", "{\"db-name\":\"x\"}"},
    {"list-databases", "{}"},
    {"transact", "{\"db-name\":\"x\",\"tx-data\":" + SCHEMA + "}"},
    {"transact", "{\"db-name\":\"x\",\"request-id\":" + ID + ",\"tx-data\":\"[{:n/id 1}]\"}"},
    {"transact", "{\"db-name\":\"x\",\"tx-data\":[{\"db/id\":\"a\",\"n/id\":2}],\"timeout\":5000}"},
    {"db", "{\"db-name\":\"x\"}"},
    {"sync", "{\"db-name\":\"x\",\"t\":2}"},
    {"sync-excise", "{\"db-name\":\"x\",\"t\":2}"},
    {"db-status", "{\"db-name\":\"x\"}"},
    {"db-stats", "{\"db\":" + DB + "}"},
    {"q", "{\"query\":\"[:find ?n :where [_ :n/id ?n]]\",\"args\":[" + DB + "],\"limit\":1}"},
    {"q", "{\"query\":\"[:find ?n\",\"args\":[" + DB + "]}"},
    {"qseq", "{\"query\":\"[:find (pull ?e [*]) :where [?e :n/id]]\",\"args\":[" + DB + "]}"},
    {
      "pull",
      "{\"db\":" + DB + ",\"selector\":[\":n/id\"],\"eid\":[\":n/id\",1],\"call-id\":" + ID + "}"
    },
    {"pull-many", "{\"db\":" + DB + ",\"selector\":[\":n/id\"],\"eids\":[[\":n/id\",1]]}"},
    {
      "index-pull",
      "{\"db\":" + DB + ",\"index\":\":avet\",\"selector\":[\"*\"],\"start\":[\":n/id\"]}"
    },
    {"datoms", "{\"db\":" + DB + ",\"index\":\":aevt\",\"components\":[\":n/id\"],\"limit\":5}"},
    {"seek-datoms", "{\"db\":" + DB + ",\"index\":\":eavt\",\"limit\":5,\"offset\":1}"},
    {"index-range", "{\"db\":" + DB + ",\"attrid\":\":n/id\",\"start\":1,\"end\":5}"},
    {"tx-range", "{\"db-name\":\"x\",\"start\":1}"},
    {"tx-feed", "{\"db-name\":\"x\",\"start\":1,\"count\":2}"},
    {"tx-feed", "{\"db-name\":\"x\"}"},
    {
      "live",
      "{\"db-name\":\"x\",\"query\":\"[:find ?n :in $ ?m :where [_ :n/id ?n] [(< ?n ?m)]]\","
          + "\"args\":[9],\"count\":1}"
    },
    {"entid", "{\"db\":" + DB + ",\"eid\":\":n/id\"}"},
    {"ident", "{\"db\":" + DB + ",\"eid\":10}"},
    {"attribute", "{\"db\":" + DB + ",\"eid\":\":n/id\"}"},
    {"tx-at", "{\"db\":" + DB + ",\"time-point\":1}"},
    {
      "describe",
      "{\"db\":{\"#valence/db\":{\"db-name\":\"x\",\"as-of\":{\"#inst\":\"2026-01-01\"}}}}"
    },
    {"with", "{\"db\":" + DB + ",\"tx-data\":[[\":db/add\",\"new\",\":n/id\",9]]}"},
    {"cancel", "{\"call-id\":" + ID + "}"},
    {"rebuild-index", "{\"db-name\":\"x\"}"},
    {"casts", "{\"after\":0,\"kind\":\":alert\",\"limit\":10,\"wait\":1}"},
    {"dev-casts", "{\"for-millis\":1}"},
    {"missing-artifacts", "{\"ids\":[]}"},
    {
      "register-revision",
      "{\"app-name\":\"a\",\"rev\":\"unreproducible/x\",\"pushed-by\":\"me\","
          + "\"config\":{\"app-name\":\"a\"},\"artifacts\":[]}"
    },
    {"revisions", "{\"app-name\":\"a\"}"},
    {"deploy", "{\"group\":\"solo\",\"app-name\":\"a\",\"rev\":\"none\"}"},
    {"deploy-status", "{\"deployment\":" + ID + "}"},
    {"deployments", "{\"group\":\"solo\",\"app-name\":\"a\",\"limit\":5}"},
    {"rollback", "{\"group\":\"solo\",\"to\":\"x\",\"message\":\"why\"}"},
    {"revision-difference", "{\"app-name\":\"a\",\"from\":\"x\",\"to\":\"y\"}"},
    {"set-parameter", "{\"path\":\"/default/x\",\"value\":\"1\",\"secret\":true}"},
    {"parameters", "{\"path\":\"/\"}"},
    {"parameter-history", "{\"path\":\"/default/x\"}"},
    {"remove-parameter", "{\"path\":\"/default/x\",\"asked-by\":\"me\"}"},
    {"set-environment", "{\"group\":\"solo\",\"environment\":{\"env\":\":test\"}}"},
    {"environment", "{\"group\":\"solo\"}"},
    {"sources", "{}"},
    {"pause-source", "{\"name\":\"none\"}"},
    {"resume-source", "{\"name\":\"none\"}"},
    {"dead-letters", "{\"name\":\"none\",\"limit\":10}"},
    {"replay-dead-letters", "{\"name\":\"none\"}"},
    {"delete-database", "{\"db-name\":\"x\"}"},
    {"status", "{}"},
    {"shutdown", "{}"},
  };

  private Map<?, ?> described = Map.of();

  @Test
  void requestsAndAnswersAreAsItSays(@TempDir Path directory) throws Exception {
    var config = new NodeConfig(
        "test",
        directory,
        new Place.Memory("openapi"),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(5));
    Set<String> asked = new TreeSet<>();
    try (Node node = Node.start(config);
        Requests api = new Requests(node.apiPort())) {
      described = (Map<?, ?>) json(api.get("/openapi.json").body());
      Map<?, ?> paths = (Map<?, ?>) at(described, "paths");
      for (String[] each : ASKED) {
        asked.add(each[0]);
        check(api, (Map<?, ?>) at(at(paths, "/api/" + each[0]), "post"), each[0], each[1]);
      }
      assertThat(paths.keySet().stream()
              .map(String::valueOf)
              .filter(path -> path.startsWith("/api/"))
              .map(path -> path.substring("/api/".length())))
          .containsExactlyInAnyOrderElementsOf(Guard.operations());
    }
    assertThat(asked).containsExactlyInAnyOrderElementsOf(Guard.operations());
  }

  private void check(Requests api, Map<?, ?> operation, String name, String body)
      throws IOException, InterruptedException {
    Object request =
        at(at(at(at(operation, "requestBody"), "content"), "application/json"), "schema");
    assertThat(mistakes(json(body), request, name)).isEmpty();
    var answer = api.send("POST", "/api/" + name, body, "content-type", "application/json");
    Map<?, ?> content = (Map<?, ?>) at(
        at(at(operation, "responses"), answer.statusCode() == 200 ? "200" : "default"), "content");
    String type = String.valueOf(content.keySet().iterator().next());
    assertThat(answer.headers().firstValue("content-type")).contains(type);
    List<String> values = type.equals("application/x-ndjson")
        ? answer.body().lines().toList()
        : List.of(answer.body());
    for (String value : values) {
      assertThat(mistakes(json(value), at(at(content, type), "schema"), name))
          .as(value)
          .isEmpty();
    }
  }

  /// What in a value isn't as a schema of JSON says; of the words that the description uses.
  private List<String> mistakes(Object value, Object schema, String where) {
    List<String> mistakes = new ArrayList<>();
    if (at(schema, "$ref") instanceof String ref) {
      String name = ref.substring("#/components/schemas/".length());
      return mistakes(value, at(at(at(described, "components"), "schemas"), name), where);
    }
    if (at(schema, "anyOf") instanceof List<?> any) {
      return any.stream().anyMatch(each -> mistakes(value, each, where).isEmpty())
          ? List.of()
          : List.of(where + " is none of " + any);
    }
    if (at(schema, "type") instanceof String type && !isOf(type, value)) {
      mistakes.add(where + " is no " + type + ": " + value);
    }
    if (at(schema, "pattern") instanceof String pattern
        && !Pattern.compile(pattern).matcher(String.valueOf(value)).find()) {
      mistakes.add(where + " doesn't match " + pattern + ": " + value);
    }
    if (value instanceof List<?> items) {
      if (at(schema, "minItems") instanceof Long least && items.size() < least
          || at(schema, "maxItems") instanceof Long most && items.size() > most) {
        mistakes.add(where + " has " + items.size() + " items");
      }
      if (at(schema, "items") instanceof Map<?, ?> each) {
        items.forEach(item -> mistakes.addAll(mistakes(item, each, where + "[]")));
      }
    }
    if (value instanceof Map<?, ?> map) {
      Map<?, ?> properties = at(schema, "properties") instanceof Map<?, ?> known ? known : Map.of();
      map.forEach((key, held) -> {
        if (properties.containsKey(key)) {
          mistakes.addAll(mistakes(held, properties.get(key), where + "." + key));
        } else if (Boolean.FALSE.equals(at(schema, "additionalProperties"))) {
          mistakes.add(where + " has the unknown key " + key);
        }
      });
      if (at(schema, "required") instanceof List<?> required) {
        required.stream()
            .filter(key -> !map.containsKey(key))
            .forEach(key -> mistakes.add(where + " lacks " + key));
      }
    }
    return mistakes;
  }

  private static boolean isOf(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Long;
      default -> value == null;
    };
  }

  private static Object at(Object map, String key) {
    return map instanceof Map<?, ?> known ? known.get(key) : null;
  }

  /// JSON as it stands, with strings as keys: it is EDN but for the colons outside of strings.
  private static Object json(String text) {
    StringBuilder edn = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (inside && c == '\\') {
        edn.append(c).append(text.charAt(++i));
        continue;
      }
      inside ^= c == '"';
      edn.append(!inside && c == ':' ? ' ' : c);
    }
    return Edn.read(edn.toString().replace("null", "nil"));
  }
}
