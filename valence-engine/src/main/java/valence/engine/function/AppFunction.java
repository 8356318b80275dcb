package valence.engine.function;

import clojure.lang.Keyword;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A function of an application, found by a [FunctionResolver].
public interface AppFunction {
  /// Calls the function. What it throws reaches the caller of the query or transaction: an
  /// `AnomalyException` as it is, anything else as the cause of an `incorrect` anomaly.
  @Nullable Object invoke(@Nullable Object... args) throws Exception;

  /// Facts about the code, said on the entity of each transaction that calls it, such as
  /// `:valence.tx/revision`; the attributes are in the bootstrap schema, and one that a database
  /// made earlier lacks isn't said there.
  default Map<Keyword, Object> provenance() {
    return Map.of();
  }
}
