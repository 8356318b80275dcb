/// Transactions: a database value and tx-data in, the next database value out. Pure: no clock, no
/// log, no threads; a refused transaction leaves no trace.
///
///     forms → Expansion → Facts (columns: names resolved, types checked, temporary ids negative)
///           → Upserts, Tempids (temporary ids to entities)
///           → Changes (set rules against what is true)
///           → Composites → Uniqueness → SchemaCheck → Novelty → Database.apply → EntitySpecs
///
/// What must hold: a transaction is a set, so the order of its forms changes nothing but the order
/// of what is reported; every name means what it meant in the database before; uniqueness, schema
/// and entity specs are judged on the result.
///
/// Each stage reads what the one before it left, and a transaction without temporary ids, tuples,
/// unique attributes or schema passes the stages for them without touching a fact.
///
/// Knows database values, schema and functions. Knows nothing of how a transaction came in or is
/// stored.
@NullMarked
package valence.engine.tx;

import org.jspecify.annotations.NullMarked;
