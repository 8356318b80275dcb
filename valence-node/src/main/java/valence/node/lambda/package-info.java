/// Invocations as AWS Lambda takes them, so that its command line and SDKs call an application's
/// functions here.
///
/// Statuses, headers and error bodies are those of Lambda's *Invoke* (API reference, version
/// 2015-03-31). A signature is accepted and not checked. An accepted `Event` is durable in a queue
/// ([QueuedEvents]) and tried three times.
///
/// Knows Lambda's protocol and queues. Knows nothing of databases or deployments.
@NullMarked
package valence.node.lambda;

import org.jspecify.annotations.NullMarked;
