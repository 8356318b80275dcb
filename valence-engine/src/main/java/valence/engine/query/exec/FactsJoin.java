package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.exec.FactsPattern.Part;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// Joins rows with the datoms that match a pattern.
///
/// Where the entities, or values whose keys say everything, are known, the index is read along with
/// them: both sorted, each row of the index looked at once when there are few beside the rows that
/// are known, else by seeking; entities that have one value at most are then looked up one by one.
/// Known entities in no order are looked up in an array by entity, when they are many beside the
/// rows of the index and it has most of those between, and sorted otherwise. What remains are
/// probes of the index by value, and a hash join with all that match.
///
/// Columns that nobody needs afterwards are neither read nor copied; when all columns of the
/// pattern are such, it only decides which rows stay.
final class FactsJoin {
  /// Rows that a scan reads in the time of one probe or seek, about.
  private static final int ROWS_PER_PROBE = 32;

  /// What it takes to pass a row, about,
  private static final int DENSE_NANOS = 3;

  /// to seek the next one,
  private static final int SEEK_NANOS = 50;

  /// and to look a key up in an array.
  private static final int LOOK_UP_NANOS = 8;

  /// Known entities are looked up one by one where the attribute has more than so many rows for
  /// each,
  private static final int ROWS_PER_FIND = 16;

  /// or they are at most so many.
  private static final int FIND_COUNT = 32;

  /// What that takes for each, about.
  private static final int FIND_NANOS = 60;

  /// Fewer keys than one for so many rows are sorted: a merge reads one column of the rows alone,
  /// and the others only where it finds something.
  private static final int ROWS_PER_SORTED_KEY = 6;

  /// Places of an array of entities for each entity that is in it, at most,
  private static final int PLACES_PER_ROW = 8;

  /// and so many in any case.
  private static final int PLACES_MIN = 1 << 12;

  private final FactsPattern pattern;
  private final Relation current;
  private final Set<Variable> needed;
  private final Execution execution;
  private final Budget budget;
  private final List<Variable> fresh = new ArrayList<>(); // needed and not known yet
  private final Set<Part> freshParts = EnumSet.noneOf(Part.class);
  private final Set<Part> boundParts = EnumSet.noneOf(Part.class);

  /// @param needed the variables that the result is to have, if either side has them
  FactsJoin(FactsPattern pattern, Relation current, Set<Variable> needed, Execution execution) {
    this.pattern = pattern;
    this.current = current;
    this.needed = needed;
    this.execution = execution;
    this.budget = execution.budget();
    for (Map.Entry<Part, Variable> entry : pattern.variables().entrySet()) {
      if (current.has(entry.getValue())) {
        boundParts.add(entry.getKey());
      } else if (needed.contains(entry.getValue()) && !fresh.contains(entry.getValue())) {
        fresh.add(entry.getValue());
        freshParts.add(entry.getKey());
      }
    }
  }

  /// The rows of the relation, each with every datom that matches it.
  Relation rows() {
    if (pattern.isImpossible() || current.count() == 0) {
      return Relation.empty(resultVariables());
    }
    if (boundParts.contains(Part.A)) {
      return byAttribute();
    }
    if (current.count() == 1) {
      return one();
    }
    Matches matches = execution.uses(Optimization.SORTED_JOINS) ? along() : null;
    if (matches != null) {
      return assemble(matches);
    }
    boolean byEntity = boundParts.contains(Part.E);
    boolean isScannable = pattern.hasRange(pattern.entity(), pattern.value());
    long rows = isScannable ? pattern.rowCount() : Long.MAX_VALUE;
    return (byEntity || boundParts.contains(Part.V))
            && (!isScannable || (long) current.count() * ROWS_PER_PROBE < rows)
        ? probe(byEntity)
        : hash();
  }

