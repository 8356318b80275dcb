/// Queries: Datalog over database values and collections.
///
///     EDN → syntax tree ([valence.engine.query.syntax])
///         → ordered by what is bound, planned by exact counts, run by operators over columns
///           that call functions ([valence.engine.query.exec], [valence.engine.query.call])
///         → found rows → grouped, aggregated, pulled, named (here) → result
///
/// [Queries#run] is the way in. Reading is pure and its result cached by the query's text or value;
/// what a query runs on, its inputs and limits, is a [valence.api.QueryRequest].
///
/// Every failure is an anomaly whose category and `:db/error` don't depend on the order in which
/// clauses happen to run.
@NullMarked
package valence.engine.query;

import org.jspecify.annotations.NullMarked;
