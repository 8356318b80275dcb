package valence.engine.query.exec;

import java.time.Duration;
import valence.api.Anomaly;
import valence.engine.query.syntax.Forms;

/// The limits of one query: time and memory. For one thread.
public final class Budget {
  /// Memory that a value may take at its largest, in bytes: as an object, in a row of the result.
  private static final long CELL_BYTES = 64;

  /// Values that one intermediate relation may hold, rows times columns: what the heap could hold,
  /// but never more than takes half a gigabyte as keys.
  private static final long CELLS_MAX =
      Math.clamp(Runtime.getRuntime().maxMemory() / CELL_BYTES, 1L << 16, 1L << 26);

  /// Rows between two looks at the clock.
  private static final int TICKS = 1 << 12;

  private static final int TICKS_PER_CALL = TICKS >> 4;

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
  public void tick() {
    if (++ticks >= TICKS) {
      ticks = 0;
      check();
    }
  }

  /// To be called for each call of a function, which may take long by itself.
  void call() {
    ticks += TICKS_PER_CALL;
    tick();
  }

  /// Stops the query when its time is over or its thread was interrupted; the thread stays so.
  public void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED,
              "Query stopped, because the thread that ran it was interrupted.")
          .toException();
    }
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
