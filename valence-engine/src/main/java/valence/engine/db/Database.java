package valence.engine.db;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Facts;
import valence.engine.index.Found;
import valence.engine.index.Foundation;
import valence.engine.index.Indexes;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.Reads;
import valence.engine.index.Row;
import valence.engine.index.RowBuffer;
import valence.engine.index.RowFilter;
import valence.engine.index.Run;
import valence.engine.index.TimeView;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// All facts up to a basis, seen through a view of time and a filter. Immutable; any number of
/// threads may read.
public final class Database {
  /// Entities of users are numbered from here, so that small numbers are never entity ids by
  /// chance.
  private static final long FIRST_USER_ENTITY = 1000;

  /// The instant of a basis that is to be looked up when it is wanted.
  private static final long UNREAD = Long.MIN_VALUE;

  private final String name;
  private final Indexes indexes;
  private final Schema schema;
  private final long basisT;
  private final long instant; // of the basis, in milliseconds since the epoch, or UNREAD
  private final long nextEntity;
  private final int nextAttribute;
  private final TimeView view;
  private final DatomFilter filter; // ALL unless the view is filtered

  private Database(
      String name,
      Indexes indexes,
      Schema schema,
      long basisT,
      long instant,
      long nextEntity,
      int nextAttribute,
      TimeView view,
      DatomFilter filter) {
    this.name = name;
    this.indexes = indexes;
    this.schema = schema;
    this.basisT = basisT;
    this.instant = instant;
    this.nextEntity = nextEntity;
    this.nextAttribute = nextAttribute;
    this.view = view;
    this.filter = filter;
    assert view.filtered() == (filter != DatomFilter.ALL) : "the view knows whether there is one";
  }

  /// A database that holds the bootstrap transaction alone.
  public static Database empty(String name) {
    Novelty bootstrap = bootstrap();
    Indexes indexes = Indexes.EMPTY.apply(
        bootstrap.opened(),
        bootstrap.closed(),
        id -> attribute(Bootstrap.schema(), id).isRef());
    return new Database(
        name,
        indexes,
        Bootstrap.schema(),
        Bootstrap.T,
        UNREAD,
        FIRST_USER_ENTITY,
        Bootstrap.FIRST_USER_ATTRIBUTE,
        TimeView.NOW,
        DatomFilter.ALL);
  }

  /// A database whose facts are all in durable indexes.
  ///
  /// @param nextEntity    as [#nextEntity()] was
  /// @param nextAttribute as [#nextAttribute()] was
  public static Database opened(
      String name, Foundation foundation, long nextEntity, int nextAttribute) {
    Indexes indexes = Indexes.over(foundation);
    Database facts = new Database(
        name,
        indexes,
        Bootstrap.schema(),
        foundation.t(),
        UNREAD,
        nextEntity,
        nextAttribute,
        TimeView.NOW,
        DatomFilter.ALL);
    return new Database(
        name,
        indexes,
        SchemaChange.derive(facts),
        foundation.t(),
        UNREAD,
        nextEntity,
        nextAttribute,
        TimeView.NOW,
        DatomFilter.ALL);
  }

  /// What the bootstrap transaction says; it stands in no log.
  public static Novelty bootstrap() {
    RowBuffer opened = new RowBuffer(Bootstrap.facts().size());
    for (Bootstrap.Fact fact : Bootstrap.facts()) {
      Attribute attribute = attribute(Bootstrap.schema(), fact.attribute());
      Object value = fact.value();
      opened.add(
          fact.entity(),
          fact.attribute(),
          attribute.type().key(value),
          attribute.type().inline() ? null : value,
          Bootstrap.T,
          RowBuffer.OPEN);
    }
    return new Novelty(Bootstrap.T, opened, new RowBuffer(0));
  }

  private static Attribute attribute(Schema schema, int id) {
    Attribute attribute = schema.attribute(id);
    if (attribute == null) {
      throw new IllegalStateException("no attribute has id " + id);
    }
    return attribute;
  }

  public String name() {
    return name;
  }

  /// The schema of the basis, whatever the view.
  public Schema schema() {
    return schema;
  }

  /// The t of the newest transaction, whatever the view.
  public long basisT() {
    return basisT;
  }

  public TimeView view() {
    return view;
  }

  /// What hides some datoms, whatever their time; [DatomFilter#ALL] when nothing does.
  public DatomFilter filter() {
    return filter;
  }

  /// The same facts seen otherwise. A filter stays if the other view is filtered, and goes if not.
  public Database withView(TimeView other) {
    return with(other, other.filtered() ? filter : DatomFilter.ALL);
  }

  /// The same facts without the datoms that a filter hides; those that other filters hide stay so.
  public Database withFilter(DatomFilter other) {
    DatomFilter both = filter == DatomFilter.ALL ? other : new DatomFilter.Both(filter, other);
    return with(view.withFilter(true), both);
  }

  private Database with(TimeView otherView, DatomFilter otherFilter) {
    return new Database(
        name, indexes, schema, basisT, instant, nextEntity, nextAttribute, otherView, otherFilter);
  }

  public Indexes indexes() {
    return indexes;
  }

