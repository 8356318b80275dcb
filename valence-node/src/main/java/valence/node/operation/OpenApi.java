package valence.node.operation;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import valence.node.access.Guard;
import valence.node.lambda.Json;
import valence.wire.Format;

/// The description of the protocol for machines, OpenAPI 3.1, of its JSON form.
///
/// A test sends requests of every operation and compares them, and what is answered, with it.
public final class OpenApi {
  public static final String PATH = "/openapi.json";

  private static final String LIVE = "/live-queries";

  private static final Keyword REF = key("$ref");
  private static final Map<Keyword, Object> ANY = Map.of();
  private static final Map<Keyword, Object> TEXT = type("string");
  private static final Map<Keyword, Object> FLAG = type("boolean");
  private static final Map<Keyword, Object> COUNT = type("integer");
  private static final Map<Keyword, Object> MAP = type("object");
  private static final Map<Keyword, Object> DB = ref("Db");
  private static final Map<Keyword, Object> DATOM = ref("Datom");
  private static final Map<Keyword, Object> KEYWORD = ref("Keyword");
  private static final Map<Keyword, Object> UUID = ref("Uuid");
  private static final Map<Keyword, Object> REPORT = ref("TxReport");

  /// A key of a request.
  private record Field(String name, Map<Keyword, Object> schema, boolean required) {}

  /// @param answer the schema of what stands under `ok`, or of a row of an answer that lasts
  private record Described(String summary, Map<Keyword, Object> answer, List<Field> fields) {}

  private static final List<Field> CHUNKED =
      List.of(field("chunk", COUNT), field("limit", COUNT), field("offset", COUNT));
  private static final List<Field> CALL = List.of(field("timeout", COUNT), field("call-id", UUID));
  private static final List<Field> QUERY = List.of(
      needed("query", ANY),
      field("args", listOf(ANY)),
      field("memory", COUNT),
      field("query-stats", FLAG),
      field("plan", FLAG),
      field("io-context", KEYWORD));

  private static final Map<String, Described> OPERATIONS = new LinkedHashMap<>();
  private static final Set<String> LASTING = new HashSet<>();

