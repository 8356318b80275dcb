/// Sources: what calls an application's functions when something happens.
///
/// [Sources] runs those of the revision that serves, one [Source] each. An [EventSource] has a
/// durable [queue][valence.node.source.queue.Queue] of its own, which a *feeder* fills: of a
/// directory, a bucket, a schedule; or requests to a webhook do; or, of a source of type queue,
/// whoever sends. What a feeder has seen and the event that it makes of it are one transaction. A
/// [Pump] takes events out of the queue, calls the function, and deletes them when it has returned:
/// at least once, again after ever longer pauses when it fails, and to the dead letters when it has
/// failed too often.
///
/// A [TriggerSource] has no queue. It reads a database's log from a durable position on, asks of
/// each transaction whether its new facts meet a condition, and calls the function in the order of
/// t.
///
/// Each call is begun on the revision that serves, so that a deployment takes effect with the next.
///
/// Knows functions, queues and databases. Knows nothing of the command line or of the client
/// protocol.
@NullMarked
package valence.node.source;

import org.jspecify.annotations.NullMarked;
