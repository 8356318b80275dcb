package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// Relations put below each other.
final class Union {
  private Union() {}

  /// The rows of all parts, which have the same variables in any order.
  static Relation of(Collection<Variable> variables, List<Relation> parts, Budget budget) {
    List<Relation> some = new ArrayList<>(parts);
    some.removeIf(part -> part.count() == 0);
    if (some.isEmpty()) {
      return Relation.empty(variables);
    }
    if (some.size() == 1) {
      return some.get(0).project(variables);
    }
    List<Column> columns = new ArrayList<>();
    int count = 0;
    for (Relation part : some) {
      count += part.count();
    }
    for (Variable variable : variables) {
      budget.check();
      columns.add(column(variable, some, count, budget));
    }
    return new Relation(List.copyOf(variables), columns, count);
  }

  private static Column column(Variable variable, List<Relation> parts, int count, Budget budget) {
    Column alike = switch (parts.get(0).column(variable)) {
      case Column.Keys keys -> keys(variable, parts, count, keys.kind());
      case Column.Codes codes -> codes(variable, parts, count, codes.values());
      case Column.Objects ignored -> null;
    };
    if (alike != null) {
      return alike;
    }
    boolean foreign = false;
    for (Relation part : parts) {
      foreign |= part.column(variable) instanceof Column.Objects objects && objects.foreign();
    }
    ColumnBuilder builder = new ColumnBuilder(foreign);
    for (Relation part : parts) {
      Column column = part.column(variable);
      for (int row = 0; row < part.count(); row++) {
        budget.tick();
        builder.add(column, row);
      }
    }
    return builder.build();
  }

  /// Null when not all are keys of that kind.
  private static @Nullable Column keys(
      Variable variable, List<Relation> parts, int count, Kind kind) {
    long[] all = new long[count];
    int at = 0;
    for (Relation part : parts) {
      if (!(part.column(variable) instanceof Column.Keys(Kind of, long[] keys)) || of != kind) {
        return null;
      }
      System.arraycopy(keys, 0, all, at, part.count());
      at += part.count();
    }
    return new Column.Keys(kind, all);
  }

  /// Null when not all are codes of that table.
  private static @Nullable Column codes(
      Variable variable, List<Relation> parts, int count, ValueCodes values) {
    int[] all = new int[count];
    int at = 0;
    for (Relation part : parts) {
      if (!(part.column(variable) instanceof Column.Codes(ValueCodes of, int[] codes))
          || of != values) {
        return null;
      }
      System.arraycopy(codes, 0, all, at, part.count());
      at += part.count();
    }
    return new Column.Codes(values, all);
  }
}