  static {
    Field name = needed("db-name", TEXT);
    Field db = needed("db", DB);
    Field eid = needed("eid", ANY);
    Field context = field("io-context", KEYWORD);
    List<Field> components =
        List.of(db, needed("index", KEYWORD), field("components", listOf(ANY)));
    Map<Keyword, Object> idOrNull = anyOf(COUNT, type("null"), MAP);
    add("list-databases", "The names of all databases.", listOf(TEXT));
    add("create-database", "Makes a database; false when it existed.", FLAG, name);
    add("delete-database", "Removes a database; false when there was none.", FLAG, name);
    add("db", "The newest value of a database.", DB, name);
    add(
        "sync",
        "A value with all that was acknowledged, or with a t.",
        DB,
        name,
        field("t", COUNT));
    add("sync-excise", "A value after excision.", DB, name, needed("t", COUNT));
    add("db-status", "How a database and its indexing stand.", MAP, name);
    add("q", "The answer to a query.", ANY, QUERY, CHUNKED);
    add("qseq", "The rows of a query, pulled as they are sent.", ANY, QUERY, CHUNKED);
    add(
        "pull",
        "What a pattern selects of an entity.",
        MAP,
        db,
        needed("selector", ANY),
        eid,
        context);
    add(
        "pull-many",
        "What a pattern selects of each of some entities.",
        listOf(MAP),
        List.of(db, needed("selector", ANY), needed("eids", listOf(ANY))),
        CHUNKED);
    add(
        "index-pull",
        "What a pattern selects, in the order of an index.",
        listOf(MAP),
        List.of(
            db,
            needed("index", KEYWORD),
            needed("selector", ANY),
            needed("start", listOf(ANY)),
            field("reverse", FLAG)),
        CHUNKED);
    add("datoms", "The datoms of an index that begin so.", listOf(DATOM), components, CHUNKED);
    add("seek-datoms", "The datoms of an index from there on.", listOf(DATOM), components, CHUNKED);
    add(
        "index-range",
        "The datoms of an attribute, by value.",
        listOf(DATOM),
        List.of(db, needed("attrid", ANY), field("start", ANY), field("end", ANY)),
        CHUNKED);
    add(
        "tx-range",
        "The transactions of the log.",
        listOf(MAP),
        List.of(name, field("start", ANY), field("end", ANY)),
        CHUNKED);
    addLasting(
        "tx-feed",
        "The transactions from one on, as they are said.",
        object(
            Map.of(key("t"), COUNT, key("at"), MAP, key("data"), listOf(DATOM), key("more"), FLAG),
            List.of("t")),
        name,
        field("start", ANY),
        field("after", COUNT),
        field("after-instant", MAP),
        field("count", COUNT));
    Map<Keyword, Object> change = new LinkedHashMap<>();
    change.put(key("t"), COUNT);
    change.put(key("at"), MAP);
    change.put(key("basis"), COUNT);
    change.put(key("rows"), listOf(ANY));
    change.put(key("added"), listOf(ANY));
    change.put(key("removed"), listOf(ANY));
    change.put(key("more"), FLAG);
    addLasting(
        "live",
        "The result of a query, then its changes as transactions arrive.",
        object(change, List.of("t")),
        name,
        needed("query", ANY),
        field("args", listOf(ANY)),
        field("after", COUNT),
        field("after-instant", MAP),
        field("count", COUNT),
        field("memory", COUNT));
    add("entid", "The entity id that an ident or lookup ref names.", idOrNull, db, eid);
    add("ident", "The ident of an entity.", anyOf(KEYWORD, type("null")), db, eid);
    add("attribute", "What the schema says of an attribute.", anyOf(MAP, type("null")), db, eid);
    add("tx-at", "The transaction at a time point.", idOrNull, db, needed("time-point", ANY));
    add("describe", "The t that a value's time points mean.", MAP, db);
    add("db-stats", "How many datoms a database holds.", MAP, db);
    add(
        "transact",
        "Applies a transaction, once for each request-id.",
        REPORT,
        name,
        needed("tx-data", ANY),
        field("request-id", UUID),
        context);
    add("with", "What a transaction would do.", REPORT, db, needed("tx-data", ANY), context);
    add("cancel", "Stops a call; false when there is none.", FLAG, needed("call-id", UUID));
    add("rebuild-index", "Makes the indexes of a database anew.", FLAG, name);
    add(
        "missing-artifacts",
        "Which artifacts the node lacks.",
        listOf(TEXT),
        needed("ids", listOf(TEXT)));
    add(
        "register-revision",
        "Makes a revision known.",
        MAP,
        needed("app-name", TEXT),
        needed("rev", TEXT),
        needed("pushed-by", TEXT),
        needed("config", MAP),
        needed("artifacts", listOf(MAP)));
    add("revisions", "The revisions of an application.", listOf(MAP), needed("app-name", TEXT));
    add(
        "deploy",
        "Begins to deploy a revision.",
        MAP,
        needed("group", TEXT),
        needed("app-name", TEXT),
        needed("rev", TEXT),
        field("message", TEXT),
        field("asked-by", TEXT),
        field("force", FLAG));
    add(
        "rollback",
        "Begins to deploy what a group ran before.",
        MAP,
        needed("group", TEXT),
        field("to", TEXT),
        field("message", TEXT),
        field("asked-by", TEXT),
        field("force", FLAG));
    add(
        "deployments",
        "What was deployed, newest first.",
        listOf(MAP),
        field("group", TEXT),
        field("app-name", TEXT),
        field("limit", COUNT));
    add(
        "revision-difference",
        "What one revision has and another hasn't.",
        MAP,
        needed("app-name", TEXT),
        needed("from", TEXT),
        needed("to", TEXT));
    add("deploy-status", "How a deployment stands.", MAP, needed("deployment", UUID));
    add(
        "casts",
        "What applications cast after a number, or the last few.",
        MAP,
        field("after", COUNT),
        field("kind", KEYWORD),
        field("limit", COUNT),
        field("wait", COUNT));
    add(
        "dev-casts",
        "Lets casts for developers through for a while; 0 for no more.",
        MAP,
        needed("for-millis", COUNT));
    add(
        "parameters",
        "The parameters at and below a path; of secrets not the values.",
        listOf(MAP),
        field("path", TEXT));
    add(
        "set-parameter",
        "Gives a parameter a value.",
        FLAG,
        needed("path", TEXT),
        needed("value", TEXT),
        field("secret", FLAG),
        field("asked-by", TEXT));
    add(
        "remove-parameter",
        "Removes a parameter; false when there is none.",
        FLAG,
        needed("path", TEXT),
        field("asked-by", TEXT));
    add("parameter-history", "What a parameter was.", listOf(MAP), needed("path", TEXT));
    add(
        "environment",
        "What code of a group is told of where it runs.",
        MAP,
        needed("group", TEXT));
    add(
        "set-environment",
        "Sets the environment of a group.",
        FLAG,
        needed("group", TEXT),
        needed("environment", MAP),
        field("asked-by", TEXT));
    add("sources", "How each source of events stands.", listOf(MAP));
    add("pause-source", "Lets a source wait.", FLAG, needed("name", TEXT));
    add("resume-source", "Lets a source go on.", FLAG, needed("name", TEXT));
    add(
        "dead-letters",
        "What a source couldn't deliver.",
        listOf(MAP),
        needed("name", TEXT),
        field("limit", COUNT));
    add(
        "replay-dead-letters",
        "Delivers what couldn't be delivered again; how many.",
        COUNT,
        needed("name", TEXT));
    add("status", "What the node is and runs.", MAP);
    add("shutdown", "Lets the node drain and end.", FLAG);
  }

