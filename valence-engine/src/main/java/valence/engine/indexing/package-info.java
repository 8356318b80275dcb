/// Moves novelty into durable indexes: roots, the jobs that make them, and what becomes garbage.
///
/// Everything durable of a database's indexes hangs on one ref, `index/<database id>`, whose value
/// is an [IndexState]: the [IndexRoot], the ids that a job under way may have put, and lists of ids
/// that a root has dropped. Each step of a job sets the ref by compare-and-set:
///
///     begin     what another job left half done becomes dropped; that job can't finish any more
///     journal   names the next segments, before they are put
///     swing     the new root; nothing is journalled any more; what it dropped is listed
///
/// So a crash at any point leaves garbage that the ref names, and a job that was overtaken, by
/// another process or by its own successor after a pause, can't swing. Only the ref's version
/// decides; no clock and no lock between processes takes part.
///
/// A blob of a database ends with the database's id and the version at which its job began
/// ([OwnedBlob]). So no id is ever made twice, by another database or another job, and an id that
/// is garbage stays garbage. Deleting needs the grace period, for readers in other processes, and
/// that no value in this process stands on a root that had the segment.
///
/// A failed job changes nothing that can be seen; it is tried again after a pause that grows.
/// Writers don't notice before novelty reaches its hard limit.
///
/// Knows databases, segments, the cache and the storage SPI. Knows nothing of transactions in
/// flight: their owner, an [IndexOwner], says what is durable and takes the new foundation.
@NullMarked
package valence.engine.indexing;

import org.jspecify.annotations.NullMarked;
