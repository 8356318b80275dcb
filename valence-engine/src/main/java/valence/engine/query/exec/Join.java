package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import valence.engine.query.syntax.Term.Variable;

/// Hash joins of relations.
final class Join {
  /// What it takes to look a row up, about.
  private static final int PROBE_NANOS = 20;

  /// and to put it into a table.
  private static final int BUILD_NANOS = 15;

  /// Parts of a table that are filled by themselves, at most; each reads the places of all rows.
  private static final int SHARES_MAX = 8;

  private Join() {}

  /// Pairs of rows that agree on the shared variables; every pair when there are none. Shared
  /// columns are those of the left side.
  static Relation natural(Relation left, Relation right, Budget budget, Object clause) {
    return natural(left, right, false, budget, clause);
  }

  /// [#natural], in the order of the left rows, and for each in that of the right ones.
  static Relation inOrder(Relation left, Relation right, Budget budget, Object clause) {
    return natural(left, right, true, budget, clause);
  }

  private static Relation natural(
      Relation left, Relation right, boolean inOrder, Budget budget, Object clause) {
    if (left.variables().isEmpty() && left.count() == 1) {
      return right;
    }
    List<Variable> shared = left.shared(right);
    if (!shared.isEmpty()) {
      TupleSet set = right.set();
      boolean isRight = set != null && left.count() < right.count();
      if (!isRight) {
        set = right.count() < left.count() ? left.set() : null;
      }
      if (set != null) {
        return kept(left, right, isRight, set, shared, inOrder, budget, clause);
      }
    }
    Column[] leftKeys = left.columns(shared);
    Column[] rightKeys = right.columns(shared);
    return on(left, leftKeys, right, rightKeys, inOrder, budget, clause);
  }

  /// The join where one side is rows of a set, which are many and indexed.
  private static Relation kept(
      Relation left,
      Relation right,
      boolean isRight,
      TupleSet set,
      List<Variable> shared,
      boolean inOrder,
      Budget budget,
      Object clause) {
    Relation few = isRight ? left : right;
    Relation many = isRight ? right : left;
    int[] by = new int[shared.size()];
    for (int i = 0; i < by.length; i++) {
      by[i] = many.variables().indexOf(shared.get(i));
    }
    budget.operator().by(Operator.Way.HASH_JOIN);
    int columnCount = left.variables().size() + right.variables().size() - by.length;
    Pairs pairs = new Pairs(budget, columnCount, clause);
    set.index(by)
        .match(few.columns(shared), few.count(), many.columns(shared), many.count(), pairs);
    int[] lefts = isRight ? pairs.left : pairs.right;
    int[] rights = isRight ? pairs.right : pairs.left;
    if (inOrder) {
      sort(lefts, left.count(), rights, right.count(), pairs.count);
    }
    return joined(left, lefts, right, rights, pairs.count);
  }

  /// Sorts pairs of positions by the left ones, and those of one by the right ones.
  private static void sort(int[] lefts, int leftCount, int[] rights, int rightCount, int count) {
    int sorted = 1;
    while (sorted < count
        && (lefts[sorted - 1] < lefts[sorted]
            || lefts[sorted - 1] == lefts[sorted] && rights[sorted - 1] < rights[sorted])) {
      sorted++;
    }
    if (sorted < count) {
      sort(rights, rightCount, lefts, count);
      sort(lefts, leftCount, rights, count);
    }
  }

  /// Sorts pairs by their keys, below a limit; those with one key stay in their order.
  private static void sort(int[] keys, int limit, int[] others, int count) {
    int[] places = new int[limit + 1];
    for (int i = 0; i < count; i++) {
      places[keys[i] + 1]++;
    }
    for (int i = 0; i < limit; i++) {
      places[i + 1] += places[i];
    }
    int[] keysBefore = Arrays.copyOf(keys, count);
    int[] othersBefore = Arrays.copyOf(others, count);
    for (int i = 0; i < count; i++) {
      int place = places[keysBefore[i]]++;
      keys[place] = keysBefore[i];
      others[place] = othersBefore[i];
    }
  }

  /// Rows of both sides put together, with the variables of the right one that are new.
  private static Relation joined(
      Relation left, int[] leftRows, Relation right, int[] rightRows, int count) {
    Relation joined = left.gather(leftRows, count);
    for (Variable variable : right.variables()) {
      if (!left.has(variable)) {
        joined = joined.with(variable, right.column(variable).gather(rightRows, count));
      }
    }
    return joined;
  }

  /// Pairs of rows that agree on the given columns; of the right side the variables that are new.
  static Relation on(
      Relation left,
      Column[] leftKeys,
      Relation right,
      Column[] rightKeys,
      Budget budget,
      Object clause) {
    return on(left, leftKeys, right, rightKeys, false, budget, clause);
  }

