package valence.engine.query.exec;

import java.time.Duration;
import valence.api.Anomaly;
import valence.engine.query.syntax.Forms;

/// The limits of one query: time and memory. For one thread.
public final class Budget {
  /// Values that one intermediate relation may hold, rows times columns. 8 bytes each at least.
  private static final long CELLS_MAX = 1L << 26;

  /// Rows between two looks at the clock.
  private static final int TICKS = 1 << 12;

  private final Duration timeout;
  private final long deadline; // of System.nanoTime
  private int ticks;

  public Budget(Duration timeout) {
    this.timeout = timeout;
    long nanos;
    try {
      nanos = timeout.toNanos();
    } catch (ArithmeticException centuries) {
      nanos = Long.MAX_VALUE / 2;
    }
    deadline = System.nanoTime() + Math.clamp(nanos, 0, Long.MAX_VALUE / 2);
  }

  /// To be called for each row of a long loop.
  void tick() {
    if (++ticks >= TICKS) {
      ticks = 0;
      check();
    }
  }

  /// Stops the query when its time is over.
  public void check() {
    if (System.nanoTime() - deadline > 0) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Query stopped after " + timeout.toMillis() + " ms, its time limit.",
              "Join by more selective clauses, or give it a longer timeout.")
          .toException();
    }
  }

  /// Stops the query when a clause makes more rows than it may.
  void rows(long rows, int columns, Object clause) {
    if (rows * Math.max(1, columns) > CELLS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "Query stopped at " + rows + " rows of " + columns + " values in the clause "
                  + Forms.show(clause) + ".",
              "A query may hold " + CELLS_MAX + " values at a time.",
              "Join by more selective clauses, each of which shares a variable with another.")
          .toException();
    }
  }
}
