/// Functions that queries, transactions and pulls call by name: the curated pure core functions,
/// and the application's, which a [FunctionResolver] finds.
///
/// [Arithmetic], [Equality] and [Comparison] say what numbers and values mean in expressions.
/// Comparison is total: values of different kinds have an order too, so that a predicate never
/// fails on the data. Arithmetic does fail, by an exception.
///
/// Knows values. Knows nothing of databases, except that a [valence.api.Db] may be an argument.
@NullMarked
package valence.engine.function;

import org.jspecify.annotations.NullMarked;
