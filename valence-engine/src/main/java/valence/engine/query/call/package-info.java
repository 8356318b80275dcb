/// What expressions of queries can call beside the curated core functions
/// ([valence.engine.function]) and the application's own: `ground`, `tuple` and `untuple`, safe
/// members of Java's value classes, and aggregates.
///
/// What a function throws becomes an `incorrect` anomaly that shows the clause.
///
/// Knows values. Knows nothing of clauses, relations or databases.
@NullMarked
package valence.engine.query.call;

import org.jspecify.annotations.NullMarked;
