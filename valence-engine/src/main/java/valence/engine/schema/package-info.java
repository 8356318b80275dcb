/// Schema as a value: attributes, idents, and the bootstrap datoms that every database begins with.
///
/// A [Schema] is derived from datoms alone: the same datoms give the same schema, and a transaction
/// makes the next schema from this one. All idents are held in memory.
///
/// Knows value types. Knows nothing of indexes and queries.
@NullMarked
package valence.engine.schema;

import org.jspecify.annotations.NullMarked;
