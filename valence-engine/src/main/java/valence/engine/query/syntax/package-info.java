/// The syntax of queries: EDN forms read into trees of records, without any data looked at.
///
///     query  = Find, :with, inputs, clauses        (list, map or text)
///     clause = Pattern | Apply | RuleCall | Not | Or
///     rules  = name → head and branches
///
/// The tree says what the text says; whether variables are bound and names exist is decided by
/// those who run it. Every mistake of form is an `incorrect` anomaly that shows the form.
///
/// Knows EDN. Knows nothing of databases.
@NullMarked
package valence.engine.query.syntax;

import org.jspecify.annotations.NullMarked;
