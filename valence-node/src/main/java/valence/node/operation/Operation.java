package valence.node.operation;

import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// One operation of the protocol.
@FunctionalInterface
interface Operation {
  /// The value that the request asks for; [Rows] when they are to be sent as they are read, a
  /// [Subscription] when what happens is to be told as it does.
  ///
  /// @param deadline past which nobody waits for it
  @Nullable Object answer(Fields request, Deadline deadline);

  /// An operation that writes down who asked.
  record Attributed(Work work) implements Operation {
    /// What is done for a principal; for an empty name when nobody has to say who asks.
    @FunctionalInterface
    interface Work {
      @Nullable Object answer(Fields request, String principal);
    }

    @Nullable Object answer(Fields request, String principal) {
      return work.answer(request, principal);
    }

    @Override
    public @Nullable Object answer(Fields request, Deadline deadline) {
      return answer(request, "");
    }
  }
}
