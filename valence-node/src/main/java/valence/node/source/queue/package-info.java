/// Durable queues: what was taken in is handed out until it is deleted, at least once.
///
/// A message's facts are in the system's database [QueueFacts], so that a send is durable when it
/// returns and the database's own group commit makes many of them one write. What is done with
/// leaves no trace on the disk for long: now and then what is true goes over to a fresh database,
/// by a [Succession]. So messages are named by their ids.
///
/// Which messages wait, and when, is in memory and made anew at the start; times there are those of
/// the monotonic clock, so that setting the machine's clock hands nothing out early. How long a
/// message is out of sight of others is durable when whoever has it may outlast the process; what
/// the process itself was working on is handed out again at once. In a queue that keeps an order
/// the [Line] holds up the rest of a group while some of it is out, and [SentIds] tells what was
/// sent already.
///
/// How often a message was handed out is durable before it is: one that ends the process that works
/// on it comes to its dead letters, too.
///
/// Knows messages. Knows nothing of what they mean, who sends them, or of the network.
@NullMarked
package valence.node.source.queue;

import org.jspecify.annotations.NullMarked;