  /// The positions of rows that no datom matches; null when the index can't be read along with
  /// them, or says more than whether there is a match.
  int @Nullable [] unmatched() {
    if (boundParts.size() != 1 || !fresh.isEmpty()) {
      return null;
    }
    int count = current.count();
    Matches matches = pattern.isImpossible() || count == 0 ? null : along();
    if (matches == null) {
      return null;
    }
    boolean[] isMatched = new boolean[count];
    for (int i = 0; i < matches.count; i++) {
      isMatched[matches.left[i]] = true;
    }
    int[] rows = new int[count];
    int rowCount = 0;
    for (int row = 0; row < count; row++) {
      if (!isMatched[row]) {
        rows[rowCount++] = row;
      }
    }
    return Arrays.copyOf(rows, rowCount);
  }

  private List<Variable> resultVariables() {
    List<Variable> variables = new ArrayList<>();
    for (Variable variable : current.variables()) {
      if (needed.contains(variable)) {
        variables.add(variable);
      }
    }
    variables.addAll(fresh);
    return variables;
  }

  /// Splits the rows by attribute, so that each part knows its attribute's type.
  private Relation byAttribute() {
    Column column = current.column(pattern.requireVariable(Part.A));
    Map<Object, List<Integer>> rowsByName = new HashMap<>();
    for (int row = 0; row < current.count(); row++) {
      Object named = column.value(row);
      if (named != null) {
        rowsByName.computeIfAbsent(named, key -> new ArrayList<>()).add(row);
      }
    }
    List<Relation> parts = new ArrayList<>();
    for (Map.Entry<Object, List<Integer>> entry : rowsByName.entrySet()) {
      Attribute named = pattern.attributeAt(column, entry.getKey());
      if (named != null) {
        int[] rows = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
        Relation some = current.select(rows, rows.length);
        parts.add(new FactsJoin(pattern.of(named), some, needed, execution).rows());
      }
    }
    return Union.of(resultVariables(), parts, budget);
  }

  private FactsScan scan(long expectedRows) {
    Set<Part> parts = EnumSet.copyOf(freshParts);
    parts.addAll(boundParts);
    return scan(parts, expectedRows);
  }

  private FactsScan scan(Set<Part> parts, long expectedRows) {
    return new FactsScan(pattern, parts, expectedRows, execution.uses(Optimization.CODES), budget);
  }

  /// Joined rows by position.
  ///
  /// @param left  positions in the current relation
  /// @param right positions in what was scanned; null when it is as the left ones are
  private record Matches(
      int[] left, int @Nullable [] right, int count, FactsScan scan, Set<Part> agreed) {}

  /// Reads what one row finds.
  private Relation one() {
    Found found = found();
    if (found == null) {
      return Relation.empty(resultVariables());
    }
    FactsScan scan = scan(found.parts, found.isProbe ? 1 : pattern.rowCount());
    read(scan, found.e, found.v, found.isProbe ? 1 : pattern.rowCount());
    return found.rows(scan);
  }

  /// Reads what one row finds a block at a time; null when that is nothing.
  @Nullable Blocks blocks() {
    Found found = pattern.isImpossible() ? null : found();
    return found == null ? null : new Blocks(found);
  }

  /// What the only row finds.
  private final class Found {
    private final @Nullable Long e;
    private final @Nullable Object v;
    private final Set<Part> agreed;
    private final Set<Part> parts;
    private final boolean isProbe;

    Found(@Nullable Long e, @Nullable Object v, Set<Part> agreed) {
      this.e = e;
      this.v = v;
      this.agreed = agreed;
      parts = EnumSet.copyOf(freshParts);
      parts.addAll(boundParts);
      parts.removeAll(agreed);
      isProbe = agreed.contains(Part.E) || boundParts.contains(Part.V);
      budget.operator().by(isProbe ? Operator.Way.INDEX_PROBE : Operator.Way.RANGE_SCAN);
    }

    Relation rows(FactsScan scan) {
      return assemble(new Matches(new int[scan.count()], null, scan.count(), scan, agreed));
    }
  }

