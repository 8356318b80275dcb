package valence.engine.query.exec;

import clojure.lang.Symbol;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Call;
import valence.engine.query.syntax.Call.Callee;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.value.ValueType;

/// Comparison of two longs, or of two instants or doubles, by their keys.
final class LongTest {
  private LongTest() {}

  /// One side of a comparison: a column of keys, or one key for all rows.
  record Side(Kind kind, long @Nullable [] keys, long constant) {
    long at(int row) {
      return keys == null ? constant : keys[row];
    }

    boolean isNumber() {
      return kind == Kind.LONG || kind == Kind.DOUBLE || kind == Kind.FLOAT;
    }

    /// Of a number, as arithmetic with a double takes it.
    double numberAt(int row) {
      return kind == Kind.LONG ? at(row) : ValueType.doubleOf(at(row));
    }
  }

  /// The argument as keys; null when it isn't.
  static @Nullable Side side(Term arg, Relation relation) {
    return switch (arg) {
      case Variable variable ->
        relation.column(variable) instanceof Column.Keys(Kind kind, long[] keys)
            ? new Side(kind, keys, 0)
            : null;
      case Term.Constant(Object value) -> {
        Object normalized = Values.normalize(value);
        Kind kind = Kind.of(normalized);
        yield kind == Kind.OBJECT || normalized == null
            ? null
            : new Side(kind, null, kind.key(normalized));
      }
      case Term.Blank ignored -> null;
      case Term.Source ignored -> null;
      case Term.Nested ignored -> null;
    };
  }

  /// Writes the rows that pass and returns their count; -1 when the call is no comparison of keys.
  static int of(Call call, Relation relation, int[] rows) {
    if (call.args().size() != 2
        || !(call.callee() instanceof Callee.Named(Symbol name))
        || name.getNamespace() != null) {
      return -1;
    }
    Side x = side(call.args().get(0), relation);
    Side y = side(call.args().get(1), relation);
    if (x != null && y != null && x.kind == Kind.DOUBLE && y.kind == Kind.DOUBLE) {
      return doubles(name.getName(), x, y, relation.count(), rows);
    }
    if (x == null
        || y == null
        || x.kind != y.kind
        || x.kind != Kind.LONG && x.kind != Kind.INSTANT) {
      return -1;
    }
    return switch (name.getName()) {
      case "<" -> select(x, y, relation.count(), rows, true, false, false);
      case "<=" -> select(x, y, relation.count(), rows, true, true, false);
      case ">" -> select(x, y, relation.count(), rows, false, false, true);
      case ">=" -> select(x, y, relation.count(), rows, false, true, true);
      case "=" -> select(x, y, relation.count(), rows, false, true, false);
      case "!=", "not=" -> select(x, y, relation.count(), rows, true, false, true);
      default -> -1;
    };
  }

  /// Comparisons of doubles, whose keys tell -0.0 from 0.0; -1 for those that aren't of an order,
  /// and where there is what isn't a number.
  private static int doubles(String name, Side x, Side y, int rowCount, int[] rows) {
    boolean isLess = name.equals("<") || name.equals("<=");
    boolean isEqual = name.equals("<=") || name.equals(">=");
    if (!isLess && !name.equals(">") && !name.equals(">=")) {
      return -1;
    }
    int count = 0;
    for (int row = 0; row < rowCount; row++) {
      double a = ValueType.doubleOf(x.at(row));
      double b = ValueType.doubleOf(y.at(row));
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return -1;
      }
      if (a == b ? isEqual : a < b == isLess) {
        rows[count++] = row;
      }
    }
    return count;
  }

  private static int select(
      Side x, Side y, int rowCount, int[] rows, boolean less, boolean equal, boolean greater) {
    int count = 0;
    for (int row = 0; row < rowCount; row++) {
      long a = x.at(row);
      long b = y.at(row);
      if (a < b ? less : a == b ? equal : greater) {
        rows[count++] = row;
      }
    }
    return count;
  }
}
