package valence.node.operation;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Calls that their callers gave ids, so that they can be cancelled from elsewhere. As many as
/// there are requests under way.
final class Calls {
  /// A call's id, and whose call it is: nobody ends another's.
  record Name(String principal, UUID id) {}

  /// A call that waits or runs, in one part or several.
  static final class Call {
    private @Nullable Thread thread; // guarded by this; null unless it runs
    private boolean isCancelled; // guarded by this

    /// Does a part of the call; `interrupted` when the call was cancelled.
    <T> T run(Callable<T> work) throws Exception {
      begin();
      try {
        return work.call();
      } finally {
        end();
      }
    }

    private synchronized void begin() {
      if (isCancelled) {
        throw Anomaly.of(
                Anomaly.Category.INTERRUPTED, "The call was cancelled before it began to run.")
            .toException();
      }
      thread = Thread.currentThread();
    }

    private synchronized void end() {
      thread = null;
    }

    private synchronized void cancel() {
      isCancelled = true;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  private final Map<Name, Call> byId = new ConcurrentHashMap<>();

  /// A call that can be cancelled as soon as this has returned, until [#forget].
  ///
  /// `incorrect` when another call has the id.
  Call admit(Name id) {
    Call call = new Call();
    if (byId.putIfAbsent(id, call) != null) {
      throw taken(id);
    }
    return call;
  }

  void forget(Name id) {
    byId.remove(id);
  }

  /// Interrupts a call; false when none has the id, because it has ended or never came.
  boolean cancel(Name id) {
    Call call = byId.get(id);
    if (call == null) {
      return false;
    }
    call.cancel();
    return true;
  }

  private static AnomalyException taken(Name id) {
    return Anomaly.incorrect(
            "db.error/invalid-request",
            "A call with the id " + id.id() + " is under way already.",
            "Give each call an id of its own.")
        .toException();
  }
}
