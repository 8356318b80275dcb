package valence.wire.ion;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.wire.Fields;

/// The function that says whether a revision can serve: called once it is loaded, before any other.
///
/// @param fn          takes nothing or an `AppInfo`; good when it gives anything but false and nil,
///     or is void and doesn't throw
/// @param timeoutSecs after which the revision is given up
public record CheckConfig(Symbol fn, int timeoutSecs) {
  public static final int TIMEOUT_SECS_DEFAULT = 30;
  public static final int TIMEOUT_SECS_MAX = 600;

  static CheckConfig of(Fields fields) {
    fields.only("fn", "timeout-secs");
    return new CheckConfig(Names.function(fields, "fn", fields.required("fn"), false), (int)
        fields.number("timeout-secs", 1, TIMEOUT_SECS_MAX, TIMEOUT_SECS_DEFAULT));
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("fn"), fn);
    map.put(Keyword.intern("timeout-secs"), (long) timeoutSecs);
    return map;
  }
}
