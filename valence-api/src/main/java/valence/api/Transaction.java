package valence.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// Facts to be said in one transaction, and how to say them.
///
/// @param data      a collection of tx-data forms, or EDN text of one
/// @param requestId when non-empty, the transaction is applied at most once for this id
/// @param timeout   how long to wait for the outcome; past it the outcome is unknown
public record Transaction(Object data, Optional<UUID> requestId, Duration timeout) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  public Transaction {
    requireNonNull(data, "data");
  }

  public static Transaction of(Object data) {
    return new Transaction(data, Optional.empty(), DEFAULT_TIMEOUT);
  }

  /// This transaction, safe to send again with the same id.
  public Transaction withRequestId(UUID id) {
    return new Transaction(data, Optional.of(id), timeout);
  }

  public Transaction withTimeout(Duration wait) {
    return new Transaction(data, requestId, wait);
  }
}
