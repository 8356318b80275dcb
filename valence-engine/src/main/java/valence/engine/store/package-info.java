/// What the engine asks of a storage: an ordered log, few mutable refs, many immutable blobs.
///
/// The three together carry the whole system. Safety rests on two conditional writes alone,
/// [LogStore#append] (if absent) and [RefStore#compareAndSet]: no leases, no clocks, no locks
/// between processes are assumed. An implementation is accepted when it passes the contract tests
/// `LogStoreContract`, `RefStoreContract` and `BlobStoreContract`.
///
/// Bytes may be sealed on their way, as by an encryption that wraps a storage: each store takes
/// [StoreArguments#SEAL_BYTES_MAX] bytes more than the engine may send, and its blobs can be had
/// without the check of their ids, [BlobStore#sealed].
///
/// Knows bytes. Knows nothing of datoms.
@NullMarked
package valence.engine.store;

import org.jspecify.annotations.NullMarked;