  private OpenApi() {}

  /// The operations that are described.
  static Set<String> operations() {
    return OPERATIONS.keySet();
  }

  /// The description, as JSON text.
  public static byte[] json() {
    assert operations().equals(Guard.operations()) : "an operation isn't described, or none such";
    Map<Keyword, Object> paths = new LinkedHashMap<>();
    OPERATIONS.forEach((name, each) -> paths.put(key("/api/" + name), path(name, each)));
    for (String stage : List.of("/live", "/ready", "/health")) {
      paths.put(
          key(stage),
          map(
              "get",
              map(
                  "summary",
                  "Whether the node is there, or serves.",
                  "responses",
                  map(
                      "200",
                      map("description", "It is."),
                      "503",
                      map("description", "It isn't.")))));
    }
    paths.put(key(LIVE), map("post", live()));
    return Json.print(map(
            "openapi",
            "3.1.0",
            "info",
            map(
                "title",
                "Valence",
                "version",
                "1",
                "description",
                "The client api of a node. Values are written as docs/protocol.md says: a keyword"
                    + " is a string with its colon, and a key goes without; what JSON hasn't is an"
                    + " object with one key that begins with #."),
            "paths",
            paths,
            "components",
            map("schemas", schemas())))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Object live() {
    Map<Keyword, Object> properties = new LinkedHashMap<>();
    properties.put(key("db-name"), TEXT);
    properties.put(key("query"), ANY);
    properties.put(key("args"), listOf(ANY));
    properties.put(key("timeout"), COUNT);
    properties.put(key("after"), COUNT);
    properties.put(key("format"), TEXT);
    return map(
        "operationId",
        "live-queries",
        "summary",
        "The result of a query, then its changes as transactions arrive.",
        "requestBody",
        map("required", true, "content", content(object(properties, List.of("db-name", "query")))),
        "responses",
        map(
            "200",
            map(
                "description",
                "Server-sent events: result, change, failure, end.",
                "content",
                map("text/event-stream", map("schema", TEXT))),
            "default",
            map("description", "Why not.", "content", content(ref("Anomaly")))));
  }

  /// The lines of an answer that lasts.
  private static Map<Keyword, Object> lines(Map<Keyword, Object> row) {
    return anyOf(
        object(Map.of(key("rows"), listOf(row)), List.of("rows")),
        object(Map.of(key("ok"), COUNT), List.of("ok")),
        ref("Anomaly"));
  }

  private static Object path(String name, Described each) {
    Map<Keyword, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    for (Field field : each.fields()) {
      properties.put(key(field.name()), field.schema());
      if (field.required()) {
        required.add(field.name());
      }
    }
    Map<Keyword, Object> request = object(properties, required);
    return map(
        "post",
        map(
            "operationId",
            name,
            "summary",
            each.summary(),
            "requestBody",
            map("required", true, "content", content(request)),
            "responses",
            map(
                "200",
                LASTING.contains(name)
                    ? map(
                        "description",
                        "Lines: rows as things happen, none now and then, and in the end how many.",
                        "content",
                        map(Format.JSON.rowsMediaType(), map("schema", lines(each.answer()))))
                    : map(
                        "description",
                        "The value, or with a chunk in the request as lines of"
                            + " application/x-ndjson.",
                        "content",
                        content(object(Map.of(key("ok"), each.answer()), List.of("ok")))),
                "default",
                map("description", "Why not.", "content", content(ref("Anomaly"))))));
  }

  private static Map<Keyword, Object> schemas() {
    Map<Keyword, Object> view = new LinkedHashMap<>();
    view.put(key("db-name"), TEXT);
    view.put(key("t"), COUNT);
    view.put(key("as-of"), ANY);
    view.put(key("since"), ANY);
    view.put(key("history"), FLAG);
    view.put(key("with"), listOf(ANY));
    Map<Keyword, Object> report = new LinkedHashMap<>();
    report.put(key("db-before"), DB);
    report.put(key("db-after"), DB);
    report.put(key("tx-data"), listOf(DATOM));
    report.put(key("tempids"), MAP);
    report.put(key("tx-stats"), MAP);
    report.put(key("io-stats"), MAP);
    return map(
        "Keyword",
        map("type", "string", "pattern", "^:.+$"),
        "Uuid",
        object(Map.of(key("#uuid"), TEXT), List.of("#uuid")),
        "Db",
        object(
            Map.of(key("#valence/db"), object(view, List.of("db-name"))), List.of("#valence/db")),
        "Datom",
        object(
            Map.of(
                key("#datom"), map("type", "array", "items", ANY, "minItems", 5L, "maxItems", 5L)),
            List.of("#datom")),
        "TxReport",
        object(report, List.of("db-before", "db-after", "tx-data", "tempids", "tx-stats")),
        "Anomaly",
        map(
            "type",
            "object",
            "properties",
            map(
                "cognitect.anomalies/category",
                KEYWORD,
                "cognitect.anomalies/message",
                TEXT,
                "db/error",
                KEYWORD),
            "required",
            List.of("cognitect.anomalies/category", "cognitect.anomalies/message")));
  }

  /// @param row what is told
  private static void addLasting(
      String name, String summary, Map<Keyword, Object> row, Field... fields) {
    add(name, summary, row, fields);
    LASTING.add(name);
  }

  private static void add(
      String name, String summary, Map<Keyword, Object> answer, Field... fields) {
    add(name, summary, answer, List.of(fields), List.of());
  }

  private static void add(
      String name,
      String summary,
      Map<Keyword, Object> answer,
      List<Field> own,
      List<Field> shared) {
    List<Field> all = new ArrayList<>(own);
    all.addAll(shared);
    CALL.stream()
        .filter(each -> !name.equals("cancel") || !each.name().equals("call-id"))
        .forEach(all::add);
    OPERATIONS.put(name, new Described(summary, answer, List.copyOf(all)));
  }

  private static Field field(String name, Map<Keyword, Object> schema) {
    return new Field(name, schema, false);
  }

  private static Field needed(String name, Map<Keyword, Object> schema) {
    return new Field(name, schema, true);
  }

  private static Map<Keyword, Object> content(Object schema) {
    return map(Format.JSON.mediaType(), map("schema", schema));
  }

  private static Map<Keyword, Object> object(Map<Keyword, Object> properties, List<?> required) {
    return map(
        "type",
        "object",
        "properties",
        properties,
        "required",
        required,
        "additionalProperties",
        false);
  }

  private static Map<Keyword, Object> listOf(Map<Keyword, Object> items) {
    return map("type", "array", "items", items);
  }

  private static Map<Keyword, Object> anyOf(Object... schemas) {
    return map("anyOf", List.of(schemas));
  }

  private static Map<Keyword, Object> type(String type) {
    return map("type", type);
  }

  private static Map<Keyword, Object> ref(String name) {
    return Map.of(REF, "#/components/schemas/" + name);
  }

  private static Map<Keyword, Object> map(Object... keysAndValues) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(key((String) keysAndValues[i]), keysAndValues[i + 1]);
    }
    return map;
  }

  private static Keyword key(String name) {
    return Keyword.intern(null, name);
  }
}
