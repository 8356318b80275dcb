package valence.engine.index;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Makes [DistinctCounts]: of all current rows, read in AVET for values and AEVT for entities; or
/// of those of a foundation and the rows since, at a cost that is proportional to these. Either way
/// the counts are exact. For one thread.
public final class DistinctTally {
  private static final int VALUES = 0;
  private static final int ENTITIES = 1;

  private final Map<Integer, long[]> counts = new HashMap<>();
  private final Map<Order, Last> lasts = new HashMap<>();

  /// A tally of no rows.
  public DistinctTally() {}

  /// A tally to go on from.
  public DistinctTally(DistinctCounts before) {
    before.byAttribute().forEach((attribute, of) -> {
      counts.put(attribute, new long[] {of.values(), of.entities()});
    });
  }

  /// Counts current rows that are the next ones in an order; in others than AVET and AEVT there is
  /// nothing to count.
  public void add(Order order, Batch batch) {
    if (order != Order.AVET && order != Order.AEVT) {
      return;
    }
    int slot = order == Order.AVET ? VALUES : ENTITIES;
    Last last = lasts.computeIfAbsent(order, _ -> new Last());
    for (int i = batch.start; i < batch.end; i++) {
      if (!last.isSame(order, batch, i)) {
        change(batch.a[i], slot, 1);
        last.set(order, batch, i);
      }
    }
  }

  /// Counts what the rows since a foundation change in AVET or AEVT.
  ///
  /// @param foundation whose rows this tally has
  /// @param opened     rows that aren't in the foundation and are true now
  /// @param ended      rows of the foundation that aren't true any more
  /// @param single     attributes of which no value, or no entity, can have two current rows
  public void advance(
      Order order, Foundation foundation, Cursor opened, Cursor ended, IntPredicate single) {
    int slot = order == Order.AVET ? VALUES : ENTITIES;
    Run before = foundation.current(order);
    Group in = new Group(order, opened);
    Group out = new Group(order, ended);
    while (in.isThere || out.isThere) {
      int c = !in.isThere ? 1 : !out.isThere ? -1 : in.compare(out);
      if (c < 0) {
        boolean isNew = single.test(in.attribute()) || before.count(in.range()) == 0;
        change(in.attribute(), slot, isNew ? 1 : 0);
      } else if (c > 0) {
        boolean isGone = before.count(out.range()) == out.count;
        change(out.attribute(), slot, isGone ? -1 : 0);
      } // else it was there, and is still
      if (c <= 0) {
        in.next();
      }
      if (c >= 0) {
        out.next();
      }
    }
  }

  private void change(int attribute, int slot, int by) {
    if (by != 0) {
      counts.computeIfAbsent(attribute, _ -> new long[2])[slot] += by;
    }
  }

  /// What was counted.
  public DistinctCounts counts() {
    Map<Integer, DistinctCounts.Of> all = new HashMap<>();
    counts.forEach((attribute, of) -> {
      if (of[VALUES] > 0) {
        all.put(attribute, new DistinctCounts.Of(of[VALUES], of[ENTITIES]));
      }
    });
    return new DistinctCounts(all);
  }

  /// The last row that was seen, as far as it counts.
  private static final class Last {
    private boolean isThere;
    private int a;
    private long key; // of the value, or the entity
    private @Nullable Object o;

    boolean isSame(Order order, Batch batch, int row) {
      return isThere
          && batch.a[row] == a
          && (order == Order.AEVT
              ? batch.e[row] == key
              : batch.v[row] == key
                  && (o == null || ValueOrder.compare(key, o, key, batch.object(row)) == 0));
    }

    void set(Order order, Batch batch, int row) {
      isThere = true;
      a = batch.a[row];
      key = order == Order.AEVT ? batch.e[row] : batch.v[row];
      o = order == Order.AEVT ? null : batch.object(row);
    }
  }

  /// Rows that follow each other and agree in attribute and value, or attribute and entity.
  private static final class Group {
    private final Order order;
    private final Cursor rows;
    private final Last last = new Last();
    private int position;
    private int end;
    private boolean isThere;
    private long count;

    Group(Order order, Cursor rows) {
      this.order = order;
      this.rows = rows;
      next();
    }

    void next() {
      isThere = hasRow();
      if (!isThere) {
        return;
      }
      last.set(order, rows.batch(), position);
      count = 0;
      while (hasRow() && last.isSame(order, rows.batch(), position)) {
        position++;
        count++;
      }
    }

    private boolean hasRow() {
      while (position == end) {
        if (!rows.next()) {
          return false;
        }
        position = rows.batch().start;
        end = rows.batch().end;
      }
      return true;
    }

    int compare(Group other) {
      int c = Integer.compare(last.a, other.last.a);
      return c != 0 ? c : ValueOrder.compare(last.key, last.o, other.last.key, other.last.o);
    }

    int attribute() {
      return last.a;
    }

    Range range() {
      return Range.prefix(
          order == Order.AEVT ? Bound.ae(last.a, last.key) : Bound.av(last.a, last.key, last.o));
    }
  }
}
