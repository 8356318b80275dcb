package valence.engine.index;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The indexes of one database value: a durable foundation, and for each order three trees of what
/// happened since. Immutable; [#apply] makes the next.
///
/// - *opened*: rows that became true since, and are;
/// - *ended*: rows of the foundation that ceased to be true since; they mask their open form there;
/// - *passed*: rows that became true since and aren't any more.
///
/// So the rows that are true are `foundation.current - ended + opened`, those that were are
/// `foundation.past + ended + passed`, and a row stands in one tree of each order alone. A range
/// without such rows is read from the foundation as it is.
///
/// A tree is made when it is first read: [#apply] only notes the rows as a [Step], and whoever
/// needs a tree merges the rows of all steps below at once, which costs far less than one
/// transaction after the other. Who reads one attribute alone gets a tree in which only its rows
/// are new, an [OfAttribute]: so an import that looks entities up by an identity sorts that
/// attribute's rows and no others. A range that no row of the steps lies in is read from the tree
/// as it was. Steps are joined when they are many, and bounded in rows, so no reader waits for
/// long.
public final class Indexes {
  private static final Order[] ORDERS = Order.values();
  private static final Part[] PARTS = Part.values();

  /// Without any row.
  public static final Indexes EMPTY = over(Foundation.NONE);

  /// So many rows of steps are looked through for a range rather than merged.
  private static final int SCAN_ROWS_MAX = 128;

  /// A value whose readers have looked through so many rows gets its trees.
  private static final int SCANNED_ROWS_MAX = 2048;

  private final Foundation foundation;

  /// By part and order; null while it isn't made. Filled in by whoever needs it first: two threads
  /// may make the same one, and its final fields make it safe to be found without a lock.
  private final @Nullable Tree[] trees;

  /// Trees that were made for the rows of one attribute, the newest first; two threads may make
  /// the same one, and one of them may be forgotten.
  private volatile @Nullable OfAttribute ofAttributes;

  /// What the missing trees are made of; null when none is missing, so that what is older is let go
  /// of.
  private volatile @Nullable Step step;

  private final long noveltyRows;
  private int scanned; // about, as threads don't agree on it

  private Indexes(
      Foundation foundation, @Nullable Tree[] trees, @Nullable Step step, long noveltyRows) {
    this.foundation = foundation;
    this.trees = trees;
    this.step = step;
    this.noveltyRows = noveltyRows;
  }

  /// A tree that has each row of one attribute; of others perhaps not the newest.
  private record OfAttribute(
      Part part,
      Order order,
      int attribute,
      Tree tree,
      @Nullable OfAttribute next) {
    boolean isOf(Part which, Order sorted, int of) {
      return attribute == of && part == which && order == sorted;
    }
  }

  private static int index(Part part, Order order) {
    return part.ordinal() * ORDERS.length + order.ordinal();
  }

  /// The indexes as they were at the foundation's t.
  public static Indexes over(Foundation foundation) {
    @Nullable Tree[] trees = new Tree[PARTS.length * ORDERS.length];
    for (Part part : PARTS) {
      for (Order order : ORDERS) {
        trees[index(part, order)] = Tree.empty(order, part.closed());
      }
    }
    return new Indexes(foundation, trees, null, 0);
  }

  /// The same rows over a newer foundation, which holds those up to its t.
  public Indexes onto(Foundation newer) {
    long t = newer.t();
    assert t > foundation.t() : "a foundation goes back";
    List<Step> later = new ArrayList<>();
    Indexes at = this;
    Step down = at.step;
    while (down != null && down.lastT() > t) {
      later.add(down);
      at = down.before();
      down = at.step;
    }
    Indexes moved = down == null ? at.treesOnto(newer) : over(newer);
    for (Step each : later.reversed()) {
      Step above = each.onto(moved);
      moved = new Indexes(
          newer, new Tree[trees.length], above, moved.noveltyRows + above.noveltyRows());
    }
    return moved;
  }