  /// The same facts, read from other indexes that hold them too.
  public Database withIndexes(Indexes same) {
    return new Database(
        name, same, schema, basisT, instant, nextEntity, nextAttribute, view, filter);
  }

  /// Indexes that hold the facts of a transaction too.
  ///
  /// @param facts without those of the transaction
  public Indexes apply(Indexes facts, Novelty novelty) {
    Schema attributes = schema; // the indexes keep the test, which is not to keep this value
    return facts.apply(
        novelty.opened(), novelty.closed(), id -> attribute(attributes, id).isRef());
  }

  /// The index of the next new entity in [Partition#USER]; those below have been issued.
  public long nextEntity() {
    return nextEntity;
  }

  /// The id of the next new attribute.
  public int nextAttribute() {
    return nextAttribute;
  }

  /// The rows of a range that the view shows.
  public Cursor cursor(Order order, Range range) {
    return shown(order, indexes.cursor(order, range, view.withFilter(false)));
  }

  /// [#cursor(Order, Range)] for a reader that looks at some columns alone.
  ///
  /// @param columns a sum of those of [Batch]
  public Cursor cursor(Order order, Range range, int columns) {
    return filter == DatomFilter.ALL
        ? Reads.counted(order, indexes.cursor(order, range, view, columns))
        : cursor(order, range);
  }

  /// The rows of a range that the view shows, the last one first.
  public Cursor descending(Order order, Range range) {
    return shown(order, indexes.descending(order, range, view.withFilter(false)));
  }

  private Cursor shown(Order order, Cursor cursor) {
    Cursor rows = Reads.counted(order, cursor);
    if (filter == DatomFilter.ALL) {
      return rows;
    }
    Predicate<Datom> test = filter.of(withView(TimeView.NOW));
    return RowFilter.over(rows, (batch, row) -> test.test(datom(batch, row)));
  }

  /// A row as callers see it.
  public Datom datom(Batch batch, int row) {
    int a = batch.a[row];
    Object value = value(a, batch.v[row], batch.object(row));
    return new Datom(batch.e[row], a, value, Partition.tx(batch.t[row]), batch.added(row));
  }

  /// Ranges that follow each other and make up one, for readers that each read one: of about as
  /// many current rows each. One range alone where rows can't be read by several threads, since a
  /// filter of the application's decides on them.
  public List<Range> parts(Order order, Range range, int parts) {
    if (filter != DatomFilter.ALL) {
      return List.of(range);
    }
    List<Range> ranges = new ArrayList<>();
    Bound low = range.low();
    boolean lowIn = range.lowIn();
    for (Bound cut : indexes.cuts(order, range, parts)) {
      ranges.add(new Range(low, lowIn, cut, false));
      low = cut;
      lowIn = true;
    }
    ranges.add(new Range(low, lowIn, range.high(), range.highIn()));
    return ranges;
  }

  /// How many rows of a range the view shows at most, in O(log n); exact for the view of now.
  public long countMax(Order order, Range range) {
    return indexes.countMax(order, range, view.withFilter(false));
  }

  /// How many different values and entities the facts that are true at the basis have, whatever the
  /// view; at a cost that is proportional to what isn't indexed yet. Unknown where the indexes were
  /// made by a version that didn't count.
  public DistinctCounts countDistinct() {
    return indexes.distinct(this::isSingle);
  }

  /// Whether no value (AVET) or no entity (AEVT) of an attribute has two facts that are true now.
  public boolean isSingle(Order order, int id) {
    Attribute attribute = schema.attribute(id);
    return attribute != null && (order == Order.AVET ? attribute.isUnique() : !attribute.many());
  }

  /// About how many different values and entities an attribute has now, as counted when it was
  /// indexed last; null where that isn't known or much was said since.
  public DistinctCounts.@Nullable Of distinctAbout(Attribute attribute) {
    Foundation foundation = indexes.foundation();
    DistinctCounts.Of counted = foundation.distinct().byAttribute().get(attribute.id());
    if (counted == null) {
      return null;
    }
    Range range = Range.prefix(Bound.a(attribute.id()));
    long rows = indexes.countMax(Order.AEVT, range, TimeView.NOW);
    return rows / 2 > foundation.currentCount(Order.AEVT, range) ? null : counted;
  }

  /// The value of a row, as callers see it.
  ///
  /// @param key    the row's v
  /// @param object the row's o
  public Object value(int attribute, long key, @Nullable Object object) {
    return object != null ? object : attribute(schema, attribute).type().ofKey(key);
  }

  /// The single value of e and a in the view; the first of several, null when there is none.
  public @Nullable Object value(long entity, Attribute attribute) {
    Cursor cursor = cursor(Order.EAVT, Range.prefix(Bound.ea(entity, attribute.id())), Batch.V);
    if (!cursor.next()) {
      return null;
    }
    Batch batch = cursor.batch();
    return value(attribute.id(), batch.v[batch.start], batch.object(batch.start));
  }

