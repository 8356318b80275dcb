package valence.node.operation;

import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// One operation of the protocol.
@FunctionalInterface
interface Operation {
  /// The value that the request asks for; [Rows] when they are to be sent as they are read.
  ///
  /// @param deadline past which nobody waits for it
  @Nullable Object answer(Fields request, Deadline deadline);
}
