package valence.engine.db;

import valence.engine.index.RowBuffer;

/// What one transaction changes: the rows that become true and those that cease to be.
///
/// @param t      the transaction's; one above the basis that it is applied to
/// @param opened rows from t on, the `:db/txInstant` of the transaction's entity among them
/// @param closed rows true until t, each with the t that opened it
public record Novelty(long t, RowBuffer opened, RowBuffer closed) {}
