package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.wire.Fields;

/// An application's `ion-config.edn`: what of its code may be called from outside.
///
/// @param appName    of the application; letters, digits, `.`, `_` and `-`
/// @param allow      functions for queries and transactions; `package.Class/*` is all of a class
/// @param xforms     functions for `:xform` in pull patterns
/// @param lambdas    Lambda functions by the name that follows `<group>-`
/// @param httpDirect the HTTP handler; null when the application has none
/// @param check      what says whether a revision can serve; null when nothing does
/// @param schema     what its databases are to have before it serves
/// @param sources    where events come from that call functions, by name
public record IonConfig(
    String appName,
    List<Symbol> allow,
    List<Symbol> xforms,
    Map<String, LambdaConfig> lambdas,
    @Nullable HttpDirect httpDirect,
    @Nullable CheckConfig check,
    SchemaConfig schema,
    Map<String, SourceConfig> sources) {
  /// The resource that holds it, from the root of the class path.
  public static final String RESOURCE = "ion-config.edn";

  /// Where applications written for Datomic keep it.
  public static final String DATOMIC_RESOURCE = "datomic/ion-config.edn";

  /// How many functions of a kind an application may name.
  public static final int ENTRY_COUNT_MAX = 10_000;

  private static final String WHERE = "ion-config.edn";

  public IonConfig {
    allow = List.copyOf(allow);
    xforms = List.copyOf(xforms);
    lambdas = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(lambdas));
    sources = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /// The configuration in the text of the file.
  public static IonConfig parse(String text) {
    Object value;
    try {
      value = Edn.read(text);
    } catch (AnomalyException e) {
      throw Anomaly.incorrect("db.error/invalid-edn", WHERE + ": " + e.anomaly().message())
          .toException(e);
    }
    return of(value);
  }

  /// The configuration in a map; `incorrect`, naming the key, where something is wrong in it.
  public static IonConfig of(@Nullable Object value) {
    Fields fields = Fields.of(WHERE, value);
    fields.only(
        "app-name", "allow", "xforms", "lambdas", "http-direct", "check", "schema", "sources");
    Map<String, LambdaConfig> lambdas = lambdas(fields);
    return new IonConfig(
        Names.application(fields, "app-name"),
        functions(fields, "allow", true),
        functions(fields, "xforms", false),
        lambdas,
        fields.contains("http-direct")
            ? HttpDirect.of(Fields.of(WHERE + ", :http-direct", fields.value("http-direct")))
            : null,
        fields.contains("check")
            ? CheckConfig.of(Fields.of(WHERE + ", :check", fields.value("check")))
            : null,
        SchemaConfig.of(fields, "schema"),
        sources(fields, lambdas));
  }

  /// What says whether a revision can serve, when the application has it.
  public Optional<CheckConfig> startUpCheck() {
    return Optional.ofNullable(check);
  }

  /// The HTTP handler's configuration, when the application has one.
  public Optional<HttpDirect> http() {
    return Optional.ofNullable(httpDirect);
  }

  /// The configuration as a map that [#of] reads.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("app-name"), appName);
    map.put(Keyword.intern("allow"), allow);
    map.put(Keyword.intern("xforms"), xforms);
    Map<Keyword, Object> named = new LinkedHashMap<>();
    lambdas.forEach((name, lambda) -> named.put(Keyword.intern(name), lambda.toMap()));
    map.put(Keyword.intern("lambdas"), named);
    if (httpDirect != null) {
      map.put(Keyword.intern("http-direct"), httpDirect.toMap());
    }
    if (check != null) {
      map.put(Keyword.intern("check"), check.toMap());
    }
    if (!schema.isEmpty()) {
      map.put(Keyword.intern("schema"), schema.toMap());
    }
    if (!sources.isEmpty()) {
      Map<Keyword, Object> events = new LinkedHashMap<>();
      sources.forEach((name, source) -> events.put(Keyword.intern(name), source.toMap()));
      map.put(Keyword.intern("sources"), events);
    }
    return map;
  }

  private static List<Symbol> functions(Fields fields, String key, boolean wildcards) {
    List<Object> values = fields.list(key, List.of());
    if (values.size() > ENTRY_COUNT_MAX) {
      throw fields.wrong(key, "at most " + ENTRY_COUNT_MAX + " functions");
    }
    List<Symbol> symbols = new ArrayList<>(values.size());
    for (Object value : values) {
      symbols.add(Names.function(fields, key, value, wildcards));
    }
    return symbols;
  }

  private static Map<String, LambdaConfig> lambdas(Fields fields) {
    Map<String, LambdaConfig> lambdas = new LinkedHashMap<>();
    if (fields.contains("lambdas")) {
      for (Map.Entry<?, ?> entry : fields.map("lambdas").entrySet()) {
        String name = Names.lambda(fields, entry.getKey());
        lambdas.put(
            name, LambdaConfig.of(Fields.of(WHERE + ", :lambdas, :" + name, entry.getValue())));
      }
      if (lambdas.size() > ENTRY_COUNT_MAX) {
        throw fields.wrong("lambdas", "at most " + ENTRY_COUNT_MAX + " functions");
      }
    }
    return lambdas;
  }

  private static Map<String, SourceConfig> sources(
      Fields fields, Map<String, LambdaConfig> lambdas) {
    Map<String, SourceConfig> sources = new LinkedHashMap<>();
    if (fields.contains("sources")) {
      for (Map.Entry<?, ?> entry : fields.map("sources").entrySet()) {
        String name = Names.source(fields, entry.getKey());
        Fields source = Fields.of(WHERE + ", :sources, :" + name, entry.getValue());
        sources.put(name, SourceConfig.of(source, lambdas));
      }
      if (sources.size() > SourceConfig.COUNT_MAX) {
        throw fields.wrong("sources", "at most " + SourceConfig.COUNT_MAX + " sources");
      }
    }
    return sources;
  }
}
