/// Amazon SQS's own protocol, so that its command line and SDKs send to and receive from the queues
/// of this system.
///
/// Both forms of it: JSON with `x-amz-target: AmazonSQS.<Action>`, of the newer ones, and form
/// fields with `Action=…`, answered in XML, of the older. A [Call] is a request in either; an
/// [Action] works on JSON data, and [QueryForm] is the other form of the same. Queues whose
/// names end with `.fifo` keep an order. A signature of AWS is accepted and not checked.
///
/// Knows SQS and queues. Knows nothing of sources.
@NullMarked
package valence.node.source.sqs;

import org.jspecify.annotations.NullMarked;
