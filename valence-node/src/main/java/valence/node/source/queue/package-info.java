/// Durable queues: what was taken in is handed out until it is deleted, at least once.
///
/// A message's facts are in the system's database [QueueFacts#DATABASE], so that a send is durable
/// when it returns and the database's own group commit makes many of them one write. Which messages
/// wait, and when, is in memory and made anew at the start; times there are those of the monotonic
/// clock, so that setting the machine's clock hands nothing out early. After a restart what was
/// being worked on is handed out again.
///
/// How often a message was handed out is durable before it is: one that ends the process that works
/// on it comes to its dead letters, too.
///
/// Knows messages. Knows nothing of what they mean, who sends them, or of the network.
@NullMarked
package valence.node.source.queue;

import org.jspecify.annotations.NullMarked;
