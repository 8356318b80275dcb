/// The conformance corpus and its runner: suites of recorded answers, played against a database.
///
/// A corpus is a folder of EDN files, each a vector of suites. What a suite holds, what its reader
/// tags mean and how answers compare is written in the corpus's own README; a copy stands beside
/// the test data of this module. The way of a case:
///
/// 1. [CorpusReader] reads files into [Suite]s and [Case]s; tags that depend on a database stay
///    [Tagged].
/// 2. A [Session] is one suite's database and everything it gave a name to. [Resolver] replaces
///    tags with what they mean there.
/// 3. [Operations] calls the api and answers in named parts; [Outcome] is an answer, a refusal or a
///    breakdown.
/// 4. [Judge] resolves the expectation, after the call, and has [Matcher] compare part by part.
/// 5. [Report] prints; [Main] is the command.
///
/// Nothing here may pass a case by accident: whatever isn't understood fails the case.
///
/// Knows [valence.api] alone; the database that answers is found as any program would find it.
@NullMarked
package valence.conformance;

import org.jspecify.annotations.NullMarked;
