package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// One function that is called as a Lambda.
///
/// @param timeoutSecs      after which a call is given up, at most [#TIMEOUT_SECS_MAX]
/// @param concurrencyLimit calls at once; null where the file says `:none`
/// @param onFailure        the queue that gets events that failed too often; empty for none
/// @param proxied          whether it is a web handler that is called with an API gateway's events
public record LambdaConfig(
    Symbol fn,
    String description,
    int timeoutSecs,
    @Nullable Integer concurrencyLimit,
    String onFailure,
    boolean proxied) {
  public static final int TIMEOUT_SECS_DEFAULT = 60;
  public static final int TIMEOUT_SECS_MAX = 900;
  public static final int CONCURRENCY_LIMIT_DEFAULT = 20;
  public static final int CONCURRENCY_LIMIT_MAX = 10_000;

  private static final Pattern STANDARD_QUEUE = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Keyword NONE = Keyword.intern("none");
  private static final Keyword PROXY = Keyword.intern("api-gateway", "proxy");

  static LambdaConfig of(Fields fields) {
    fields.only(
        "fn", "description", "timeout-secs", "concurrency-limit", "on-failure", "integration");
    if (fields.contains("integration") && fields.keyword("integration") != PROXY) {
      throw fields.wrong("integration", ":api-gateway/proxy, or no such key");
    }
    String onFailure = fields.text("on-failure", "");
    if (!onFailure.isEmpty() && !STANDARD_QUEUE.matcher(onFailure).matches()) {
      throw fields.wrong(
          "on-failure", "the name of a queue: letters, digits, '_' and '-', at most 80 of them");
    }
    return new LambdaConfig(
        Names.function(fields, "fn", fields.required("fn"), false),
        fields.text("description", ""),
        (int) fields.number("timeout-secs", 1, TIMEOUT_SECS_MAX, TIMEOUT_SECS_DEFAULT),
        fields.value("concurrency-limit") == NONE
            ? null
            : (Integer) (int) fields.number(
                "concurrency-limit", 1, CONCURRENCY_LIMIT_MAX, CONCURRENCY_LIMIT_DEFAULT),
        onFailure,
        fields.contains("integration"));
  }

  /// How many calls may run at once, when the configuration limits them.
  public OptionalInt concurrency() {
    return concurrencyLimit == null ? OptionalInt.empty() : OptionalInt.of(concurrencyLimit);
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("fn"), fn);
    map.put(Keyword.intern("description"), description);
    map.put(Keyword.intern("timeout-secs"), (long) timeoutSecs);
    map.put(
        Keyword.intern("concurrency-limit"),
        concurrencyLimit == null ? NONE : (Object) (long) concurrencyLimit);
    if (!onFailure.isEmpty()) {
      map.put(Keyword.intern("on-failure"), onFailure);
    }
    if (proxied) {
      map.put(Keyword.intern("integration"), PROXY);
    }
    return map;
  }
}
