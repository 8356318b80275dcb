package valence.conformance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Runs work that may never end.
final class TimeLimit {
  private TimeLimit() {}

  /// The work's result, or its failure as an outcome of its own.
  ///
  /// The work gets a thread of its own. One that overstays is interrupted and left behind, a
  /// daemon, since nothing can stop a thread that doesn't listen.
  static Outcome outcome(String name, Duration limit, Callable<Outcome> work) {
    FutureTask<Outcome> task = new FutureTask<>(work);
    Thread thread = Thread.ofPlatform().daemon().name(name).start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      return outcome(failure.getCause());
    } catch (TimeoutException late) {
      TimeoutException hung = new TimeoutException("no answer within " + limit.toSeconds() + " s");
      hung.setStackTrace(thread.getStackTrace()); // where it hangs, not where we waited
      thread.interrupt();
      return new Outcome.Breakdown(hung);
    } catch (InterruptedException stopped) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The run was interrupted.")
          .toException(stopped);
    }
  }

  private static Outcome outcome(@Nullable Throwable failure) {
    return switch (failure) {
      case AnomalyException refusal -> new Outcome.Refusal(refusal);
      case null -> new Outcome.Breakdown(new IllegalStateException("failed without a cause"));
      default -> new Outcome.Breakdown(failure);
    };
  }
}