  /// Gives the values of an attribute of which each entity has one at most, without a cursor.
  ///
  /// @param entities   ascending, some perhaps more than once; one at least
  /// @param count      how many of them are meant
  /// @param withValues whether values are wanted, or only which entities have one
  /// @return false when they have to be read with a cursor; nothing was given then
  public boolean find(int attribute, long[] entities, int count, boolean withValues, Found found) {
    return view.isNow()
        && filter == DatomFilter.ALL
        && Reads.counting() == null
        && indexes.find(attribute, entities, count, withValues, found);
  }

  /// Gives the facts of an entity that the view shows, without a cursor, in no order.
  ///
  /// @param facts what it was given counts only when true is returned
  /// @return false when they have to be read with a cursor
  public boolean visit(long entity, Facts facts) {
    return isPlain() && indexes.visit(entity, view, facts);
  }

  /// Whether facts are shown as the indexes have them at a time, and nobody counts what is read.
  private boolean isPlain() {
    return !view.history() && filter == DatomFilter.ALL && Reads.counting() == null;
  }

  /// The entity that holds a normalized value of a unique attribute in the view, or
  /// [Schema#NONE].
  public long holder(Attribute attribute, Object value) {
    ValueType type = attribute.type();
    return holder(attribute, type.key(value), type.inline() ? null : value);
  }

  /// [#holder(Attribute, Object)] of a value given as key and, when that doesn't say everything,
  /// object.
  public long holder(Attribute attribute, long key, @Nullable Object object) {
    Bound bound = Bound.av(attribute.id(), key, object);
    if (isPlain()) {
      long entity = indexes.firstEntity(bound, view);
      if (entity != Run.UNSURE) {
        return entity == Run.NO_ROW ? Schema.NONE : entity;
      }
    }
    Row row = row(Order.AVET, bound);
    return row == null ? Schema.NONE : row.e();
  }

  /// The greatest key among the current values of an attribute; the least long when there is none.
  public long greatestKey(Attribute attribute) {
    Row row = indexes.last(Order.AVET, Range.prefix(Bound.a(attribute.id())));
    return row == null ? Long.MIN_VALUE : row.v();
  }

  /// The row of the view that has the components of a bound; null when there is none. Of several it
  /// is any in the view of now, and the first in others.
  public @Nullable Row row(Order order, Bound bound) {
    return view.isNow() && filter == DatomFilter.ALL && Reads.counting() == null
        ? indexes.row(order, bound)
        : Row.first(cursor(order, Range.prefix(bound)));
  }

  /// The rows of an attribute with one normalized value, as a bound for AVET.
  public static Bound bound(Attribute attribute, Object value) {
    return Bound.av(
        attribute.id(), attribute.type().key(value), attribute.type().inline() ? null : value);
  }

  /// Whether the id was ever given to an entity.
  public boolean isIssued(long entity) {
    long index = Partition.index(entity);
    return entity >= 0
        && switch (Partition.partition(entity)) {
          case Partition.DB -> index < nextAttribute;
          case Partition.TX -> index <= basisT;
          case Partition.USER -> index < nextEntity;
          default -> false;
        };
  }

  /// The t of the newest transaction said at or before an instant; -1 when all are later.
  public long tAt(Date instant) {
    Range upTo = new Range(
        Bound.a(Bootstrap.TX_INSTANT),
        true,
        Bound.av(Bootstrap.TX_INSTANT, instant.getTime(), null),
        true);
    Row row = indexes.last(Order.AVET, upTo);
    return row == null ? -1 : Partition.t(row.e());
  }

  /// When the newest transaction was said.
  public Date instant() {
    if (instant != UNREAD) {
      return new Date(instant);
    }
    Cursor cursor = indexes.cursor(
        Order.EAVT,
        Range.prefix(Bound.ea(Partition.tx(basisT), Bootstrap.TX_INSTANT)),
        TimeView.NOW);
    return cursor.next() ? new Date(cursor.batch().v[cursor.batch().start]) : new Date(0);
  }

  /// The value that a transaction makes of this one. The view and the filter stay on it.
  public Database apply(Novelty novelty) {
    assert novelty.t() == basisT + 1 : "t " + novelty.t() + " does not follow " + basisT;
    Indexes next = apply(indexes, novelty);
    long entity = nextEntity;
    int attribute = nextAttribute;
    long said = UNREAD;
    RowBuffer opened = novelty.opened();
    for (int i = 0; i < opened.count(); i++) {
      long e = opened.e(i);
      int partition = Partition.partition(e);
      if (partition == Partition.USER) {
        entity = Math.max(entity, Partition.index(e) + 1);
      } else if (partition == Partition.DB) {
        attribute = Math.max(attribute, (int) e + 1);
      } else if (opened.a(i) == Bootstrap.TX_INSTANT && e == Partition.tx(novelty.t())) {
        said = opened.v(i);
      }
    }
    Schema nextSchema = schema;
    if (SchemaChange.isIn(novelty)) {
      Database after = new Database(
          name, next, schema, novelty.t(), said, entity, attribute, TimeView.NOW, DatomFilter.ALL);
      nextSchema = SchemaChange.apply(schema, after, novelty);
    }
    return new Database(name, next, nextSchema, novelty.t(), said, entity, attribute, view, filter);
  }
}
