package valence.engine.query.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.function.Arithmetic;
import valence.engine.value.ValueType;

/// Aggregates of all groups at once, over columns of keys, without making the values.
///
/// Each gives what the aggregate of the same name gives for the list of a group's values, bit for
/// bit: sums of doubles are made in the order of the rows, by one thread; what doesn't depend on
/// the order, by several where there are many rows. Where a value may be out of range, or its
/// column isn't plain, there is no result, and the list is what tells.
public final class GroupAggregates {
  /// A bounded choice, such as of the least, keeps at most so many values sorted by insertion.
  private static final int CHOSEN_INSERTED_MAX = 64;

  /// What it takes to add a row to its group, about,
  private static final int FOLD_NANOS = 2;

  /// and to sort it.
  private static final int SORT_NANOS = 20;

  /// Threads have numbers of their own for all groups where they have so many rows for each.
  private static final int ROWS_PER_PARTIAL = 4;

  /// Rows that are added between two looks at the time.
  private static final int FOLDED_ROWS = 1 << 15;

  private final Groups groups;
  private final Budget budget;

  public GroupAggregates(Groups groups, Budget budget) {
    this.groups = groups;
    this.budget = budget;
  }

  /// The results of an aggregate by group; null when it has to be made of lists of values.
  ///
  /// @param name      unqualified
  /// @param constants what it gets before the values
  public @Nullable Object @Nullable [] of(
      String name, List<? extends @Nullable Object> constants, int column) {
    budget.check();
    if (constants.size() == 1
        && constants.get(0) instanceof Long wanted
        && wanted >= 0
        && wanted <= CHOSEN_INSERTED_MAX
        && (name.equals("min") || name.equals("max"))) {
      return groups.rows().column(column) instanceof Column.Keys(Kind kind, long[] keys)
              && isOrdered(kind)
          ? chosen(kind, keys, wanted.intValue(), name.equals("max"))
          : null;
    }
    if (!constants.isEmpty()) {
      return null;
    }
    if (name.equals("count")) {
      return boxed(groups.sizes());
    }
    return groups.rows().column(column) instanceof Column.Keys(Kind kind, long[] keys)
        ? of(name, kind, keys)
        : null;
  }

  private @Nullable Object @Nullable [] of(String name, Kind kind, long[] keys) {
    return switch (name) {
      case "count-distinct" -> boxed(counts(distinctRows(kind, keys)));
      case "distinct" -> distinct(kind, keys);
      case "sum" -> kind == Kind.LONG ? boxed(sums(keys)) : boxed(doubleSums(kind, keys));
      case "avg" -> boxed(averages(kind, keys));
      case "variance" -> boxed(variances(kind, keys, false));
      case "stddev" -> boxed(variances(kind, keys, true));
      case "min" -> isOrdered(kind) ? extremes(kind, keys, false) : null;
      case "max" -> isOrdered(kind) ? extremes(kind, keys, true) : null;
      case "median" -> kind == Kind.LONG ? medians(keys) : null;
      default -> null;
    };
  }

  /// Whether the order of keys is that of values. Zeros of two signs are one double.
  private static boolean isOrdered(Kind kind) {
    return kind == Kind.LONG || kind == Kind.INSTANT;
  }

  private static @Nullable Object[] boxed(int[] counts) {
    @Nullable Object[] boxed = new Object[counts.length];
    for (int i = 0; i < counts.length; i++) {
      boxed[i] = (long) counts[i];
    }
    return boxed;
  }

  private static @Nullable Object @Nullable [] boxed(long @Nullable [] longs) {
    if (longs == null) {
      return null;
    }
    @Nullable Object[] boxed = new Object[longs.length];
    for (int i = 0; i < longs.length; i++) {
      boxed[i] = longs[i];
    }
    return boxed;
  }

  private static @Nullable Object @Nullable [] boxed(double @Nullable [] doubles) {
    if (doubles == null) {
      return null;
    }
    @Nullable Object[] boxed = new Object[doubles.length];
    for (int i = 0; i < doubles.length; i++) {
      boxed[i] = doubles[i];
    }
    return boxed;
  }

  /// What some rows make of the keys, by group.
  private interface Fold {
    /// @param from the first of the rows
    /// @param to   behind the last
    void fold(int from, int to, long[] byGroup);
  }

  /// Folds parts of the rows by several threads, each into numbers of its own, which begin as the
  /// given one; null when that isn't worth it. For what doesn't depend on the order of rows.
  private long @Nullable [][] partial(long identity, Fold fold) {
    int count = groups.rows().count();
    int parts = Math.min(
        budget.workers().parts(count, FOLD_NANOS),
        count / ROWS_PER_PARTIAL / Math.max(1, groups.count()));
    if (parts <= 1) {
      return null;
    }
    long[][] partials = new long[parts][];
    budget.workers().run(budget, parts, (part, own) -> {
      long[] mine = new long[groups.count()];
      Arrays.fill(mine, identity);
      int to = (int) ((long) count * (part + 1) / parts);
      for (int from = (int) ((long) count * part / parts); from < to; from += FOLDED_ROWS) {
        own.check();
        fold.fold(from, Math.min(to, from + FOLDED_ROWS), mine);
      }
      partials[part] = mine;
    });
    return partials;
  }

