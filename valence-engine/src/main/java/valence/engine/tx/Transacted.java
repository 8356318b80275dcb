package valence.engine.tx;

import java.util.List;
import java.util.Map;
import valence.api.Datom;
import valence.api.TxStats;
import valence.engine.db.Database;
import valence.engine.db.Novelty;

/// What a transaction did.
///
/// @param after   the database with it
/// @param novelty the rows that it opened and closed, as they are stored
/// @param txData what it said, its own `:db/txInstant` first. A retraction that was asked for and
/// is
///     also implied by a replacement is listed twice, as in the reference; the novelty has it once
/// @param tempids the entity of each temporary id that the caller wrote
/// @param stats   what it took
public record Transacted(
    Database after,
    Novelty novelty,
    List<Datom> txData,
    Map<String, Long> tempids,
    TxStats stats) {}
