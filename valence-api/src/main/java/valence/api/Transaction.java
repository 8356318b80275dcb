package valence.api;

import static java.util.Objects.requireNonNull;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// Facts to be said in one transaction, and how to say them.
///
/// @param data      a collection of tx-data forms, or EDN text of one
/// @param requestId when non-empty, the transaction is applied at most once for this id
/// @param timeout   how long to wait for the outcome; past it the outcome is unknown
/// @param ioContext a qualified keyword that names what the transaction is for; the report then
///     says what was read, in [TxReport#ioStats]
public record Transaction(
    Object data, Optional<UUID> requestId, Duration timeout, Optional<Keyword> ioContext) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  public Transaction {
    requireNonNull(data, "data");
    ioContext.ifPresent(IoContext::check);
  }

  /// A transaction whose reads nobody asks for.
  public Transaction(Object data, Optional<UUID> requestId, Duration timeout) {
    this(data, requestId, timeout, Optional.empty());
  }

  public static Transaction of(Object data) {
    return new Transaction(data, Optional.empty(), DEFAULT_TIMEOUT);
  }

  /// Other facts, said in the same way.
  public Transaction withData(Object facts) {
    return new Transaction(facts, requestId, timeout, ioContext);
  }

  /// This transaction, safe to send again with the same id.
  public Transaction withRequestId(UUID id) {
    return new Transaction(data, Optional.of(id), timeout, ioContext);
  }

  public Transaction withTimeout(Duration wait) {
    return new Transaction(data, requestId, wait, ioContext);
  }

  /// This transaction, reported with what was read for it.
  ///
  /// @param context a qualified keyword
  public Transaction withIoContext(Keyword context) {
    return new Transaction(data, requestId, timeout, Optional.of(context));
  }
}
