package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.exec.FactsPattern.Part;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;

/// Collects datoms that match a pattern's constants, as columns of those components that somebody
/// asked for. For one thread.
final class FactsScan {
  /// Room that is made beforehand, in rows.
  private static final int CAPACITY_MAX = 1 << 16;

  private static final int CAPACITY_MIN = 16;

  /// Fewer of a batch's rows than one in so many are decoded one by one,
  private static final int PICKED_SHARE = 5;

  /// or in so many, where a row's value is an object.
  private static final int OBJECTS_SHARE = 24;

  /// The values of so few rows get no codes, for finding each value's takes longer than it saves.
  private static final int FEW_ROWS = 64;

  /// What it takes to read a row, about.
  private static final int SCAN_NANOS = 3;

  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  private record Two(Part one, Part other) {}

  private final FactsPattern pattern;
  private final Database db;
  private final @Nullable Attribute attribute;
  private final Budget budget;
  private final Part[] parts;
  private final Map<Part, ColumnBuilder> builders = new EnumMap<>(Part.class);
  private final Map<Part, Column> columns = new EnumMap<>(Part.class);
  private final @Nullable ValuesBuilder values; // of V, where keys don't say everything
  private final List<Two> same = new ArrayList<>(); // places of one variable
  private final boolean isTested;
  private final boolean codes;
  private int count;
  private int[] selected = NO_INTS;
  private long[] picked = NO_LONGS;

  /// @param wanted       the components to collect
  /// @param expectedRows about how many there will be
  FactsScan(
      FactsPattern pattern, Set<Part> wanted, long expectedRows, boolean codes, Budget budget) {
    this.pattern = pattern;
    this.db = pattern.db();
    this.attribute = pattern.attribute();
    this.budget = budget;
    this.codes = codes;
    parts = wanted.toArray(new Part[0]);
    int capacity = Math.clamp(expectedRows, CAPACITY_MIN, CAPACITY_MAX);
    ValuesBuilder objects = null;
    for (Part part : parts) {
      if (hasKeys(part)) {
        builders.put(part, new ColumnBuilder(kind(part), capacity));
      } else if (attribute == null) {
        builders.put(part, new ColumnBuilder(false));
      } else {
        boolean isCoded = codes && expectedRows > FEW_ROWS && ValueCodes.fit(attribute.type());
        objects = new ValuesBuilder(isCoded, capacity);
      }
    }
    values = objects;
    addSame();
    isTested = pattern.t() != null
        || pattern.added() != null
        || pattern.bounds() != null
        || !same.isEmpty();
  }

  /// A part of another one.
  ///
  /// @param shared arrays for the keys of all parts; empty where each part has its own
  /// @param from   where the rows of this one stand there
  private FactsScan(FactsScan whole, Budget budget, Map<Part, long[]> shared, int from, int to) {
    this.pattern = whole.pattern;
    this.db = whole.db;
    this.attribute = whole.attribute;
    this.budget = budget;
    this.codes = whole.codes;
    parts = whole.parts;
    ValuesBuilder objects = null;
    for (Part part : parts) {
      long[] keys = shared.get(part);
      if (keys != null) {
        builders.put(part, new ColumnBuilder(kind(part), keys, from, to));
      } else if (hasKeys(part)) {
        builders.put(part, new ColumnBuilder(kind(part), CAPACITY_MIN));
      } else if (attribute != null) {
        int capacity = Math.max(CAPACITY_MIN, to - from);
        objects = new ValuesBuilder(codes && ValueCodes.fit(attribute.type()), capacity);
      }
    }
    values = objects;
    same.addAll(whole.same);
    isTested = whole.isTested;
  }

  /// Whether all of a component is keys of one kind.
  private boolean hasKeys(Part part) {
    return part != Part.V || attribute != null && attribute.type().inline();
  }

  private Kind kind(Part part) {
    return switch (part) {
      case E, A, TX -> Kind.LONG;
      case ADDED -> Kind.BOOLEAN;
      case V -> Kind.of(Objects.requireNonNull(attribute).type());
    };
  }