  private @Nullable Found found() {
    Long e = pattern.entity();
    Object v = pattern.value();
    Set<Part> agreed = EnumSet.noneOf(Part.class);
    if (boundParts.contains(Part.E)) {
      long id = pattern.entityAt(current.column(pattern.requireVariable(Part.E)), 0);
      if (id == Schema.NONE || e != null && e != id) {
        return null;
      }
      e = id;
      agreed.add(Part.E);
    } else if (boundParts.contains(Part.V)) {
      v = pattern.valueAt(current.column(pattern.requireVariable(Part.V)), 0);
      if (v == null) {
        return null;
      }
    }
    return pattern.hasRange(e, v) ? new Found(e, v, agreed) : null;
  }

  /// What one row finds, to be read as far as somebody asks.
  final class Blocks {
    private final Found found;
    private final Reading reading;
    private final Cursor cursor;
    private boolean isOpen = true;

    private Blocks(Found found) {
      this.found = found;
      reading = reading(found.e, found.v);
      int columns = scan(found.parts, 0).columns() | (reading.value == null ? 0 : Batch.ALL);
      cursor = pattern.db().cursor(reading.order, reading.range, columns);
    }

    /// The next rows, about so many; null when there are none.
    @Nullable Relation next(long rows) {
      if (!isOpen) {
        return null;
      }
      FactsScan scan = scan(found.parts, rows);
      isOpen = scan.read(cursor, reading.value, rows);
      return found.rows(scan);
    }
  }

  /// A range that is read.
  ///
  /// @param value that is compared row by row; null where the range says all
  private record Reading(Order order, Range range, @Nullable Object value) {}

  /// Reads the datoms of an entity, or a value, or both, or neither.
  ///
  /// @param rows about how many there are
  private void read(FactsScan scan, @Nullable Long e, @Nullable Object v, long rows) {
    Reading reading = reading(e, v);
    if (rows > 1) {
      scan.read(reading.order, reading.range, rows, reading.value);
    } else {
      int columns = scan.columns() | (reading.value == null ? 0 : Batch.ALL);
      scan.read(pattern.db().cursor(reading.order, reading.range, columns), reading.value);
    }
  }

  private Reading reading(@Nullable Long e, @Nullable Object v) {
    Operator operator = budget.operator();
    if (operator.isWatched()) {
      operator.range(pattern.text(e, v));
    }
    Attribute attribute = pattern.attribute();
    ValueBounds bounds = pattern.bounds();
    Order order = pattern.order(e, v);
    Range range = pattern.range(e, v);
    if (bounds != null && e == null && v == null && attribute != null) {
      // A part of the values is read in their order, unless it is most of them.
      boolean isPart = pattern.db().countMax(Order.AVET, bounds.range())
          <= pattern.db().countMax(order, range) / 4 * 3;
      order = isPart ? Order.AVET : order;
      range = isPart ? bounds.range() : range;
    }
    // What the range doesn't say is compared row by row.
    boolean isCompared = v != null && attribute == null && e != null;
    return new Reading(order, range, isCompared ? v : null);
  }

  /// Reads the index along with what is known; null when that isn't possible.
  private @Nullable Matches along() {
    Attribute attribute = pattern.attribute();
    if (attribute == null || pattern.entity() != null) {
      return null;
    }
    if (boundParts.contains(Part.E)) {
      return along(Part.E, ((Column.Keys) comparable(Part.E)).keys(), attribute);
    }
    return boundParts.contains(Part.V)
            && attribute.type().inline()
            && comparable(Part.V) instanceof Column.Keys(Kind kind, long[] keys)
            && kind == Kind.of(attribute.type())
        ? along(Part.V, keys, attribute)
        : null;
  }

