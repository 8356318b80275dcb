package valence.engine.local;

import valence.engine.db.Database;
import valence.engine.tx.Transacted;

/// What a committed transaction did.
///
/// @param before the value that it was applied to
record Committed(Database before, Transacted transacted) {}
