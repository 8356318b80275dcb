package valence.wire;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

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
    return switch (this) {
      case Success(var value) -> EdnBody.encode(Collections.singletonMap(EdnBody.key("ok"), value));
      case Failure(Anomaly anomaly) -> EdnBody.encode(anomaly.toMap());
    };
  }

  /// The answer in a body; `fault` when the body holds none.
  static Answer decode(byte[] body) {
    if (EdnBody.decode(body) instanceof Map<?, ?> map) {
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