  /// Sums that are made by several threads; null when that isn't worth it, or when a sum may be out
  /// of range on the way, which depends on the order.
  private long @Nullable [] partialSums(long[] keys) {
    int[] ofRows = groups.ofRows();
    int count = groups.rows().count();
    AtomicLong bits = new AtomicLong(); // of all keys, those below the sign
    long[][] partials = partial(0, (from, to, byGroup) -> {
      long mine = 0;
      if (ofRows.length == 0) {
        long sum = 0;
        for (int row = from; row < to; row++) {
          mine |= keys[row] ^ (keys[row] >> 63);
          sum += keys[row];
        }
        byGroup[0] += sum;
      } else {
        for (int row = from; row < to; row++) {
          mine |= keys[row] ^ (keys[row] >> 63);
          byGroup[ofRows[row]] += keys[row];
        }
      }
      long found = mine;
      bits.getAndUpdate(before -> before | found);
    });
    int spare = Long.numberOfLeadingZeros(bits.get()) - 1;
    if (partials == null || spare <= Integer.SIZE - Integer.numberOfLeadingZeros(count)) {
      return null;
    }
    long[] sums = partials[0];
    for (int part = 1; part < partials.length; part++) {
      for (int group = 0; group < sums.length; group++) {
        sums[group] += partials[part][group];
      }
    }
    return sums;
  }

  /// Null when one doesn't fit.
  private long @Nullable [] sums(long[] keys) {
    long[] partial = partialSums(keys);
    if (partial != null) {
      return partial;
    }
    int[] ofRows = groups.ofRows();
    int count = groups.rows().count();
    long[] sums = new long[groups.count()];
    long overflows = 0;
    if (ofRows.length == 0) {
      long sum = 0;
      for (int row = 0; row < count; row++) {
        long key = keys[row];
        long next = sum + key;
        overflows |= (sum ^ next) & (key ^ next);
        sum = next;
      }
      Arrays.fill(sums, sum);
    } else {
      for (int row = 0; row < count; row++) {
        long key = keys[row];
        int group = ofRows[row];
        long sum = sums[group];
        long next = sum + key;
        overflows |= (sum ^ next) & (key ^ next);
        sums[group] = next;
      }
    }
    return overflows < 0 ? null : sums;
  }

  private double @Nullable [] doubleSums(Kind kind, long[] keys) {
    if (kind != Kind.DOUBLE && kind != Kind.FLOAT) {
      return null;
    }
    int[] ofRows = groups.ofRows();
    double[] sums = new double[groups.count()];
    for (int row = 0; row < groups.rows().count(); row++) {
      sums[ofRows.length == 0 ? 0 : ofRows[row]] += ValueType.doubleOf(keys[row]);
    }
    return sums;
  }

  private double @Nullable [] averages(Kind kind, long[] keys) {
    double[] averages;
    if (kind == Kind.LONG) {
      long[] sums = sums(keys);
      if (sums == null) {
        return null;
      }
      averages = new double[sums.length];
      for (int group = 0; group < sums.length; group++) {
        averages[group] = sums[group];
      }
    } else {
      double[] sums = doubleSums(kind, keys);
      if (sums == null) {
        return null;
      }
      averages = sums;
    }
    int[] sizes = groups.sizes();
    for (int group = 0; group < averages.length; group++) {
      averages[group] /= sizes[group];
    }
    return averages;
  }

  private double @Nullable [] variances(Kind kind, long[] keys, boolean rooted) {
    double[] means = averages(kind, keys);
    if (means == null) {
      return null;
    }
    int[] ofRows = groups.ofRows();
    double[] sums = new double[means.length];
    for (int row = 0; row < groups.rows().count(); row++) {
      int group = ofRows.length == 0 ? 0 : ofRows[row];
      double value = kind == Kind.LONG ? keys[row] : ValueType.doubleOf(keys[row]);
      double distance = value - means[group];
      sums[group] += distance * distance;
    }
    int[] sizes = groups.sizes();
    for (int group = 0; group < sums.length; group++) {
      double variance = sums[group] / sizes[group];
      sums[group] = rooted ? Math.sqrt(variance) : variance;
    }
    return sums;
  }

  private @Nullable Object[] extremes(Kind kind, long[] keys, boolean greatest) {
    int[] ofRows = groups.ofRows();
    long none = greatest ? Long.MIN_VALUE : Long.MAX_VALUE;
    Fold fold = (from, to, byGroup) -> {
      if (greatest) {
        for (int row = from; row < to; row++) {
          int group = ofRows.length == 0 ? 0 : ofRows[row];
          byGroup[group] = Math.max(byGroup[group], keys[row]);
        }
      } else {
        for (int row = from; row < to; row++) {
          int group = ofRows.length == 0 ? 0 : ofRows[row];
          byGroup[group] = Math.min(byGroup[group], keys[row]);
        }
      }
    };
    long[][] partials = partial(none, fold);
    long[] found = partials == null ? new long[groups.count()] : partials[0];
    if (partials == null) {
      Arrays.fill(found, none);
      fold.fold(0, groups.rows().count(), found);
    } else {
      for (long[] partial : partials) {
        for (int group = 0; group < found.length; group++) {
          found[group] = greatest
              ? Math.max(found[group], partial[group])
              : Math.min(found[group], partial[group]);
        }
      }
    }
    return made(kind, found);
  }