  private Indexes treesOnto(Foundation newer) {
    long t = newer.t();
    Indexes moved = over(newer);
    if (noveltyRows == 0) {
      return moved;
    }
    long rows = 0;
    for (Order order : ORDERS) {
      Tree opened = tree(Part.OPENED, order);
      Tree ended = tree(Part.ENDED, order);
      Tree passed = tree(Part.PASSED, order);
      Tree none = Tree.empty(order, true);
      Tree stillOpen = Tree.empty(order, false)
          .merge(opened.select((each, i) -> each.from()[i] > t), Rows.NONE_OPEN);
      Tree gone = none.merge(ended.select((each, i) -> each.end(i) > t), Rows.NONE_CLOSED)
          .merge(
              passed.select((each, i) -> each.end(i) > t && each.from()[i] <= t), Rows.NONE_CLOSED);
      Tree brief = none.merge(passed.select((each, i) -> each.from()[i] > t), Rows.NONE_CLOSED);
      moved.trees[index(Part.OPENED, order)] = stillOpen;
      moved.trees[index(Part.ENDED, order)] = gone;
      moved.trees[index(Part.PASSED, order)] = brief;
      if (order == Order.EAVT) {
        rows = stillOpen.count() + gone.count() + brief.count();
      }
    }
    return new Indexes(newer, moved.trees, null, rows);
  }

  /// The step that stands on these indexes' trees; null when all of them are made.
  @Nullable Step step() {
    return step;
  }

  public Foundation foundation() {
    return foundation;
  }

  /// How many facts were said or taken back since the foundation.
  public long noveltyRows() {
    return noveltyRows;
  }

  /// What happened since the foundation, for one reader of all of it.
  public RowsSince since() {
    return new RowsSince(this);
  }

  /// All rows that have ended, with their end.
  public Cursor everEnded(Order order) {
    return past(order, Range.ALL, Batch.ALL);
  }

  /// The rows of a cursor whose attribute passes a test.
  public static Cursor sieved(Cursor rows, IntPredicate attributes) {
    return new SieveCursor(rows, attributes);
  }

  /// These indexes after rows became true and others ceased to be.
  ///
  /// @param opens  rows that aren't among the current ones
  /// @param closes current rows, with their end
  /// @param isRef  whether an attribute's values are references
  public Indexes apply(RowBuffer opens, RowBuffer closes, IntPredicate isRef) {
    if (opens.count() + closes.count() == 0) {
      return this;
    }
    Step next = Step.of(this, step, opens, closes, isRef);
    Indexes after =
        new Indexes(foundation, new Tree[trees.length], next, noveltyRows + next.noveltyRows());
    if (next.isLong()) {
      after.makeTrees();
    }
    return next.depth() > Step.DEPTH_MAX ? after.joined() : after;
  }

  private void makeTrees() {
    Below last = null;
    Change change = null;
    for (Order order : ORDERS) {
      for (Part part : PARTS) {
        Below below = below(part, order, Range.SEVERAL);
        if (below.steps().isEmpty()) {
          continue;
        }
        if (change == null
            || last == null
            || last.steps().size() != below.steps().size()) {
          change = new Change(below.steps(), Range.SEVERAL);
          last = below;
        }
        make(part, below, change);
      }
    }
  }

  /// The same with the newest steps as one, and with those below that have no more rows: so a row
  /// is copied a few times at most, and few steps remain. Trees that were made meanwhile are made
  /// here too, for somebody reads them.
  private Indexes joined() {
    List<Step> steps = new ArrayList<>();
    int rows = 0;
    Indexes at = this;
    Step down = step;
    while (down != null && (down.depth() > 0 || down.rowCount() <= rows)) {
      steps.add(down);
      rows += down.rowCount();
      at = down.before();
      down = at.step;
    }
    if (steps.size() < 2) {
      return this;
    }
    Indexes joined =
        new Indexes(foundation, new Tree[trees.length], Step.joined(steps), noveltyRows);
    for (Step each : steps.subList(0, steps.size() - 1)) {
      Indexes read = each.before();
      for (Part part : PARTS) {
        for (Order order : ORDERS) {
          int index = index(part, order);
          if (read.trees[index] != null && joined.trees[index] == null) {
            joined.trees[index] = tree(part, order);
          }
        }
      }
      for (OfAttribute made = read.ofAttributes; made != null; made = made.next()) {
        if (joined.known(made.part(), made.order(), made.attribute()) == null) {
          Tree tree = tree(made.part(), made.order(), made.attribute());
          joined.remember(made.part(), made.order(), made.attribute(), tree);
        }
      }
    }
    return joined;
  }

  Tree tree(Part part, Order order) {
    return tree(part, order, Range.SEVERAL);
  }

