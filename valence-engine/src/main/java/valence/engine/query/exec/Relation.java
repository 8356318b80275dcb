package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// Rows over variables, as columns. Immutable. Operators may leave equal rows in it; [#distinct]
/// takes them out.
public final class Relation {
  /// One row of nothing: what a conjunction begins with.
  static final Relation UNIT = new Relation(List.of(), List.of(), 1);

  private final List<Variable> variables;
  private final List<Column> columns;
  private final int count;

  Relation(List<Variable> variables, List<Column> columns, int count) {
    assert variables.size() == columns.size();
    this.variables = List.copyOf(variables);
    this.columns = List.copyOf(columns);
    this.count = count;
  }

  static Relation empty(Collection<Variable> variables) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      columns.add(new Column.Objects(new Object[0], false));
    }
    return new Relation(List.copyOf(variables), columns, 0);
  }

  public List<Variable> variables() {
    return variables;
  }

  public int count() {
    return count;
  }

  /// The value of a row, by the position of its variable.
  public @Nullable Object value(int row, int variable) {
    return columns.get(variable).value(row);
  }

  boolean has(Variable variable) {
    return variables.contains(variable);
  }

  Column column(Variable variable) {
    return columns.get(variables.indexOf(variable));
  }

  Column column(int index) {
    return columns.get(index);
  }

  Column[] columns(List<Variable> of) {
    Column[] some = new Column[of.size()];
    for (int i = 0; i < some.length; i++) {
      some[i] = column(of.get(i));
    }
    return some;
  }

  /// The variables that both have, in the order of this one.
  List<Variable> shared(Relation other) {
    List<Variable> shared = new ArrayList<>(variables);
    shared.retainAll(other.variables);
    return shared;
  }

  Relation gather(int[] rows, int rowCount) {
    List<Column> gathered = new ArrayList<>();
    for (Column column : columns) {
      gathered.add(column.gather(rows, rowCount));
    }
    return new Relation(variables, gathered, rowCount);
  }

  /// The same rows with one more column.
  Relation with(Variable variable, Column column) {
    List<Variable> moreVariables = new ArrayList<>(variables);
    moreVariables.add(variable);
    List<Column> moreColumns = new ArrayList<>(columns);
    moreColumns.add(column);
    return new Relation(moreVariables, moreColumns, count);
  }

  /// The same rows with some of their columns, in the order given.
  Relation project(Collection<Variable> some) {
    List<Column> kept = new ArrayList<>();
    for (Variable variable : some) {
      kept.add(column(variable));
    }
    return new Relation(List.copyOf(some), kept, count);
  }

  /// The same columns under other names.
  Relation rename(List<Variable> names) {
    return new Relation(names, columns, count);
  }

  /// Each row once.
  Relation distinct(Budget budget) {
    if (variables.isEmpty()) {
      return count <= 1 ? this : new Relation(variables, columns, 1);
    }
    if (count <= 1) {
      return this;
    }
    TupleSet set = new TupleSet(variables);
    set.addAll(this, budget);
    return set.count() == count ? this : set.slice(0, set.count());
  }

  /// Pairs of rows of both that agree on the variables they share.
  public Relation join(Relation other, Budget budget) {
    return Join.natural(this, other, budget, other.variables);
  }

  Set<Variable> variableSet() {
    return new LinkedHashSet<>(variables);
  }
}
