package valence.node.telemetry;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.ion.AppInfo;

/// What an application said with `Cast`, or logged as a warning.
///
/// @param number  of the node's, from 1 on
/// @param kind    `event`, `alert`, `metric` or `dev`
/// @param fields  plain data
/// @param cause   for whom; null when the thread was the application's own
public record Said(
    long number,
    Instant at,
    String kind,
    Map<Keyword, Object> fields,
    @Nullable AppInfo app,
    @Nullable Cause cause) {
  /// What a record of the log is about, if it is a cast.
  public static @Nullable Said of(LogRecord record) {
    return TextLines.said(record);
  }

  /// As a line of a log has it.
  public String line() {
    return "cast-" + kind + " said=" + Edn.print(new LinkedHashMap<Object, Object>(fields));
  }

  /// As the operation `casts` answers it.
  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("n"), number);
    map.put(kw("at"), Date.from(at));
    map.put(kw("kind"), kw(kind));
    map.put(kw("said"), fields);
    if (app != null) {
      map.put(kw("app"), app.appName());
      map.put(kw("rev"), app.revision());
    }
    if (cause != null) {
      if (cause.function() != null) {
        map.put(kw("function"), cause.function());
      }
      map.put(kw("request"), cause.requestId());
      map.put(kw("trace"), cause.span().traceId());
    }
    return map;
  }
}
