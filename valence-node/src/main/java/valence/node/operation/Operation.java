package valence.node.operation;

import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// One operation of the protocol.
@FunctionalInterface
interface Operation {
  /// The value that the request asks for.
  @Nullable Object answer(Fields request);
}