  /// A tree that has each row, or each of one attribute.
  private Tree tree(Part part, Order order, int attribute) {
    Tree known = known(part, order, attribute);
    if (known != null) {
      return known;
    }
    Below below = below(part, order, attribute);
    return below.steps().isEmpty()
        ? below.tree()
        : attribute == Range.SEVERAL
            ? make(part, below, new Change(below.steps(), attribute))
            : remember(
                part,
                order,
                attribute,
                new Change(below.steps(), attribute).applied(part, below.tree()));
  }

  private @Nullable Tree known(Part part, Order order, int attribute) {
    Tree known = trees[index(part, order)];
    if (known != null || attribute == Range.SEVERAL) {
      return known;
    }
    for (OfAttribute each = ofAttributes; each != null; each = each.next()) {
      if (each.isOf(part, order, attribute)) {
        return each.tree();
      }
    }
    return null;
  }

  private Tree remember(Part part, Order order, int attribute, Tree tree) {
    ofAttributes = new OfAttribute(part, order, attribute, tree, ofAttributes);
    return tree;
  }

  private Tree make(Part part, Below below, Change change) {
    Tree tree = change.applied(part, below.tree());
    trees[index(part, tree.order())] = tree;
    for (Tree each : trees) {
      if (each == null) {
        return tree;
      }
    }
    step = null;
    ofAttributes = null;
    return tree;
  }

  /// The newest tree that this value or one before it has, and the steps from it to here, the
  /// newest first. Of one attribute, the steps that have rows of it.
  private Below below(Part part, Order order, int attribute) {
    List<Step> steps = new ArrayList<>();
    Indexes at = this;
    while (true) {
      Tree known = at.known(part, order, attribute);
      if (known != null) {
        return new Below(known, steps);
      }
      Step down = at.step;
      if (down != null) { // else the tree is there: it came before the step went
        if (attribute == Range.SEVERAL || down.has(attribute)) {
          steps.add(down);
        }
        at = down.before();
      }
    }
  }

  private record Below(Tree tree, List<Step> steps) {}

  /// A tree that has each row of a range: perhaps an older one, when nothing happened in the range
  /// since.
  private Tree tree(Part part, Order order, Range range) {
    int attribute = range.attribute(order);
    Indexes at = this;
    int rows = 0;
    while (true) {
      Tree known = at.known(part, order, attribute);
      if (known != null) {
        if (rows > 0) { // else readers on several cores would take the line from each other
          scanned += rows;
        }
        return known;
      }
      Step down = at.step;
      if (down != null) {
        if (!down.mayConcern(order, range)) {
          at = down.before();
          continue;
        }
        rows += down.rowCount(part);
        if (rows > SCAN_ROWS_MAX
            || scanned > SCANNED_ROWS_MAX
            || down.concerns(part, order, range)) {
          return tree(part, order, attribute);
        }
        at = down.before();
      }
    }
  }

  /// Gives the facts of an entity that a view shows, in no order.
  ///
  /// @param view  shows what is true at a time
  /// @param facts what it was given counts only when true is returned
  /// @return false when they have to be read with a cursor
  public boolean visit(long entity, TimeView view, Facts facts) {
    long since = view.since();
    long asOf = view.asOf();
    if (!isBeforeNovelty(view)) {
      Range range = Range.prefix(Bound.e(entity));
      if (hasEnded(Order.EAVT, range, asOf)) {
        return false;
      }
      if (!tree(Part.OPENED, Order.EAVT, range).visit(entity, since, asOf, facts)) {
        return false;
      }
    }
    return foundation.current(Order.EAVT).visit(entity, since, asOf, facts)
        && (asOf == Long.MAX_VALUE
            || foundation.past(Order.EAVT).visit(entity, since, asOf, facts));
  }

  /// The entity of the first row that begins as a bound does, in the order of values.
  ///
  /// @param view shows what is true at a time
  /// @return [Run#NO_ROW] when no row begins so; [Run#UNSURE] when a cursor has to tell
  public long firstEntity(Bound prefix, TimeView view) {
    Order order = Order.AVET;
    long since = view.since();
    long asOf = view.asOf();
    long found = foundation.current(order).firstEntity(prefix, since, asOf);
    if (!isBeforeNovelty(view)) {
      Range range = Range.prefix(prefix);
      if (hasEnded(order, range, asOf)) {
        return Run.UNSURE;
      }
      found = only(found, tree(Part.OPENED, order, range).firstEntity(prefix, since, asOf));
    }
    return asOf == Long.MAX_VALUE
        ? found
        : only(found, foundation.past(order).firstEntity(prefix, since, asOf));
  }

