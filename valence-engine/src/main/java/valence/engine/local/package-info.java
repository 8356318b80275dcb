/// A system in this process: the api's interfaces over the engine and one storage, without a wire.
///
/// Here the parts of the engine meet. A [LocalDb] is a database value, and its reads go straight to
/// the indexes; a [LocalConnection] serves all callers of one database, and its [CommitPipeline]
/// turns what they submit into durable transactions, one after the other; a [LocalClient] knows the
/// databases of the storage by name.
///
/// Knows the engine and the storage SPI. Does no file or network I/O of its own.
@NullMarked
package valence.engine.local;

import org.jspecify.annotations.NullMarked;
