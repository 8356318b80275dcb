/// A system in this process: the api's interfaces over the engine and one storage, without a wire.
///
/// Here the parts of the engine meet. A [LocalDb] is a database value, and its reads go straight to
/// the indexes; a [LocalConnection] serves all callers of one database, and its [CommitPipeline]
/// turns what they submit into durable transactions, one after the other; a [LocalClient] knows the
/// databases of the storage by name.
///
/// The pipeline's parts: a [Submission] and who waits for it; a [Computation], which makes a
/// [Computed] of it; the [Speculation], what is computed and not durable yet; the [LogFollower],
/// which keeps the durable value in step with the log; the [Publication] of that value; [Relief]
/// and [Turn], by which threads share the work.
///
/// Knows the engine and the storage SPI. Does no file or network I/O of its own.
@NullMarked
package valence.engine.local;

import org.jspecify.annotations.NullMarked;
