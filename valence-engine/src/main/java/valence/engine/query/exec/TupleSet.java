package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import valence.engine.query.syntax.Term.Variable;

/// A growing set of rows, in the order in which they came. For one thread.
final class TupleSet {
  private static final int CAPACITY_MIN = 64;

  private final List<Variable> variables;
  private final ColumnBuilder[] columns;
  private int[] slots = new int[CAPACITY_MIN]; // row + 1; 0 is free
  private int[] hashes = new int[CAPACITY_MIN / 2]; // by row
  private int count;

  TupleSet(List<Variable> variables) {
    this.variables = variables;
    columns = new ColumnBuilder[variables.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new ColumnBuilder(true);
    }
  }

  int count() {
    return count;
  }

  List<Variable> variables() {
    return variables;
  }

  /// Adds the rows of a relation that has the set's variables, in any order.
  void addAll(Relation relation, Budget budget) {
    Column[] from = relation.columns(variables);
    for (int row = 0; row < relation.count(); row++) {
      budget.tick();
      add(from, row);
    }
  }

  private void add(Column[] from, int row) {
    int hash = hash(from, row);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int present = slots[slot] - 1;
      if (hashes[present] == hash && same(present, from, row)) {
        return;
      }
      slot = (slot + 1) & mask;
    }
    for (int i = 0; i < columns.length; i++) {
      columns[i].add(from[i], row);
    }
    hashes[count] = hash;
    slots[slot] = ++count;
    if (count == hashes.length) {
      grow();
    }
  }

  private void grow() {
    hashes = Arrays.copyOf(hashes, count * 2);
    slots = new int[hashes.length * 2];
    int mask = slots.length - 1;
    for (int row = 0; row < count; row++) {
      int slot = hashes[row] & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = row + 1;
    }
  }

  private boolean same(int present, Column[] from, int row) {
    for (int i = 0; i < columns.length; i++) {
      if (!columns[i].same(present, from[i], row)) {
        return false;
      }
    }
    return true;
  }

  static int hash(Column[] columns, int row) {
    long hash = 0;
    for (Column column : columns) {
      hash = hash * 0x9E3779B97F4A7C15L + column.hash(row);
    }
    return (int) (hash ^ (hash >>> 32));
  }

  /// The rows that came from one position to below another.
  Relation slice(int from, int to) {
    List<Column> slices = new ArrayList<>();
    for (ColumnBuilder column : columns) {
      slices.add(column.slice(from, to));
    }
    return new Relation(variables, slices, to - from);
  }
}
