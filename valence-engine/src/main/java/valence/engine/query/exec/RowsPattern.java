package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.query.call.Builtins;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term;

/// A pattern over a collection, which takes its rows apart by position.
final class RowsPattern {
  private RowsPattern() {}

  /// The rows that match, over the pattern's variables. A row with fewer columns than the pattern
  /// doesn't match.
  static Relation scan(Source.Rows source, Clause.Pattern pattern, Budget budget) {
    List<Term> terms = pattern.terms();
    List<ColumnBuilder> builders = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      builders.add(new ColumnBuilder(true));
    }
    int count = 0;
    for (Object element : source.rows()) {
      budget.tick();
      budget.operator().read(1);
      List<?> row = Builtins.positions(element);
      if (row != null && matches(terms, row)) {
        for (int i = 0; i < builders.size(); i++) {
          builders.get(i).add(Values.normalize(row.get(i)));
        }
        count++;
      }
    }
    List<Column> columns = new ArrayList<>();
    List<Term.Variable> names = new ArrayList<>();
    for (int i = 0; i < builders.size(); i++) {
      names.add(new Term.Variable("?" + i));
      columns.add(builders.get(i).build());
    }
    return Conjunction.ofArguments(terms, new Relation(names, columns, count), budget);
  }

  private static boolean matches(List<Term> terms, List<?> row) {
    if (row.size() < terms.size()) {
      return false;
    }
    for (int i = 0; i < terms.size(); i++) {
      @Nullable Object value = Values.normalize(row.get(i));
      if (terms.get(i) instanceof Term.Constant(Object constant)
          && !Values.equal(Values.normalize(constant), value)) {
        return false;
      }
    }
    return true;
  }
}