  private Matches along(Part by, long[] keys, Attribute attribute) {
    int count = current.count();
    long lowest = keys[0];
    long highest = keys[0];
    boolean isSorted = true;
    for (int i = 1; i < count; i++) {
      long key = keys[i];
      isSorted &= key >= keys[i - 1];
      lowest = Math.min(lowest, key);
      highest = Math.max(highest, key);
    }
    KeyedRange range = new KeyedRange(by, attribute, pattern.value());
    Operator operator = budget.operator();
    operator.by(Operator.Way.SORTED_JOIN);
    if (operator.isWatched()) {
      operator.range(pattern.text(null, pattern.value()));
    }
    boolean isFindable = by == Part.E
        && range.value() == null
        && isKey(by)
        && budget.workers().parts(count, FIND_NANOS) == 1;
    if (isFindable && count <= FIND_COUNT) {
      Matches found = find(range, keys, isSorted);
      if (found != null) {
        return found;
      }
    }
    long rows = pattern.db().countMax(range.order(), range.between(lowest, highest));
    if (isFindable && count > FIND_COUNT && rows > (long) count * ROWS_PER_FIND) {
      Matches found = find(range, keys, isSorted);
      if (found != null) {
        return found;
      }
    }
    boolean isDense = rows <= (long) count * ROWS_PER_PROBE;
    long places = highest - lowest + 1;
    if (!isSorted
        && isDense
        && rows <= (long) count * ROWS_PER_SORTED_KEY
        && places > 0
        && places <= Math.max(PLACES_MIN, rows * PLACES_PER_ROW)) {
      return lookUp(range, keys, lowest, highest, rows);
    }
    if (isSorted) {
      return merge(range, keys, null, isDense, rows);
    }
    int[] order = Sorting.order(keys, count);
    return merge(range, Sorting.sorted(keys, order), order, isDense, rows);
  }

  /// The rows of an attribute by entity, or by value.
  private record KeyedRange(
      Part by, Attribute attribute, @Nullable Object value) {
    Order order() {
      return by == Part.E && value == null ? Order.AEVT : Order.AVET;
    }

    Range between(long low, long high) {
      return new Range(bound(low), true, bound(high), true);
    }

    Bound bound(long key) {
      if (by == Part.V) {
        return Bound.av(attribute.id(), key, null);
      }
      return value == null
          ? Bound.ae(attribute.id(), key)
          : Bound.eav(
              key,
              attribute.id(),
              attribute.type().key(value),
              attribute.type().inline() ? null : value);
    }
  }

  /// Whether the pattern only decides which rows stay, once the keys agree.
  private boolean isTest(Part by) {
    return fresh.isEmpty() && boundParts.size() == 1 && boundParts.contains(by);
  }

  /// Whether no two datoms have the same there.
  private boolean isKey(Part by) {
    return pattern.keys().contains(Set.of(pattern.requireVariable(by)));
  }

  /// The components to be read where rows agree in one of them already.
  private Set<Part> partsBut(Part by) {
    Set<Part> parts = EnumSet.copyOf(freshParts);
    parts.addAll(boundParts);
    parts.remove(by);
    return parts;
  }

  /// @param keys  ascending
  /// @param order the positions of the keys in the current relation; null when they stand so
  private Matches merge(
      KeyedRange range, long[] keys, int @Nullable [] order, boolean isDense, long rows) {
    int count = current.count();
    FactsScan scan = scan(partsBut(range.by()), Math.min(rows, count));
    boolean isOnce = isTest(range.by()) || isKey(range.by());
    int partCount = isDense
        ? budget.workers().parts(rows, DENSE_NANOS)
        : budget.workers().parts(count, SEEK_NANOS);
    int[] left;
    int found;
    if (partCount == 1) {
      SortedMerge merge = merge(range, keys, 0, count, scan, isOnce, isDense, budget);
      left = merge.left();
      found = merge.count();
    } else {
      int[] starts = starts(keys, count, partCount);
      SortedMerge[] merges = new SortedMerge[partCount];
      scan.collect(
          starts,
          isOnce,
          (part, own) -> merges[part] = merge(
              range, keys, starts[part], starts[part + 1], own, isOnce, isDense, own.budget()));
      found = scan.count();
      left = new int[found];
      int at = 0;
      for (SortedMerge merge : merges) {
        System.arraycopy(merge.left(), 0, left, at, merge.count());
        at += merge.count();
      }
    }
    for (int i = 0; order != null && i < found; i++) {
      left[i] = order[left[i]];
    }
    return new Matches(left, null, found, scan, EnumSet.of(range.by()));
  }

