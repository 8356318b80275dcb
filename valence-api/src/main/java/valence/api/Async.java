package valence.api;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A blocking call on a virtual thread of its own. What bounds the call bounds this: a database
/// refuses with `busy` when it has too much to do.
final class Async {
  private Async() {}

  /// The call's outcome; a failure is the exception itself, without a wrapper. To cancel it
  /// interrupts the call.
  static <T extends @Nullable Object> CompletionStage<T> call(Supplier<T> blocking) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().unstarted(() -> {
      try {
        outcome.complete(blocking.get());
      } catch (RuntimeException | Error e) {
        outcome.completeExceptionally(e);
      }
    });
    thread.start();
    outcome.whenComplete((value, failure) -> {
      if (failure instanceof CancellationException) {
        thread.interrupt();
      }
    });
    return outcome;
  }
}