  private void addSame() {
    Map<Part, Variable> variables = pattern.variables();
    if (variables.size() < 2) {
      return;
    }
    for (Map.Entry<Part, Variable> one : variables.entrySet()) {
      for (Map.Entry<Part, Variable> other : variables.entrySet()) {
        if (one.getKey().ordinal() < other.getKey().ordinal()
            && one.getValue().equals(other.getValue())) {
          same.add(new Two(one.getKey(), other.getKey()));
        }
      }
    }
  }

  /// The columns that a cursor is to be asked for, as a sum of [Batch]'s, to read every row.
  int columns() {
    return isTested ? columnsOfFew() : columnsOfParts();
  }

  /// The columns to be asked for beforehand where few of the rows will be added: those that tell
  /// whether a row passes, and those that no cursor gives later. Only the rows that are true now
  /// may be read from batches that decode columns when they are needed.
  int columnsOfFew() {
    int sum = pattern.bounds() == null ? 0 : Batch.V;
    for (Two two : same) {
      sum |= columns(two.one) | columns(two.other);
    }
    if (pattern.t() != null || pattern.added() != null) {
      sum |= Batch.T;
    }
    return sum | (db.view().isNow() ? columnsOfParts() & Batch.T : columnsOfParts());
  }

  private int columnsOfParts() {
    int sum = 0;
    for (Part part : parts) {
      sum |= columns(part);
    }
    return sum;
  }

  private int columns(Part part) {
    return switch (part) {
      case E -> Batch.E;
      case A -> Batch.A;
      case V ->
        attribute == null ? Batch.A | Batch.V : attribute.type().inline() ? Batch.V : Batch.OBJECTS;
      case TX, ADDED -> Batch.T;
    };
  }

  int count() {
    return count;
  }

  /// Of the thread that adds rows.
  Budget budget() {
    return budget;
  }

  /// Adds the rows of a range, to a scan that has none. Large ranges are read by several threads.
  ///
  /// @param rows  about how many there are in the range
  /// @param value what the value of a row must be, where the range doesn't say; or null
  void read(Order order, Range range, long rows, @Nullable Object value) {
    int asked = columns() | (value == null ? 0 : Batch.ALL);
    int partCount = attribute == null ? 1 : budget.workers().parts(rows, SCAN_NANOS);
    List<Range> ranges = partCount == 1 ? List.of(range) : db.parts(order, range, partCount);
    if (ranges.size() == 1) {
      read(db.cursor(order, range, asked), value);
      return;
    }
    int[] starts = new int[ranges.size() + 1];
    boolean isExact = !isTested && value == null && db.view().isNow();
    long sum = 0;
    for (int i = 0; i < ranges.size(); i++) {
      sum += isExact ? db.countMax(order, ranges.get(i)) : 0;
      budget.rows(sum, parts.length, pattern.form());
      starts[i + 1] = (int) sum;
    }
    collect(
        starts,
        isExact,
        (part, scan) -> scan.read(db.cursor(order, ranges.get(part), asked), value));
  }

  /// What adds the rows of one part.
  interface PartReader {
    void read(int part, FactsScan scan);
  }

  /// Adds the rows of parts, to a scan that has none.
  ///
  /// @param starts   by part, with one more for the end: what is free for its rows
  /// @param isShared whether most parts will have as many rows, and none will have more
  void collect(int[] starts, boolean isShared, PartReader reader) {
    Map<Part, long[]> shared = new EnumMap<>(Part.class);
    for (Part part : parts) {
      if (isShared && hasKeys(part)) {
        shared.put(part, new long[starts[starts.length - 1]]);
      }
    }
    FactsScan[] scans = new FactsScan[starts.length - 1];
    budget.workers().run(budget, scans.length, (part, own) -> {
      FactsScan scan = new FactsScan(this, own, shared, starts[part], starts[part + 1]);
      reader.read(part, scan);
      scans[part] = scan;
    });
    for (FactsScan scan : scans) {
      count += scan.count;
    }
    for (Part part : parts) {
      if (hasKeys(part)) {
        long[] keys = shared.getOrDefault(part, NO_LONGS);
        List<ColumnBuilder> joined = new ArrayList<>();
        for (FactsScan scan : scans) {
          joined.add(Objects.requireNonNull(scan.builders.get(part)));
        }
        keys = keys.length < count ? new long[count] : keys;
        builders.put(part, ColumnBuilder.joined(kind(part), joined, keys));
      } else {
        List<ValuesBuilder> joined = new ArrayList<>();
        for (FactsScan scan : scans) {
          joined.add(Objects.requireNonNull(scan.values));
        }
        columns.put(part, ValuesBuilder.joined(joined));
      }
    }
  }