  private static Relation on(
      Relation left,
      Column[] leftKeys,
      Relation right,
      Column[] rightKeys,
      boolean inOrder,
      Budget budget,
      Object clause) {
    List<Variable> added = new ArrayList<>(right.variables());
    added.removeAll(left.variables());
    int columnCount = left.variables().size() + added.size();
    Pairs pairs =
        pairs(leftKeys, left.count(), rightKeys, right.count(), columnCount, budget, clause);
    if (inOrder) {
      sort(pairs.left, left.count(), pairs.right, right.count(), pairs.count);
    }
    return joined(left, pairs.left, right, pairs.right, pairs.count);
  }

  /// The positions of rows that agree on the given columns.
  ///
  /// @param columnCount of the rows that are to be made of them
  static Pairs pairs(
      Column[] leftKeys,
      int leftCount,
      Column[] rightKeys,
      int rightCount,
      int columnCount,
      Budget budget,
      Object clause) {
    Pairs pairs = new Pairs(budget, columnCount, clause);
    if (leftCount > 1 || leftKeys.length > 0) {
      budget.operator().by(leftKeys.length == 0 ? Operator.Way.PRODUCT : Operator.Way.HASH_JOIN);
    }
    if (leftKeys.length == 0) {
      product(leftCount, rightCount, pairs);
    } else if (leftCount < rightCount) {
      match(rightKeys, rightCount, leftKeys, leftCount, pairs.swapped());
    } else {
      match(leftKeys, leftCount, rightKeys, rightCount, pairs);
    }
    return pairs;
  }

  private static void product(int leftCount, int rightCount, Pairs pairs) {
    for (int i = 0; i < leftCount; i++) {
      for (int j = 0; j < rightCount; j++) {
        pairs.add(i, j);
      }
    }
  }

  /// Builds a table of the smaller side and looks each row of the larger one up.
  private static void match(
      Column[] probe, int probeCount, Column[] build, int buildCount, Pairs pairs) {
    Chains chains = new Chains(build, buildCount, pairs.budget);
    Search search = (from, to, into) -> {
      for (int i = from; i < to; i++) {
        into.budget.tick();
        for (int j = chains.first(probe, i); j >= 0; j = chains.next(j, probe, i)) {
          into.add(i, j);
        }
      }
    };
    pairs.fill(search, probeCount, PROBE_NANOS);
  }

  /// Finds the partners of rows.
  interface Search {
    /// @param from the first of the rows
    /// @param to   behind the last of them
    /// @param into gets the pairs
    void search(int from, int to, Pairs into);
  }

  /// The rows of the left side that have a partner, or those that have none.
  static Relation semi(
      Relation left, Relation right, boolean wanted, List<Variable> on, Budget budget) {
    Column[] leftKeys = left.columns(on);
    Chains chains = new Chains(right.columns(on), right.count(), budget);
    int leftCount = left.count();
    boolean[] isFound = new boolean[leftCount];
    int parts = budget.workers().parts(leftCount, PROBE_NANOS);
    budget.workers().run(budget, parts, (part, own) -> {
      int to = (int) ((long) leftCount * (part + 1) / parts);
      for (int i = (int) ((long) leftCount * part / parts); i < to; i++) {
        own.tick();
        isFound[i] = on.isEmpty() ? right.count() > 0 : chains.first(leftKeys, i) >= 0;
      }
    });
    int[] rows = new int[leftCount];
    int count = 0;
    for (int i = 0; i < leftCount; i++) {
      if (isFound[i] == wanted) {
        rows[count++] = i;
      }
    }
    return count == left.count() ? left : left.select(rows, count);
  }

  /// Rows by the values of some columns: an open table of chains. One column of keys, the common
  /// case, is compared without a call.
  static final class Chains {
    private final Column[] columns;
    private final long @org.jspecify.annotations.Nullable [] keys; // of the only column
    private final int[] heads;
    private final int[] next;
    private final int mask;

    /// The table is the same whoever fills it.
    Chains(Column[] columns, int count, Budget budget) {
      this.columns = columns;
      keys = columns.length == 1 && columns[0] instanceof Column.Keys only ? only.keys() : null;
      int capacity = Integer.highestOneBit(Math.max(8, count) * 2 - 1);
      heads = new int[capacity];
      Arrays.fill(heads, -1);
      next = new int[count];
      mask = capacity - 1;
      int parts = budget.workers().parts(count, BUILD_NANOS);
      if (parts > 1) {
        fill(parts, count, budget);
        return;
      }
      for (int row = count - 1; row >= 0; row--) {
        budget.tick();
        int slot = TupleSet.hash(columns, row) & mask;
        next[row] = heads[slot];
        heads[slot] = row;
      }
    }

