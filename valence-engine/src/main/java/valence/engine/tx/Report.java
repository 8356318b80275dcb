package valence.engine.tx;

import java.util.Arrays;
import java.util.List;
import valence.api.Datom;
import valence.api.spi.Datoms;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// What a transaction says, in the order in which it came about: which of its rows, for most
/// callers never look at the datoms. For one transaction.
final class Report {
  private static final int OPENED = 0;
  private static final int CLOSED = 1;
  private static final int TWICE = 2;
  private static final int KINDS = 3;

  private final RowBuffer[] rows; // by kind
  private int[] places; // a row's position times KINDS and its kind
  private int count;

  /// @param opened the rows that the transaction opens
  /// @param closed the rows that it closes
  Report(RowBuffer opened, RowBuffer closed, int expectedDatoms) {
    rows = new RowBuffer[] {opened, closed, new RowBuffer(0)};
    places = new int[expectedDatoms];
  }

  /// The row opened last.
  void opened() {
    say(OPENED);
  }

  /// The row closed last.
  void closed() {
    say(CLOSED);
  }

  /// A retraction that another one says too.
  void twice(long e, int a, Current row, long t) {
    rows[TWICE].add(e, a, row.key, row.object, row.from, t);
    say(TWICE);
  }

  private void say(int kind) {
    if (count == places.length) {
      places = Arrays.copyOf(places, Math.max(8, count * 2));
    }
    places[count++] = (rows[kind].count() - 1) * KINDS + kind;
  }

  /// What was said, when no row is added any more.
  List<Datom> datoms(Schema schema, long tx) {
    return new Datoms(count, i -> datom(places[i], schema, tx));
  }

  private Datom datom(int place, Schema schema, long tx) {
    int kind = place % KINDS;
    int row = place / KINDS;
    RowBuffer of = rows[kind];
    int a = of.a(row);
    Object value = of.o(row);
    if (value == null) {
      Attribute attribute = schema.attribute(a);
      if (attribute == null) {
        throw new IllegalStateException("no attribute has id " + a);
      }
      value = attribute.type().ofKey(of.v(row));
    }
    return new Datom(of.e(row), a, value, tx, kind == OPENED);
  }
}