  /// Adds the rows of a cursor.
  ///
  /// @param value what the value of a row must be, where the cursor's range doesn't say; or null
  void read(Cursor cursor, @Nullable Object value) {
    read(cursor, value, Long.MAX_VALUE);
  }

  /// Adds rows of a cursor until there are so many, or a few more.
  ///
  /// @return whether the cursor may have more
  boolean read(Cursor cursor, @Nullable Object value, long rows) {
    while (count < rows) {
      if (!cursor.next()) {
        return false;
      }
      budget.check();
      Batch batch = cursor.batch();
      budget.operator().read(batch.count());
      if (!isTested && value == null) {
        add(batch);
      } else {
        int found = select(batch, value);
        add(batch, selected, found);
      }
    }
    return true;
  }

  private int select(Batch batch, @Nullable Object value) {
    if (selected.length < batch.count()) {
      selected = new int[batch.count()];
    }
    int rows = 0;
    for (int i = batch.start; i < batch.end; i++) {
      if (passes(batch, i)
          && (value == null
              || Values.equal(value, db.value(batch.a[i], batch.v[i], batch.object(i))))) {
        selected[rows++] = i;
      }
    }
    return rows;
  }

  /// Whether [#add(long, Object)] says all of a row that is wanted.
  boolean isOfValues() {
    return !isTested
        && attribute != null
        && (parts.length == 0 || parts.length == 1 && parts[0] == Part.V);
  }

  /// Whether values are wanted.
  boolean hasValues() {
    return parts.length > 0;
  }

  /// Adds a row by its value, where nothing else is wanted.
  ///
  /// @param key    of the value, if that says everything
  /// @param object the value, if its key doesn't
  void add(long key, @Nullable Object object) {
    if (values != null) {
      values.add(Objects.requireNonNull(object));
    } else if (parts.length > 0) {
      Objects.requireNonNull(builders.get(Part.V)).addKey(key);
    }
    count++;
  }

  /// Stops the query when it can't have so many rows.
  void checkRoom(long rows) {
    budget.rows(rows, Math.max(1, parts.length), pattern.form());
  }

  /// Whether rows are to be asked for, with [#passes].
  boolean isTested() {
    return isTested;
  }

  /// Whether a row is what the pattern says beyond entity, attribute and value.
  boolean passes(Batch batch, int i) {
    Long t = pattern.t();
    Boolean added = pattern.added();
    ValueBounds bounds = pattern.bounds();
    return (t == null || batch.t[i] == t)
        && (added == null || batch.added(i) == added)
        && (bounds == null || bounds.holds(batch, i))
        && (same.isEmpty() || agrees(batch, i));
  }

  /// Whether a variable that stands in two places of the pattern has one value.
  private boolean agrees(Batch batch, int i) {
    for (Two two : same) {
      if (!Values.equal(part(two.one, batch, i), part(two.other, batch, i))) {
        return false;
      }
    }
    return true;
  }

  private Object part(Part part, Batch batch, int i) {
    return switch (part) {
      case E -> batch.e[i];
      case A -> (long) batch.a[i];
      case V -> value(batch, i);
      case TX -> Partition.tx(batch.t[i]);
      case ADDED -> batch.added(i);
    };
  }

