/// The execution of queries: relations as columns, and the operators that make one from another.
///
/// A [Relation] is a set of rows over variables. Its columns are keys (`long[]`, for entity ids,
/// longs, instants, booleans, doubles and floats) or objects; rows are put together only for the
/// result and for the arguments of functions. Joins of key columns box nothing.
///
/// A conjunction is run by [Conjunction]: a greedy choice among the clauses that may run next, by
/// exact counts of index ranges and the actual size of what was joined so far. What may run when is
/// decided beforehand by [Ordering], on names alone, so that errors don't depend on the data. Two
/// rules hold in any order: a function sees only rows that the clauses written before it let pass,
/// and a value that an input or a function brought is resolved (ident, lookup ref) before it is
/// joined.
///
/// Rules are run by [Tables]: semi-naive evaluation with tabling, where each table is asked for the
/// arguments that a call has bound, and answers to those alone.
///
/// Every operator checks the [Budget].
///
/// Knows indexes, schema and the syntax tree. Knows nothing of EDN text and of how results are
/// shaped.
@NullMarked
package valence.engine.query.exec;

import org.jspecify.annotations.NullMarked;