  private static @Nullable Object[] made(Kind kind, long[] keys) {
    @Nullable Object[] values = new Object[keys.length];
    for (int i = 0; i < keys.length; i++) {
      values[i] = kind.value(keys[i]);
    }
    return values;
  }

  /// Null when two in the middle have no sum.
  private @Nullable Object @Nullable [] medians(long[] keys) {
    long[] sorted = grouped(keys);
    int[] starts = groups.starts();
    @Nullable Object[] medians = new Object[groups.count()];
    int parts =
        Math.min(budget.workers().parts(sorted.length, SORT_NANOS), Math.max(1, medians.length));
    budget.workers().run(budget, parts, (part, own) -> {
      int to = (int) ((long) medians.length * (part + 1) / parts);
      for (int group = (int) ((long) medians.length * part / parts); group < to; group++) {
        own.check();
        Arrays.sort(sorted, starts[group], starts[group + 1]);
      }
    });
    for (int group = 0; group < medians.length; group++) {
      int start = starts[group];
      int size = starts[group + 1] - start;
      long upper = sorted[start + size / 2];
      if (size % 2 == 1) {
        medians[group] = upper;
      } else {
        long lower = sorted[start + size / 2 - 1];
        long sum = lower + upper;
        if (((lower ^ sum) & (upper ^ sum)) < 0) {
          return null;
        }
        medians[group] = Arithmetic.divide(sum, 2L);
      }
    }
    return medians;
  }

  private long[] grouped(long[] keys) {
    int[] order = groups.ordered();
    long[] grouped = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      grouped[i] = keys[order[i]];
    }
    return grouped;
  }

  /// The least or greatest few of each group, the first of them first.
  private @Nullable Object[] chosen(Kind kind, long[] keys, int wanted, boolean greatest) {
    int[] ofRows = groups.ofRows();
    int groupCount = groups.count();
    long[] chosen = new long[Math.multiplyExact(groupCount, wanted)];
    int[] counts = new int[groupCount];
    for (int row = 0; row < groups.rows().count(); row++) {
      int group = ofRows.length == 0 ? 0 : ofRows[row];
      int start = group * wanted;
      int end = start + counts[group];
      long key = keys[row];
      boolean isFull = counts[group] == wanted;
      if (isFull && (wanted == 0 || !isBefore(key, chosen[end - 1], greatest))) {
        continue;
      }
      int at = isFull ? end - 1 : end;
      while (at > start && isBefore(key, chosen[at - 1], greatest)) {
        chosen[at] = chosen[at - 1];
        at--;
      }
      chosen[at] = key;
      counts[group] += isFull ? 0 : 1;
    }
    @Nullable Object[] vectors = new Object[groupCount];
    for (int group = 0; group < groupCount; group++) {
      int start = group * wanted;
      vectors[group] =
          Persistent.vector(made(kind, Arrays.copyOfRange(chosen, start, start + counts[group])));
    }
    return vectors;
  }

  private static boolean isBefore(long x, long y, boolean greatest) {
    return greatest ? x > y : x < y;
  }

  /// The rows whose value is new in their group.
  private int[] distinctRows(Kind kind, long[] keys) {
    int count = groups.rows().count();
    int[] numbers = Groups.numbered(new Column.Keys(kind, keys), count, budget);
    if (groups.ofRows().length > 0) {
      numbers = Groups.paired(groups.ofRows(), numbers, count, budget);
    }
    int[] rows = new int[count];
    int distinct = 0;
    for (int row = 0; row < count; row++) {
      if (numbers[row] == distinct) {
        rows[distinct++] = row;
      }
    }
    return Arrays.copyOf(rows, distinct);
  }

  /// How many of some rows each group has.
  private int[] counts(int[] rows) {
    int[] ofRows = groups.ofRows();
    int[] counts = new int[groups.count()];
    for (int row : rows) {
      counts[ofRows.length == 0 ? 0 : ofRows[row]]++;
    }
    return counts;
  }

  private @Nullable Object[] distinct(Kind kind, long[] keys) {
    int[] ofRows = groups.ofRows();
    int[] rows = distinctRows(kind, keys);
    int[] counts = counts(rows);
    @Nullable Object[][] values = new Object[counts.length][];
    for (int group = 0; group < counts.length; group++) {
      values[group] = new Object[counts[group]];
    }
    int[] filled = new int[counts.length];
    for (int row : rows) {
      int group = ofRows.length == 0 ? 0 : ofRows[row];
      values[group][filled[group]++] = kind.value(keys[row]);
    }
    @Nullable Object[] sets = new Object[counts.length];
    for (int group = 0; group < counts.length; group++) {
      sets[group] = Persistent.set(Arrays.asList(Objects.requireNonNull(values[group])));
    }
    return sets;
  }
}