  private Object value(Batch batch, int i) {
    if (attribute == null) {
      return db.value(batch.a[i], batch.v[i], batch.object(i));
    }
    return attribute.type().inline()
        ? attribute.type().ofKey(batch.v[i])
        : Objects.requireNonNull(batch.object(i));
  }

  /// Adds all rows of a batch.
  private void add(Batch batch) {
    int rows = batch.count();
    budget.rows((long) count + rows, parts.length, pattern.form());
    for (Part part : parts) {
      ColumnBuilder keys = builders.get(part);
      if (part == Part.E && keys != null) {
        keys.addKeys(batch.e, batch.start, batch.end);
      } else if (part == Part.V && values != null) {
        values.add(batch, null, rows);
      } else if (part == Part.V && keys != null && attribute != null) {
        keys.addKeys(batch.v, batch.start, batch.end);
      } else if (part == Part.TX && keys != null) {
        keys.addTransactions(batch.t, batch.start, batch.end);
      } else if (part == Part.ADDED && keys != null) {
        keys.addFlags(batch.added, batch.start, batch.end);
      } else if (keys != null) {
        all(batch);
        append(part, keys, batch, selected, rows);
      }
    }
    count += rows;
  }

  private void all(Batch batch) {
    if (selected.length < batch.count()) {
      selected = new int[batch.count()];
    }
    for (int i = 0; i < batch.count(); i++) {
      selected[i] = batch.start + i;
    }
  }

  /// Adds rows of a batch by their positions, some more than once if need be.
  void add(Batch batch, int[] positions, int rows) {
    budget.rows((long) count + rows, parts.length, pattern.form());
    for (Part part : parts) {
      ColumnBuilder keys = builders.get(part);
      if (keys != null) {
        append(part, keys, batch, positions, rows);
      } else if (values != null) {
        if (rows > batch.count() / OBJECTS_SHARE) {
          batch.need(Batch.OBJECTS);
        }
        values.add(batch, positions, rows);
      }
    }
    count += rows;
  }

  private void append(Part part, ColumnBuilder builder, Batch batch, int[] positions, int rows) {
    boolean isFew = rows < batch.count() / PICKED_SHARE;
    switch (part) {
      case E -> {
        if (isFew) {
          batch.pick(Batch.E, positions, rows, picked(rows), NO_INTS, NO_LONGS);
          builder.addKeys(picked, 0, rows);
        } else {
          batch.need(Batch.E);
          builder.addKeys(batch.e, positions, rows);
        }
      }
      case V -> {
        if (attribute == null) {
          batch.need(Batch.A | Batch.V);
          for (int i = 0; i < rows; i++) {
            builder.add(value(batch, positions[i]));
          }
        } else if (isFew) {
          batch.pick(Batch.V, positions, rows, NO_LONGS, NO_INTS, picked(rows));
          builder.addKeys(picked, 0, rows);
        } else {
          batch.need(Batch.V);
          builder.addKeys(batch.v, positions, rows);
        }
      }
      case A -> {
        batch.need(Batch.A);
        for (int i = 0; i < rows; i++) {
          builder.addKey(batch.a[positions[i]]);
        }
      }
      case TX -> {
        batch.need(Batch.T);
        for (int i = 0; i < rows; i++) {
          builder.addKey(Partition.tx(batch.t[positions[i]]));
        }
      }
      case ADDED -> {
        batch.need(Batch.T);
        for (int i = 0; i < rows; i++) {
          builder.addKey(batch.added(positions[i]) ? 1 : 0);
        }
      }
    }
  }

  private long[] picked(int rows) {
    if (picked.length < rows) {
      picked = new long[Math.max(CAPACITY_MIN, rows)];
    }
    return picked;
  }

  /// The column of a component that was asked for; nothing can be added afterwards.
  Column column(Part part) {
    return columns.computeIfAbsent(
        part,
        key -> key == Part.V && values != null
            ? values.build()
            : Objects.requireNonNull(builders.get(key)).build());
  }
}
