package valence.node.app;

import java.util.concurrent.atomic.LongAdder;
import valence.ion.AppInfo;
import valence.node.telemetry.Histogram;
import valence.node.telemetry.Metrics;

/// Measures the calls of one function that come one way. Safe for many threads.
final class CallMeter {
  private final Histogram times;
  private final LongAdder errors;
  private final LongAdder timeouts;
  private final LongAdder running = new LongAdder();

  CallMeter(Metrics metrics, AppInfo app, String function, Entrance entrance) {
    String[] labels = {"function", function, "entrance", entrance.word(), "revision", app.revision()
    };
    times = metrics.histogram(
        "valence_ion_call_seconds", "Calls of application functions that ended.", labels);
    errors = metrics.counter(
        "valence_ion_errors_total", "Calls of application functions that threw.", labels);
    timeouts = metrics.counter(
        "valence_ion_timeouts_total", "Calls of application functions that were given up.", labels);
  }

  long begin() {
    running.increment();
    return System.nanoTime();
  }

  void end(long beginNanos, boolean failed) {
    running.decrement();
    times.record(System.nanoTime() - beginNanos);
    if (failed) {
      errors.increment();
    }
  }

  void timedOut() {
    timeouts.increment();
  }

  long running() {
    return running.sum();
  }
}
