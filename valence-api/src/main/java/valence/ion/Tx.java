package valence.ion;

import valence.api.Anomaly;
import valence.api.AnomalyException;

/// For transaction functions and predicates.
public final class Tx {
  private Tx() {}

  /// The exception that ends a transaction on purpose: `throw Tx.cancel("conflict", "Sold out.")`.
  ///
  /// @param category `incorrect` or `conflict`
  public static AnomalyException cancel(String category, String message) {
    Anomaly.Category of = switch (category) {
      case "incorrect" -> Anomaly.Category.INCORRECT;
      case "conflict" -> Anomaly.Category.CONFLICT;
      default ->
        throw new IllegalArgumentException(
            "cancel was given category " + category + "; expected incorrect or conflict");
    };
    return Anomaly.of(of, message).with("datomic/cancelled", true).toException();
  }
}