  /// Looks each known entity up by itself; null where the index has to be read.
  private @Nullable Matches find(KeyedRange range, long[] entities, boolean isSorted) {
    int count = current.count();
    int[] order = isSorted ? null : Sorting.order(entities, count);
    long[] keys = order == null ? entities : Sorting.sorted(entities, order);
    FactsScan scan = scan(partsBut(range.by()), count);
    if (!scan.isOfValues()) {
      return null;
    }
    budget.check();
    scan.checkRoom(count);
    int[] left = new int[count];
    boolean isFound = pattern
        .db()
        .find(range.attribute().id(), keys, count, scan.hasValues(), (position, key, object) -> {
          left[scan.count()] = order == null ? position : order[position];
          scan.add(key, object);
        });
    budget.operator().read(scan.count());
    return isFound ? new Matches(left, null, scan.count(), scan, EnumSet.of(range.by())) : null;
  }

  /// Where parts of ascending keys begin, and the last ends: equal keys are of one part.
  private static int[] starts(long[] keys, int count, int partCount) {
    int[] starts = new int[partCount + 1];
    for (int part = 1; part <= partCount; part++) {
      int at = (int) ((long) count * part / partCount);
      while (at > 0 && at < count && keys[at] == keys[at - 1]) {
        at++;
      }
      starts[part] = at;
    }
    return starts;
  }

  /// @param from the first of the keys to be found
  /// @param to   behind the last of them
  private SortedMerge merge(
      KeyedRange range,
      long[] keys,
      int from,
      int to,
      FactsScan scan,
      boolean isOnce,
      boolean isDense,
      Budget own) {
    int columns = scan.columnsOfFew() | (range.by() == Part.E ? Batch.E : Batch.V);
    Range between = from == to ? Range.prefix(Bound.NONE) : range.between(keys[from], keys[to - 1]);
    SortedMerge merge = new SortedMerge(
        pattern.db().cursor(range.order(), between, columns),
        range.by() == Part.E,
        keys,
        from,
        to,
        scan,
        isOnce,
        own);
    if (isDense) {
      merge.dense();
    } else if (from < to) {
      merge.seeking(range.order(), range::bound);
    }
    return merge;
  }

  /// Puts what is read into an array by key, and looks each known key up.
  private Matches lookUp(
      KeyedRange range, long[] keys, long lowest, long highest, long expectedRows) {
    Set<Part> parts = partsBut(range.by());
    parts.add(range.by());
    FactsScan scan = scan(parts, expectedRows);
    Range between = range.between(lowest, highest);
    scan.read(range.order(), between, expectedRows, null);
    long[] found = ((Column.Keys) scan.column(range.by())).keys();
    int rows = scan.count();
    budget.rows(highest - lowest + 1, 1, pattern.form());
    int[] places = new int[(int) (highest - lowest + 1)]; // row + 1 of the first of a key
    for (int row = rows - 1; row >= 0; row--) {
      places[(int) (found[row] - lowest)] = row + 1;
    }
    boolean isTest = isTest(range.by());
    Join.Pairs pairs = new Join.Pairs(
        budget, current.variables().size() + fresh.size(), pattern.form(), current.count());
    Join.Search search = (from, to, into) -> {
      for (int i = from; i < to; i++) {
        long key = keys[i];
        int row = places[(int) (key - lowest)] - 1;
        if (row >= 0) {
          do {
            into.add(i, row++);
          } while (!isTest && row < rows && found[row] == key);
        }
      }
    };
    pairs.fill(search, current.count(), LOOK_UP_NANOS);
    return new Matches(pairs.left, pairs.right, pairs.count, scan, EnumSet.of(range.by()));
  }