    /// Finds the slot of each row in pieces; then each share of the slots takes its rows.
    private void fill(int parts, int count, Budget budget) {
      int[] slots = new int[count];
      budget.workers().run(budget, parts, (part, own) -> {
        int to = (int) ((long) count * (part + 1) / parts);
        for (int row = (int) ((long) count * part / parts); row < to; row++) {
          own.tick();
          slots[row] = TupleSet.hash(columns, row) & mask;
        }
      });
      int shares = Math.min(parts, SHARES_MAX);
      budget.workers().run(budget, shares, (share, own) -> {
        int from = (int) ((long) heads.length * share / shares);
        int to = (int) ((long) heads.length * (share + 1) / shares);
        for (int row = count - 1; row >= 0; row--) {
          int slot = slots[row];
          if (slot >= from && slot < to) {
            own.tick();
            next[row] = heads[slot];
            heads[slot] = row;
          }
        }
      });
    }

    /// The first row that equals a row of other columns; -1 when there is none.
    int first(Column[] probe, int row) {
      return columns.length == 0
          ? (next.length == 0 ? -1 : 0)
          : seek(heads[TupleSet.hash(probe, row) & mask], probe, row);
    }

    int next(int found, Column[] probe, int row) {
      return columns.length == 0
          ? (found + 1 < next.length ? found + 1 : -1)
          : seek(next[found], probe, row);
    }

    private int seek(int from, Column[] probe, int row) {
      if (keys != null
          && probe[0] instanceof Column.Keys(Kind kind, long[] probeKeys)
          && kind == ((Column.Keys) columns[0]).kind()) {
        long key = probeKeys[row];
        int at = from;
        while (at >= 0 && keys[at] != key) {
          at = next[at];
        }
        return at;
      }
      for (int at = from; at >= 0; at = next[at]) {
        if (equal(at, probe, row)) {
          return at;
        }
      }
      return -1;
    }

    private boolean equal(int at, Column[] probe, int row) {
      for (int i = 0; i < columns.length; i++) {
        if (!columns[i].equal(at, probe[i], row)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Positions of joined rows.
  static final class Pairs {
    private static final int CAPACITY_MIN = 64;

    final Budget budget;
    private final int columnCount;
    private final Object clause;
    private final boolean swap;
    private final Pairs target;
    int[] left;
    int[] right;
    int count;

    Pairs(Budget budget, int columnCount, Object clause) {
      this(budget, columnCount, clause, CAPACITY_MIN);
    }

    /// @param capacity pairs that are expected
    Pairs(Budget budget, int columnCount, Object clause, int capacity) {
      left = new int[Math.max(CAPACITY_MIN, capacity)];
      right = new int[left.length];
      this.budget = budget;
      this.columnCount = columnCount;
      this.clause = clause;
      this.swap = false;
      this.target = this;
    }

    private Pairs(Pairs target) {
      left = target.left;
      right = target.right;
      this.budget = target.budget;
      this.columnCount = target.columnCount;
      this.clause = target.clause;
      this.swap = true;
      this.target = target;
    }

    /// Takes the pairs of so many rows, in their order; several threads search where that is worth
    /// it.
    ///
    /// @param nanos that a row takes, about
    void fill(Search search, int rowCount, int nanos) {
      int partCount = budget.workers().parts(rowCount, nanos);
      if (partCount == 1) {
        search.search(0, rowCount, this);
        return;
      }
      Pairs[] parts = new Pairs[partCount];
      budget.workers().run(budget, partCount, (part, own) -> {
        Pairs some = new Pairs(own, columnCount, clause, rowCount / partCount + 1);
        int from = (int) ((long) rowCount * part / partCount);
        int to = (int) ((long) rowCount * (part + 1) / partCount);
        search.search(from, to, some);
        parts[part] = some;
      });
      addAll(parts);
    }

    /// Takes the pairs of parts, one after the other.
    private void addAll(Pairs[] parts) {
      long sum = target.count;
      for (Pairs part : parts) {
        sum += part.count;
      }
      budget.rows(sum, columnCount, clause);
      int total = Math.toIntExact(sum);
      target.left = Arrays.copyOf(target.left, Math.max(total, CAPACITY_MIN));
      target.right = Arrays.copyOf(target.right, Math.max(total, CAPACITY_MIN));
      for (Pairs part : parts) {
        System.arraycopy(swap ? part.right : part.left, 0, target.left, target.count, part.count);
        System.arraycopy(swap ? part.left : part.right, 0, target.right, target.count, part.count);
        target.count += part.count;
      }
    }

    /// Takes pairs whose sides are exchanged into this one.
    Pairs swapped() {
      return new Pairs(this);
    }

    void add(int i, int j) {
      if (swap) {
        target.add(j, i);
        return;
      }
      if (count == left.length) {
        budget.check();
        budget.rows(count * 2L, columnCount, clause);
        left = Arrays.copyOf(left, count * 2);
        right = Arrays.copyOf(right, count * 2);
      }
      left[count] = i;
      right[count++] = j;
      budget.tick();
    }
  }
}
