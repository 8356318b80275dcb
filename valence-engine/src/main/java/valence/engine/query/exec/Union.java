package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
      boolean foreign = false;
      for (Relation part : some) {
        foreign |= part.column(variable) instanceof Column.Objects objects && objects.foreign();
      }
      ColumnBuilder builder = new ColumnBuilder(foreign);
      for (Relation part : some) {
        Column column = part.column(variable);
        for (int row = 0; row < part.count(); row++) {
          budget.tick();
          builder.add(column, row);
        }
      }
      columns.add(builder.build());
    }
    return new Relation(List.copyOf(variables), columns, count);
  }
}
