package valence.engine.tx;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;

/// What a transaction needs beside the database and its forms.
///
/// @param functions finds transaction functions and predicates
/// @param facade    a database value as functions see it
/// @param now the clock's time; becomes the transaction's unless it is behind the previous one's
/// @param requestId said on the transaction's entity when there is one
public record TxContext(
    FunctionResolver functions,
    Function<Database, Db> facade,
    Instant now,
    Optional<UUID> requestId) {
  TxContext withFunctions(FunctionResolver others) {
    return new TxContext(others, facade, now, requestId);
  }
}