  /// Gives the values that are true now of an attribute of which each entity has one at most: those
  /// of the foundation, then newer ones.
  ///
  /// @param entities   ascending, some perhaps more than once; one at least
  /// @param count      how many of them are meant
  /// @param withValues whether values are wanted, or only which entities have one
  /// @return false when they have to be read with a cursor; nothing was given then
  public boolean find(int attribute, long[] entities, int count, boolean withValues, Found found) {
    Order order = Order.AEVT;
    Range range = new Range(
        Bound.ae(attribute, entities[0]), true, Bound.ae(attribute, entities[count - 1]), true);
    if (tree(Part.ENDED, order, range).has(range)
        || !foundation.current(order).find(attribute, entities, count, withValues, found)) {
      return false;
    }
    Tree opened = tree(Part.OPENED, order, range);
    return !opened.has(range) || opened.find(attribute, entities, count, withValues, found);
  }

  /// Whether a row of a range ended since the foundation, so that a cursor has to hide or show it.
  private boolean hasEnded(Order order, Range range, long asOf) {
    return tree(Part.ENDED, order, range).has(range)
        || (asOf != Long.MAX_VALUE && tree(Part.PASSED, order, range).has(range));
  }

  /// What is found in one of two places; where both have something a cursor tells which is first.
  private static long only(long found, long other) {
    return found == Run.NO_ROW ? other : other == Run.NO_ROW ? found : Run.UNSURE;
  }

  /// The rows of a range that a view shows.
  public Cursor cursor(Order order, Range range, TimeView view) {
    return cursor(order, range, view, Batch.ALL);
  }

  /// [#cursor(Order, Range, TimeView)] for a reader that looks at some columns alone.
  ///
  /// @param columns a sum of those of [Batch]
  public Cursor cursor(Order order, Range range, TimeView view, int columns) {
    if (view.isNow()) {
      return current(order, range, columns);
    }
    // Filters look at times alone before they know which rows to show.
    int looked = view.history() ? Batch.ALL : Batch.T;
    Cursor open;
    Cursor then;
    if (isBeforeNovelty(view)) {
      open = foundation.current(order).cursor(range, looked);
      then = foundation.past(order).cursor(range, looked);
    } else {
      open = current(order, range, looked);
      then = past(order, range, looked);
    }
    if (view.history()) {
      return new HistoryCursor(merged(order, open, then, Batch.ALL), view);
    }
    int shown = columns | Batch.leading(order);
    return merged(
        order, new FilterCursor(open, view, shown), new FilterCursor(then, view, shown), shown);
  }

  /// Whether everything that the view shows was in the foundation, and was true there when it was
  /// true in the view: rows that ended since were open then.
  private boolean isBeforeNovelty(TimeView view) {
    return view.asOf() <= foundation.t();
  }

  private Cursor current(Order order, Range range, int columns) {
    Tree ended = tree(Part.ENDED, order, range);
    Tree opened = tree(Part.OPENED, order, range);
    boolean masks = ended.has(range);
    boolean merges = opened.has(range);
    Run base = foundation.current(order);
    if (!masks && !merges) {
      return base.cursor(range, columns);
    }
    if (base.count() == 0) {
      return opened.cursor(range, columns);
    }
    int needed = columns | Batch.leading(order);
    Cursor rows = base.cursor(range, needed);
    if (masks) {
      rows = new MaskCursor(order, rows, ended.cursor(range));
    }
    return merges ? merged(order, rows, opened.cursor(range), needed) : rows;
  }

  private Cursor past(Order order, Range range, int columns) {
    Tree ended = tree(Part.ENDED, order, range);
    Tree passed = tree(Part.PASSED, order, range);
    boolean ends = ended.has(range);
    boolean passes = passed.has(range);
    Run base = foundation.past(order);
    if (!ends && !passes) {
      return base.cursor(range, columns);
    }
    int needed = columns | Batch.leading(order) | Batch.T;
    Cursor rows = base.cursor(range, needed);
    if (ends) {
      rows = merged(order, rows, ended.cursor(range), needed);
    }
    return passes ? merged(order, rows, passed.cursor(range), needed) : rows;
  }

  static Cursor merged(Order order, Cursor rows, Cursor more, int columns) {
    return new MergeCursor(order, rows, more, columns);
  }

