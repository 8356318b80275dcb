package valence.wire;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Edn;

/// What a node answers to an operation.
public sealed interface Answer {
  /// The key that every anomaly has.
  clojure.lang.Keyword CATEGORY = clojure.lang.Keyword.intern("cognitect.anomalies", "category");

  /// The operation's value, as `{:ok value}`.
  record Success(@Nullable Object value) implements Answer {}

  /// Why there is none, as the anomaly's map.
  record Failure(Anomaly anomaly) implements Answer {}

  /// The status that the answer is sent with.
  default int status() {
    return switch (this) {
      case Success _ -> 200;
      case Failure(Anomaly anomaly) -> HttpStatus.of(anomaly);
    };
  }

  /// The answer as a body; see [EdnBody#encode].
  default byte[] encode() {
    return encode(Format.EDN);
  }

  /// The answer as a body in a form; see [Format#encode].
  default byte[] encode(Format format) {
    return switch (this) {
      case Success(var value) -> format.encode(Collections.singletonMap(EdnBody.key("ok"), value));
      case Failure(Anomaly anomaly) -> format.encode(anomaly.toMap());
    };
  }

  /// The answer in a body of EDN; `fault` when the body holds none.
  static Answer decode(byte[] body) {
    return decode(Format.EDN, body);
  }

  /// The answer in a body; `fault` when the body holds none.
  static Answer decode(Format format, byte[] body) {
    return of(format.decode(body, Edn.DEPTH_MAX));
  }

  /// The answer that a value is; `fault` when it is none.
  static Answer of(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      if (map.containsKey(EdnBody.key("ok"))) {
        return new Success(map.get(EdnBody.key("ok")));
      }
      if (map.containsKey(CATEGORY)) {
        return new Failure(Anomaly.of(map));
      }
    }
    throw Anomaly.fault(
            "The answer is neither {:ok …} nor an anomaly.",
            "Check that client and node are of one version.")
        .toException();
  }
}
