package valence.conformance;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// How a call ended.
sealed interface Outcome {
  /// With a result, in named parts.
  record Answer(Map<String, @Nullable Object> parts) implements Outcome {}

  /// With an anomaly.
  record Refusal(AnomalyException anomaly) implements Outcome {
    /// Whether the anomaly only wraps a failure that the database didn't foresee.
    boolean internal() {
      return anomaly.anomaly().category() == Anomaly.Category.FAULT
          && anomaly.getCause() != null
          && !(anomaly.getCause() instanceof AnomalyException);
    }
  }

  /// With anything else: an exception that isn't an anomaly, or no end within the time allowed.
  record Breakdown(Throwable cause) implements Outcome {}
}
