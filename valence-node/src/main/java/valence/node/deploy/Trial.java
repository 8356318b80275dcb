package valence.node.deploy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Runs code of a revision that nobody has seen run yet: on a thread of its own, within a time.
final class Trial {
  private Trial() {}

  /// What the work gives, or the exception that it throws.
  ///
  /// Fails with [TimeoutException] when the time is up; the thread is interrupted then, and left to
  /// itself.
  ///
  /// @param begun is given the thread, before it starts
  /// @param late takes what the work gives after that
  static <T> T run(
      String name,
      Duration limit,
      Consumer<Thread> begun,
      Callable<T> work,
      Consumer<? super T> late)
      throws Exception {
    var givenUp = new AtomicBoolean();
    var task = new FutureTask<T>(() -> {
      T made = work.call();
      if (!givenUp.compareAndSet(false, true)) {
        late.accept(made);
      }
      return made;
    });
    Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(task);
    begun.accept(thread);
    thread.start();
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    } catch (TimeoutException | InterruptedException e) {
      if (givenUp.compareAndSet(false, true)) {
        thread.interrupt();
        throw e;
      }
      return task.get(); // it ended in the same moment
    }
  }
}
