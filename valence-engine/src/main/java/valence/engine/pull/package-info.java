/// Pull: what a pattern selects of an entity, as nested maps.
///
/// A pattern is EDN data. It is parsed and checked once against a schema into a
/// [valence.engine.pull.PullPattern], a syntax tree that can be kept, and is then evaluated
/// straight from index cursors: one range of EAVT for an attribute or a wildcard, one of VAET for a
/// reverse attribute.
///
/// Results are persistent maps and vectors of Clojure. An entity of which nothing was selected is
/// null, not an empty map. Depth and size of a result are bounded.
///
/// Knows databases and functions. Knows nothing of queries, connections or logs.
@NullMarked
package valence.engine.pull;

import org.jspecify.annotations.NullMarked;