  /// Reads the index once for each distinct entity, or value, of the current rows.
  private Relation probe(boolean byEntity) {
    budget.operator().by(Operator.Way.INDEX_PROBE);
    Column column = byEntity ? comparable(Part.E) : current.column(pattern.requireVariable(Part.V));
    Column[] keys = {column};
    Join.Chains chains = new Join.Chains(keys, current.count(), budget);
    FactsScan scan = scan(current.count());
    Join.Pairs pairs = new Join.Pairs(
        budget, current.variables().size() + pattern.variables().size(), pattern.form());
    for (int row = 0; row < current.count(); row++) {
      budget.tick();
      if (chains.first(keys, row) != row) {
        continue;
      }
      int from = scan.count();
      if (byEntity) {
        long e = ((Column.Keys) column).keys()[row];
        if (e != FactsPattern.NO_ENTITY && (pattern.entity() == null || pattern.entity() == e)) {
          read(scan, e, pattern.value(), 1);
        }
      } else {
        Object v = pattern.valueAt(column, row);
        if (v != null && pattern.hasRange(pattern.entity(), v)) {
          read(scan, pattern.entity(), v, 1);
        }
      }
      for (int member = row;
          member >= 0 && scan.count() > from;
          member = chains.next(member, keys, row)) {
        for (int match = from; match < scan.count(); match++) {
          pairs.add(member, match);
        }
      }
    }
    return assemble(
        new Matches(pairs.left, pairs.right, pairs.count, scan, EnumSet.noneOf(Part.class)));
  }

  /// Reads all that matches, and joins it by what is known.
  private Relation hash() {
    budget.operator().by(Operator.Way.RANGE_SCAN);
    long rows = pattern.count(pattern.entity(), pattern.value());
    FactsScan scan = scan(rows);
    read(scan, pattern.entity(), pattern.value(), rows);
    Column[] left = new Column[boundParts.size()];
    Column[] right = new Column[boundParts.size()];
    int i = 0;
    for (Part part : boundParts) {
      left[i] = comparable(part);
      right[i++] = scan.column(part);
    }
    Join.Pairs pairs = Join.pairs(
        left,
        current.count(),
        right,
        scan.count(),
        current.variables().size() + fresh.size(),
        budget,
        pattern.form());
    return assemble(new Matches(pairs.left, pairs.right, pairs.count, scan, boundParts));
  }

  /// The column of a known variable as it compares with a component.
  private Column comparable(Part part) {
    Column column = current.column(pattern.requireVariable(part));
    Attribute attribute = pattern.attribute();
    boolean isEntity = part == Part.E || part == Part.V && attribute != null && attribute.isRef();
    return isEntity ? entities(column) : part == Part.V ? withoutBytesOfQuery(column) : column;
  }

  private Column entities(Column column) {
    if (column instanceof Column.Keys(Kind kind, long[] ids) && kind == Kind.LONG) {
      return column;
    }
    long[] entities = new long[current.count()];
    Map<Object, Long> known = new HashMap<>();
    for (int row = 0; row < entities.length; row++) {
      int at = row;
      Object ref = column.value(row);
      entities[row] = ref == null
          ? FactsPattern.NO_ENTITY
          : known.computeIfAbsent(ref, key -> pattern.entityAt(column, at));
    }
    return new Column.Keys(Kind.LONG, entities);
  }

  private Column withoutBytesOfQuery(Column column) {
    if (!(column instanceof Column.Objects(Object[] values, boolean foreign)) || !foreign) {
      return column;
    }
    @Nullable Object[] comparable = values;
    for (int row = 0; row < current.count(); row++) {
      if (values[row] instanceof byte[]) {
        comparable = comparable == values ? values.clone() : comparable;
        comparable[row] = null;
      }
    }
    return comparable == values ? column : new Column.Objects(comparable, true);
  }

