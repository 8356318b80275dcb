/// The execution of queries: relations as columns, and the operators that make one from another.
///
/// A [Relation] is a set of rows over variables. Its columns are keys (`long[]`, for entity ids,
/// longs, instants, booleans, doubles and floats), codes of few distinct values, or objects; rows
/// are put together only for the result and for the arguments of functions. Joins of keys and codes
/// box nothing. A relation knows on which variables its rows differ for certain, so that nobody
/// looks for equal ones there.
///
/// A pattern over a database is three things: [FactsPattern] resolves its constants, [FactsJoin]
/// decides how it meets the rows that are known, [FactsScan] reads the columns that somebody needs.
///
/// A conjunction is run by [Conjunction]: a greedy choice among the clauses that may run next, by
/// exact counts of index ranges and the actual size of what was joined so far. What may run when is
/// decided beforehand by [Ordering], on names alone, so that errors don't depend on the data. Two
/// rules hold in any order: a function sees only rows that the clauses written before it let pass,
/// and a value that an input or a function brought is resolved (ident, lookup ref) before it is
/// joined.
///
/// Patterns that form a cycle, a [CyclicCore], are joined at once by [CyclicJoin]: a worst-case
/// optimal join, whose work is bounded by what the patterns could make at most and not by what two
/// of them make.
///
/// Rules are run by [Tables]: semi-naive evaluation with tabling, where each table is asked for the
/// arguments that a call has bound, and answers to those alone.
///
/// What follows from the text, the inputs' variables, the rules and the schemas alone is a [Plan],
/// which the next run with the same uses again: the order in which clauses may run and what each
/// needs ([Body]), patterns and expressions with their names resolved.
///
/// Operators are one after the other. A large one is cut into parts for several threads, the
/// [Workers], whose results are put together in the parts' order; what is smaller than a [Tuning]
/// says isn't. What is hashed is shared out by hashes ([EqualRows], the tables of [Join]), so that
/// what is found doesn't depend on who found it; doubles are added in the order of rows, by one
/// thread. A pattern's rows come in the order of the rows that it was joined with, so that
/// where few rows are asked for a [Tail] of clauses may be run on the first ones alone.
///
/// Every operator checks the [Budget], and tells the [Operator] in charge what it does, for
/// explanations and for what a query that is stopped says.
///
/// Knows indexes, schema and the syntax tree. Knows nothing of EDN text and of how results are
/// shaped.
@NullMarked
package valence.engine.query.exec;

import org.jspecify.annotations.NullMarked;
