package valence.node.upkeep;

import java.io.PrintStream;
import java.util.Map;
import valence.edn.Edn;

/// Says how far the work has come, not more often than somebody could see. For one thread.
final class Shown {
  private static final long PAUSE_NANOS = 100_000_000;

  private final PrintStream out;
  private long lastNanos = System.nanoTime() - PAUSE_NANOS;

  Shown(PrintStream out) {
    this.out = out;
  }

  /// @param total 0 when it isn't known
  void at(long done, long total, String unit) {
    long now = System.nanoTime();
    if (now - lastNanos >= PAUSE_NANOS || (done == total && total > 0)) {
      lastNanos = now;
      out.println(Edn.print(Map.of(
          Arguments.key("progress"), done,
          Arguments.key("total"), total,
          Arguments.key("unit"), unit)));
    }
  }
}