  /// Puts known and found rows together, as far as what is known besides agrees.
  private Relation assemble(Matches matches) {
    int[] left = matches.left;
    int[] right = matches.right;
    int count = matches.count;
    for (Part part : boundParts) {
      if (matches.agreed.contains(part)) {
        continue;
      }
      Column mine = comparable(part);
      Column theirs = matches.scan.column(part);
      int[] keptRight = right == null ? new int[count] : right;
      int kept = 0;
      for (int i = 0; i < count; i++) {
        int found = right == null ? i : right[i];
        if (mine.equal(left[i], theirs, found)) {
          left[kept] = left[i];
          keptRight[kept++] = found;
        }
      }
      if (kept < count) {
        right = keptRight;
        count = kept;
      }
    }
    if (fresh.isEmpty()) {
      count = once(left, count);
    } else if (!isAscending(left, count)) {
      right = sort(left, right, count);
    }
    boolean isWhole = isWhole(left, count);
    List<Variable> variables = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < current.variables().size(); i++) {
      Variable variable = current.variables().get(i);
      if (needed.contains(variable)) {
        variables.add(variable);
        Column column = current.column(i);
        columns.add(isWhole ? column : column.gather(left, count));
      }
    }
    for (Map.Entry<Part, Variable> entry : pattern.variables().entrySet()) {
      if (freshParts.contains(entry.getKey())) {
        variables.add(entry.getValue());
        Column column = matches.scan.column(entry.getKey());
        columns.add(right == null ? column : column.gather(right, count));
      }
    }
    List<Set<Variable>> keys =
        count > 1 && execution.uses(Optimization.KNOWN_KEYS) ? keys(variables) : List.of();
    return new Relation(variables, columns, count, keys);
  }

  /// Keeps one of each position, ascending, and returns how many there are.
  private int once(int[] positions, int count) {
    boolean[] isKept = new boolean[current.count()];
    for (int i = 0; i < count; i++) {
      isKept[positions[i]] = true;
    }
    int kept = 0;
    for (int position = 0; position < isKept.length; position++) {
      if (isKept[position]) {
        positions[kept++] = position;
      }
    }
    return kept;
  }

  private static boolean isAscending(int[] positions, int count) {
    for (int i = 1; i < count; i++) {
      if (positions[i] < positions[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /// Puts matches into the order of the current rows, those of one row as they were found. So rows
  /// come in one order however they are joined, and those of the first of the current rows first.
  ///
  /// @return the positions in what was scanned
  private int[] sort(int[] left, int @Nullable [] right, int count) {
    int[] ends = new int[current.count() + 1];
    for (int i = 0; i < count; i++) {
      ends[left[i] + 1]++;
    }
    for (int row = 1; row < ends.length; row++) {
      ends[row] += ends[row - 1];
    }
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[ends[left[i]]++] = right == null ? i : right[i];
    }
    int from = 0;
    for (int row = 0; row < current.count(); row++) {
      Arrays.fill(left, from, ends[row], row);
      from = ends[row];
    }
    return sorted;
  }

  private boolean isWhole(int[] left, int count) {
    if (count != current.count()) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (left[i] != i) {
        return false;
      }
    }
    return true;
  }

  /// The keys of what one row finds: there, what is known is the same in all rows.
  private List<Set<Variable>> keysOfOne() {
    List<Set<Variable>> keys = new ArrayList<>();
    for (Set<Variable> key : pattern.keys()) {
      Set<Variable> rest = new LinkedHashSet<>(key);
      rest.removeAll(current.variables());
      if (fresh.containsAll(rest)) {
        keys.add(rest);
      }
    }
    return keys;
  }

  private List<Set<Variable>> keys(List<Variable> variables) {
    if (fresh.isEmpty()) {
      return RowKeys.within(current.keys(), variables);
    }
    if (current.count() == 1) {
      return keysOfOne();
    }
    Set<Variable> shared = new LinkedHashSet<>();
    boolean isPlain = true;
    for (Part part : boundParts) {
      Variable variable = pattern.requireVariable(part);
      shared.add(variable);
      isPlain &= !(current.column(variable) instanceof Column.Objects);
    }
    return RowKeys.within(
        RowKeys.joined(current.keys(), pattern.keys(), shared, isPlain), variables);
  }
}
