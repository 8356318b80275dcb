/// The history of git repositories as facts, and what can be asked of it.
///
/// | class | what it does |
/// | --- | --- |
/// | [Setup] | makes the database of a repository, with its schema |
/// | [Import] | says the facts of commits |
/// | [Questions] | the queries |
/// | [Web] | answers them over HTTP |
///
/// Each repository has a database of its own. Each commit is a transaction at the commit's own
/// time, so that `as-of` a date shows the codebase as it was then.
package codebase;
