package valence.node.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import valence.ion.AppInfo;

/// Whose line of the log it is, and for whom it was written. To be asked on the thread that logs.
///
/// @param app   the revision whose code logged; null for the node's own
/// @param cause null when the thread works for nobody that is known
record Attribution(
    @Nullable AppInfo app, @Nullable Cause cause, @Nullable Hosted hosted) {
  private static final String OWN = "valence.";

  static Attribution of(LogRecord record) {
    Said said = TextLines.said(record);
    if (said != null) {
      return new Attribution(said.app(), said.cause(), null);
    }
    Cause cause = Cause.orNull();
    String logger = record.getLoggerName();
    if (logger != null && logger.startsWith(OWN)) {
      return new Attribution(null, cause, null);
    }
    Optional<Hosted> hosted = Hosted.current();
    return new Attribution(hosted.map(Hosted::appInfo).orElse(null), cause, hosted.orElse(null));
  }

  /// By the names that they have in each form of the log.
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    if (app != null) {
      fields.put("app", app.appName());
      fields.put("revision", app.revision());
    }
    if (cause != null) {
      if (app != null && cause.function() != null) {
        fields.put("function", cause.function());
      }
      fields.put("request", cause.requestId());
      fields.put("trace", cause.span().traceId());
    }
    return fields;
  }
}
