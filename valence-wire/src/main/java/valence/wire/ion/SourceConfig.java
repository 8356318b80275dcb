package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.wire.Fields;

/// Where events come from that call a function.
///
/// @param target   what is called
/// @param enabled  whether it runs when deployed; one that doesn't keeps what it has
/// @param delivery how the function is called
/// @param origin   where its events come from
public record SourceConfig(
    Target target, String description, boolean enabled, Delivery delivery, Origin origin) {
  /// How many sources an application may name.
  public static final int COUNT_MAX = 500;

  /// The function of a source.
  public sealed interface Target {
    /// A function of the configuration's `:lambdas`, by its name there.
    record Lambda(String name) implements Target {}

    /// A function of the application that is called for this source alone.
    record Function(Symbol fn) implements Target {}
  }

  /// How a function is called.
  ///
  /// @param batchSize   events of one call at most
  /// @param concurrency calls at once
  /// @param timeoutSecs after which a call of a [Target.Function] is given up
  /// @param retries     calls after the first that failed, before the events are dead letters
  public record Delivery(int batchSize, int concurrency, int timeoutSecs, int retries) {
    public static final int BATCH_SIZE_MAX = 1_000;
    public static final int CONCURRENCY_MAX = 1_000;
    public static final int RETRIES_MAX = 1_000;
    public static final int RETRIES_DEFAULT = 5;

    private static Delivery of(Fields fields, int batchSize, int concurrency) {
      return new Delivery(
          (int) fields.number("batch-size", 1, BATCH_SIZE_MAX, batchSize),
          (int) fields.number("concurrency", 1, CONCURRENCY_MAX, concurrency),
          (int) fields.number(
              "timeout-secs", 1, LambdaConfig.TIMEOUT_SECS_MAX, LambdaConfig.TIMEOUT_SECS_DEFAULT),
          (int) fields.number("retries", 0, RETRIES_MAX, RETRIES_DEFAULT));
    }
  }

  static SourceConfig of(Fields fields, Map<String, LambdaConfig> lambdas) {
    Origin.Type type = Origin.Type.of(fields);
    fields.only(type.keys());
    if (fields.contains("lambda") == fields.contains("fn")) {
      throw fields.wrong(
          "fn", "a function, or under :lambda the name of one of :lambdas, and not both");
    }
    Target target = fields.contains("fn")
        ? new Target.Function(Names.function(fields, "fn", fields.required("fn"), false))
        : new Target.Lambda(lambda(fields, lambdas));
    return new SourceConfig(
        target,
        fields.text("description", ""),
        fields.flag("enabled", true),
        Delivery.of(fields, type.batchSize(), type.concurrency()),
        type.read(fields));
  }

  private static String lambda(Fields fields, Map<String, LambdaConfig> lambdas) {
    String name = fields.keyword("lambda").getName();
    if (!lambdas.containsKey(name)) {
      throw fields.wrong("lambda", "the name of one of :lambdas, such as :on-upload");
    }
    return name;
  }

  /// The configuration as a map that [#of] reads.
  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("type"), origin.type().keyword());
    switch (target) {
      case Target.Lambda(String name) -> map.put(Keyword.intern("lambda"), Keyword.intern(name));
      case Target.Function(Symbol fn) -> map.put(Keyword.intern("fn"), fn);
    }
    map.put(Keyword.intern("description"), description);
    map.put(Keyword.intern("enabled"), enabled);
    if (origin.type().has("batch-size")) {
      map.put(Keyword.intern("batch-size"), (long) delivery.batchSize());
    }
    if (origin.type().has("concurrency")) {
      map.put(Keyword.intern("concurrency"), (long) delivery.concurrency());
    }
    map.put(Keyword.intern("timeout-secs"), (long) delivery.timeoutSecs());
    map.put(Keyword.intern("retries"), (long) delivery.retries());
    map.putAll(origin.toMap());
    return map;
  }
}
