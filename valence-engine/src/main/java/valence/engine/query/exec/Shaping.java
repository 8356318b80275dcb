package valence.engine.query.exec;

import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// What making a result of the rows that were found costs: aggregates, pulls, the rows themselves.
/// For one thread.
public final class Shaping {
  /// A part of `:find`, whose form is made when somebody asks.
  record Part(Supplier<Object> of) {
    Object form() {
      return of.get();
    }
  }

  private final Budget budget;
  private final @Nullable Trace trace;

  /// @param trace to be told; null when nobody looks
  public Shaping(Budget budget, @Nullable Trace trace) {
    this.budget = budget;
    this.trace = trace;
  }

  /// Whether somebody looks.
  public boolean isTold() {
    return trace != null;
  }

  /// Does a part of the work, and tells of its time and rows.
  ///
  /// @param form    the part of `:find` that it is for
  /// @param rows    that go in
  /// @param columns that each row has which comes out
  /// @param count   the rows that come out
  public <T extends @Nullable Object> T as(
      Operator.Way way,
      Supplier<Object> form,
      int rows,
      int columns,
      ToIntFunction<T> count,
      Supplier<T> work) {
    Part part = new Part(form);
    Operator operator = trace == null ? new Operator(part, false) : trace.shaping(part);
    operator.by(way);
    Operator outer = budget.enter(operator);
    try {
      T result = work.get();
      int made = count.applyAsInt(result);
      operator.ran(rows, made, (long) made * columns * Long.BYTES);
      if (trace != null) {
        trace.shaped(operator);
      }
      return result;
    } finally {
      budget.enter(outer);
    }
  }
}
