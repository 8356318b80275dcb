package valence.engine.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Datom;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.AvetAccess;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.db.UnknownName;
import valence.engine.db.ValueBound;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowStream;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueOrder;

/// Reads of datoms by the leading components of an index.
///
/// What a caller gives for a component is resolved as an entity is anywhere. A name that names
/// nothing and a value that the attribute can't have make an empty result, not an error; only VAET
/// insists that what it begins with is an entity.
final class DatomRanges {
  private static final int COMPONENTS_MAX = 4;

  private DatomRanges() {}

  /// The datoms whose leading components are those given; a nil component ends them.
  static Stream<Datom> datoms(Database db, Index index, @Nullable Object[] components) {
    List<Object> given = upToNil(components);
    if (given.size() > COMPONENTS_MAX) {
      return Stream.empty(); // no datom has more to compare
    }
    Bound bound = bound(db, index, given);
    if (bound == null) {
      return Stream.empty();
    }
    Stream<Datom> datoms = stream(db, order(index), Range.prefix(bound));
    if (given.size() < COMPONENTS_MAX) {
      return datoms;
    }
    long tx = tx(given.get(3));
    return datoms.filter(datom -> datom.tx() == tx);
  }

  /// The datoms from the given components to the end of the index.
  static Stream<Datom> seek(Database db, Index index, @Nullable Object[] components) {
    List<Object> given = upToNil(components);
    Bound bound = given.size() > COMPONENTS_MAX ? null : bound(db, index, given);
    if (bound == null) {
      throw Anomaly.incorrect(
              "db.error/not-an-entity",
              "The start " + Edn.print(given) + " has no place in the index " + index + ".",
              "Expected up to four components that are there: entities, attributes and values.",
              "Check their names and types.")
          .toException();
    }
    Stream<Datom> datoms = stream(db, order(index), Range.from(bound));
    if (given.size() < COMPONENTS_MAX) {
      return datoms;
    }
    // The datoms of one fact stand newest first.
    long tx = tx(given.get(3));
    return datoms.dropWhile(datom -> datom.tx() > tx && isFact(db, datom, bound));
  }

  private static boolean isFact(Database db, Datom datom, Bound bound) {
    if (datom.e() != bound.e() || datom.a() != bound.a()) {
      return false;
    }
    Object value = db.value(bound.a(), bound.v(), bound.o());
    return ValueOrder.compare(datom.v(), value) == 0;
  }

  /// The datoms of one attribute with start ≤ value < end; nil leaves an end open.
  static Stream<Datom> range(
      Database db, @Nullable Object named, @Nullable Object start, @Nullable Object end) {
    Attribute attribute = EntityRef.attribute(db, named);
    if (attribute == null) {
      throw UnknownName.attribute(db.schema(), named);
    }
    AvetAccess.require(db, attribute);
    Bound all = Bound.a(attribute.id());
    Bound low = start == null ? all : ValueBound.atLeast(db, attribute, start);
    Bound high = end == null ? all : ValueBound.atLeast(db, attribute, end);
    return stream(db, Order.AVET, new Range(low, true, high, end == null));
  }

  private static Stream<Datom> stream(Database db, Order order, Range range) {
    return RowStream.of(() -> db.cursor(order, range), db::datom);
  }

  private static Order order(Index index) {
    return switch (index) {
      case EAVT -> Order.EAVT;
      case AEVT -> Order.AEVT;
      case AVET -> Order.AVET;
      case VAET -> Order.VAET;
    };
  }

  private static List<Object> upToNil(@Nullable Object[] components) {
    int count = 0;
    while (count < components.length && components[count] != null) {
      count++;
    }
    List<Object> given = new ArrayList<>(count);
    for (Object component : Arrays.copyOf(components, count)) {
      given.add(component);
    }
    return given;
  }

  /// The transaction's entity id; a t is accepted too, and no transaction has the id of anything
  /// else.
  private static long tx(Object component) {
    if (!(component instanceof Long || component instanceof Integer)) {
      return Schema.NONE;
    }
    long number = ((Number) component).longValue();
    return Partition.partition(number) == Partition.DB ? Partition.tx(number) : number;
  }

  /// The first three components as a bound; null when one of them is nothing in this database.
  private static @Nullable Bound bound(Database db, Index index, List<Object> given) {
    if (given.isEmpty()) {
      return Bound.NONE;
    }
    return switch (index) {
      case EAVT -> {
        long e = EntityRef.resolve(db, given.get(0));
        yield given.size() == 1 || e == Schema.NONE
            ? e == Schema.NONE ? null : Bound.e(e)
            : ofAttribute(db, given, 1, e);
      }
      case AEVT -> {
        long e = given.size() == 1 ? 0 : EntityRef.resolve(db, given.get(1));
        yield e == Schema.NONE ? null : ofAttribute(db, given, 0, e);
      }
      case AVET -> avet(db, given);
      case VAET -> vaet(db, given);
    };
  }

  /// The bound of EAVT and AEVT, given the entity and where the attribute stands.
  private static @Nullable Bound ofAttribute(
      Database db, List<Object> given, int attributeIndex, long e) {
    Attribute attribute = EntityRef.attribute(db, given.get(attributeIndex));
    if (attribute == null) {
      return null;
    }
    int a = attribute.id();
    if (given.size() < 3) {
      return given.size() == 1 ? Bound.a(a) : Bound.ea(e, a);
    }
    Object value = EntityRef.value(db, attribute, given.get(2));
    if (value == null) {
      return null;
    }
    Bound bound = Database.bound(attribute, value);
    return Bound.eav(e, a, bound.v(), bound.o());
  }

  private static @Nullable Bound avet(Database db, List<Object> given) {
    Attribute attribute = EntityRef.attribute(db, given.get(0));
    if (attribute == null) {
      return null;
    }
    AvetAccess.require(db, attribute);
    if (given.size() == 1) {
      return Bound.a(attribute.id());
    }
    Object value = EntityRef.value(db, attribute, given.get(1));
    if (value == null) {
      return null;
    }
    Bound bound = Database.bound(attribute, value);
    if (given.size() == 2) {
      return bound;
    }
    long e = EntityRef.resolve(db, given.get(2));
    return e == Schema.NONE ? null : Bound.eav(e, attribute.id(), bound.v(), bound.o());
  }

  private static @Nullable Bound vaet(Database db, List<Object> given) {
    long v = EntityRef.resolve(db, given.get(0));
    if (v == Schema.NONE) {
      throw UnknownName.entity(db.schema(), given.get(0));
    }
    if (given.size() == 1) {
      return Bound.v(v);
    }
    Attribute attribute = EntityRef.attribute(db, given.get(1));
    if (attribute == null) {
      return null;
    }
    if (given.size() == 2) {
      return Bound.va(v, attribute.id());
    }
    long e = EntityRef.resolve(db, given.get(2));
    return e == Schema.NONE ? null : Bound.eav(e, attribute.id(), v, null);
  }
}