  /// Bounds that cut a range into parts of about as many current rows: ascending, fewer than the
  /// parts. Of several rows of one fact none is cut from another.
  public List<Bound> cuts(Order order, Range range, int parts) {
    Run base = foundation.current(order);
    Run opened = tree(Part.OPENED, order, range);
    long baseCount = base.count(range);
    long openedCount = opened.count(range);
    Run run = baseCount >= openedCount ? base : opened; // the most rows say where
    long count = Math.max(baseCount, openedCount);
    List<Bound> cuts = new ArrayList<>();
    for (int part = 1; part < parts && count >= parts; part++) {
      int behind = Math.toIntExact(Math.min(Integer.MAX_VALUE, count - count * part / parts));
      Row row = Row.first(run.fromEnd(range, behind));
      if (row != null) {
        cuts.add(Bound.eav(row.e(), row.a(), row.v(), row.o()));
      }
    }
    return cuts;
  }

  /// The rows of a range that a view shows, the last one first; of history, those of one fact too.
  public Cursor descending(Order order, Range range, TimeView view) {
    return new DescendingCursor(this, order, range, view);
  }

  /// Runs that together hold each row of a range that the view may show.
  Run[] runs(Order order, Range range, TimeView view) {
    Run now = foundation.current(order);
    Run then = foundation.past(order);
    if (!view.isNow() && isBeforeNovelty(view)) {
      return new Run[] {now, then};
    }
    Run opened = tree(Part.OPENED, order, range);
    return view.isNow()
        ? new Run[] {now, opened}
        : new Run[] {
          now, opened, then, tree(Part.ENDED, order, range), tree(Part.PASSED, order, range)
        };
  }

  /// The current row that has the components of a bound, any of several; null when there is none.
  public @Nullable Row row(Order order, Bound bound) {
    Range range = Range.prefix(bound);
    Row opened = tree(Part.OPENED, order, range).first(bound);
    if (opened != null) {
      return opened;
    }
    return tree(Part.ENDED, order, range).first(bound) == null
        ? Row.first(foundation.current(order).cursor(range))
        : Row.first(current(order, range, Batch.ALL));
  }

  /// The last current row of a range; null when it is empty.
  public @Nullable Row last(Order order, Range range) {
    if (tree(Part.ENDED, order, range).has(range)) {
      return Row.first(descending(order, range, TimeView.NOW));
    }
    Cursor durable = foundation.current(order).fromEnd(range, 1);
    Cursor opened = tree(Part.OPENED, order, range).fromEnd(range, 1);
    if (!opened.next()) {
      return Row.first(durable);
    }
    Batch first = opened.batch();
    boolean isLast = !durable.next()
        || first.compare(order, first.start, durable.batch(), durable.batch().start) > 0;
    return Row.of(isLast ? first : durable.batch());
  }

  /// How many different values and entities the current rows have, at a cost that is proportional
  /// to the rows since the foundation. Unknown where nobody counted those of the foundation.
  ///
  /// @param isSingle whether no value (AVET) or entity (AEVT) of an attribute has two current rows
  public DistinctCounts distinct(BiPredicate<Order, Integer> isSingle) {
    if (foundation.t() >= 0 && !foundation.distinct().isKnown()) {
      return DistinctCounts.UNKNOWN;
    }
    DistinctTally tally = new DistinctTally(foundation.distinct());
    RowsSince since = since();
    for (Order order : List.of(Order.AVET, Order.AEVT)) {
      tally.advance(
          order,
          foundation,
          since.opened(order),
          since.ended(order),
          attribute -> isSingle.test(order, attribute));
    }
    return tally.counts();
  }

  /// How many rows of a range a view shows at most, in O(log n). Exact for the view of now.
  public long countMax(Order order, Range range, TimeView view) {
    long now = foundation.current(order).count(range);
    if (view.isNow()) {
      return now
          - tree(Part.ENDED, order, range).count(range)
          + tree(Part.OPENED, order, range).count(range);
    }
    long then = foundation.past(order).count(range);
    if (!isBeforeNovelty(view)) {
      long gone = tree(Part.ENDED, order, range).count(range);
      now += tree(Part.OPENED, order, range).count(range) - gone;
      then += gone + tree(Part.PASSED, order, range).count(range);
    }
    return view.history() ? now + 2 * then : now + then;
  }
}
