/// Queries whose results are watched: who subscribes gets the result, then how it changes.
///
/// [LiveQueries] are those of one database. Equal queries are run once for all who watch them, a
/// [Watched]. One thread, the pulse, reads the feed of transactions and asks of each watched query
/// whether a transaction can concern it: a [Footprint] says so from the query's text, rules and
/// inputs, so that what is written elsewhere costs a lookup per datom and no query. A query that
/// may be concerned is run again on the newest value, by as many threads as
/// [LiveQueries#RUNS_AT_ONCE]; what was said while it ran is answered by one more run, not by one
/// for each transaction.
///
/// A run makes a [Snapshot], the rows at a t and how they differ from those before. A subscriber
/// knows only which snapshot it has seen; a few are kept, and who is further behind gets the whole
/// result. So a slow reader costs nothing, and nobody waits for it.
///
/// Invariant: what a subscriber was given, put together, is what the query gives on a value with
/// the t of the last change.
///
/// Knows connections by their api, and the syntax of queries. Knows nothing of how queries run, nor
/// of the network.
@NullMarked
package valence.engine.live;

import org.jspecify.annotations.NullMarked;
