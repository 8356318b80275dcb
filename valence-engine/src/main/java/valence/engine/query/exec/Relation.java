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
  private static final List<Set<Variable>> ONE_ROW = List.of(Set.of());

  /// One row of nothing: what a conjunction begins with.
  static final Relation UNIT = new Relation(List.of(), List.of(), 1);

  private final List<Variable> variables;
  private final List<Column> columns;
  private final int count;
  private final List<Set<Variable>> keys;
  private final @Nullable TupleSet set; // whose first rows these are, column by column

  Relation(List<Variable> variables, List<Column> columns, int count) {
    this(variables, columns, count, List.of());
  }

  /// @param keys sets of variables, each of which tells all rows apart
  Relation(List<Variable> variables, List<Column> columns, int count, List<Set<Variable>> keys) {
    this(variables, columns, count, keys, null);
  }

  private Relation(
      List<Variable> variables,
      List<Column> columns,
      int count,
      List<Set<Variable>> keys,
      @Nullable TupleSet set) {
    assert variables.size() == columns.size();
    assert keys.stream().allMatch(variables::containsAll);
    this.variables = List.copyOf(variables);
    this.columns = List.copyOf(columns);
    this.count = count;
    this.keys = count <= 1 ? ONE_ROW : List.copyOf(keys);
    this.set = set;
  }

  /// The same rows, known to be the first ones of a set, which can look them up.
  Relation of(TupleSet whole) {
    return new Relation(variables, columns, count, List.of(variableSet()), whole);
  }

  /// The set whose first rows these are, column by column; null when nobody keeps them.
  @Nullable TupleSet set() {
    return set;
  }

  /// One row of one value that an input gives.
  public static Relation of(Variable variable, Object value) {
    return new Relation(List.of(variable), List.of(Column.repeat(Values.normalize(value), 1)), 1);
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

  /// Sets of variables of which no two rows have equal values, as far as that is known.
  List<Set<Variable>> keys() {
    return keys;
  }

  /// What the columns take, about, without the values that objects are.
  long bytes() {
    return (long) count * Long.BYTES * columns.size();
  }

  /// The value of a row, by the position of its variable.
  public @Nullable Object value(int row, int variable) {
    return columns.get(variable).value(row);
  }

  /// Makes the values of some rows that follow each other, by the position of their variable.
  public void fill(int variable, int from, int rowCount, @Nullable Object[] into) {
    columns.get(variable).fill(from, rowCount, into);
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

  /// The rows at the positions, which may be the same more than once.
  Relation gather(int[] rows, int rowCount) {
    return new Relation(variables, gathered(rows, rowCount), rowCount);
  }

  /// The rows at the positions, each of which is there once.
  Relation select(int[] rows, int rowCount) {
    return new Relation(variables, gathered(rows, rowCount), rowCount, keys);
  }

  /// Some rows that follow each other.
  Relation slice(int from, int rowCount) {
    int[] rows = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      rows[i] = from + i;
    }
    return select(rows, rowCount);
  }

  private List<Column> gathered(int[] rows, int rowCount) {
    List<Column> gathered = new ArrayList<>(columns.size());
    for (Column column : columns) {
      gathered.add(column.gather(rows, rowCount));
    }
    return gathered;
  }

  /// The same rows with one more column.
  Relation with(Variable variable, Column column) {
    List<Variable> moreVariables = new ArrayList<>(variables);
    moreVariables.add(variable);
    List<Column> moreColumns = new ArrayList<>(columns);
    moreColumns.add(column);
    return new Relation(moreVariables, moreColumns, count, keys);
  }

  /// The same rows with some of their columns, in the order given.
  Relation project(Collection<Variable> some) {
    List<Column> kept = new ArrayList<>();
    for (Variable variable : some) {
      kept.add(column(variable));
    }
    return new Relation(List.copyOf(some), kept, count, RowKeys.within(keys, some));
  }

  /// The same columns under other names.
  Relation rename(List<Variable> names) {
    List<Set<Variable>> renamed = new ArrayList<>();
    for (Set<Variable> key : keys) {
      Set<Variable> same = new LinkedHashSet<>();
      key.forEach(variable -> same.add(names.get(variables.indexOf(variable))));
      renamed.add(same);
    }
    return new Relation(names, columns, count, renamed, set);
  }

  /// The same rows, no two of which agree on all of some variables.
  Relation keyed(Collection<Variable> key) {
    List<Set<Variable>> more = new ArrayList<>(keys);
    more.add(Set.copyOf(key));
    return new Relation(variables, columns, count, more);
  }

  /// Each row once.
  Relation distinct(Budget budget) {
    if (count <= 1 || !keys.isEmpty()) {
      return this;
    }
    if (variables.isEmpty()) {
      return new Relation(variables, columns, 1);
    }
    Distinct distinct = new Distinct(columns, count, budget);
    List<Set<Variable>> all = List.of(variableSet());
    return distinct.count() == count
        ? new Relation(variables, columns, count, all)
        : new Relation(
            variables, gathered(distinct.rows(), distinct.count()), distinct.count(), all);
  }

  /// Pairs of rows of both that agree on the variables they share.
  public Relation join(Relation other, Budget budget) {
    return Join.natural(this, other, budget, other.variables);
  }

  Set<Variable> variableSet() {
    return new LinkedHashSet<>(variables);
  }
}
