package valence.engine.segment;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.RowBuffer;
import valence.engine.index.Rows;
import valence.engine.value.ValueOrder;
import valence.engine.value.ValueType;

/// Random rows, a list of which is the model of a tree.
final class RowsOfAllTypes {
  /// Attribute id is the place here, and 100.
  private static final List<ValueType> TYPES = List.of(
      ValueType.REF,
      ValueType.LONG,
      ValueType.STRING,
      ValueType.STRING,
      ValueType.KEYWORD,
      ValueType.SYMBOL,
      ValueType.BOOLEAN,
      ValueType.INSTANT,
      ValueType.BYTES,
      ValueType.UUID,
      ValueType.DOUBLE,
      ValueType.FLOAT,
      ValueType.URI,
      ValueType.BIGINT,
      ValueType.BIGDEC,
      ValueType.TUPLE);

  record Row(long e, int a, long v, @Nullable Object o, long from, long to) {}

  private final SplittableRandom random;
  private final long entities;

  RowsOfAllTypes(SplittableRandom random, long entities) {
    this.random = random;
    this.entities = entities;
  }

  Row row(Order order, boolean closed) {
    int type = order == Order.VAET ? 0 : random.nextInt(TYPES.size());
    Object value = value(type);
    ValueType valueType = TYPES.get(type);
    long from = random.nextLong(1, 50);
    return new Row(
        (random.nextInt(3) == 0 ? 1L << 42 : 0) + random.nextLong(entities),
        100 + type,
        valueType.key(value),
        valueType.inline() ? null : value,
        from,
        closed ? from + random.nextLong(1, 50) : RowBuffer.OPEN);
  }

  private Object value(int type) {
    long n = random.nextLong(60);
    return switch (TYPES.get(type)) {
      case REF -> (1L << 42) + random.nextLong(entities);
      case LONG -> random.nextInt(9) == 0 ? random.nextLong() : n;
      case STRING -> type == 2 ? text(n) : "person-" + random.nextLong(1_000_000);
      case KEYWORD -> n % 2 == 0 ? Keyword.intern(null, "k" + n) : Keyword.intern("ns" + n, "k");
      case SYMBOL -> n % 2 == 0 ? Symbol.intern(null, "s" + n) : Symbol.intern("n", "s" + n);
      case BOOLEAN -> n % 2 == 0;
      case INSTANT -> new java.util.Date(1_700_000_000_000L + n * 86_400_000);
      case BYTES -> text(n).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      case UUID -> new UUID(n % 3, random.nextLong(-30, 30));
      case DOUBLE -> n % 7 == 0 ? Double.NaN : (n - 30) / 7.0;
      case FLOAT -> n % 7 == 0 ? Float.NEGATIVE_INFINITY : (n - 30) / 4.0f;
      case URI -> URI.create("http://example.org/" + n);
      case BIGINT -> BigInteger.valueOf(n - 30).pow(1 + (int) (n % 20));
      case BIGDEC -> new BigDecimal(BigInteger.valueOf(n - 30), (int) (n % 4));
      case TUPLE -> tuple(n);
      case FN -> throw new AssertionError("no values");
    };
  }

  private static Object tuple(long n) {
    Object[] slots = {n % 5 == 0 ? null : n % 7, "t" + n % 3, Keyword.intern("x", "k" + n % 2)};
    return PersistentVector.adopt(slots);
  }

  /// Prefixes of one another, of more than ASCII, and halves of surrogate pairs.
  private static String text(long n) {
    return switch ((int) (n % 8)) {
      case 0 -> "";
      case 1 -> "pre";
      case 2 -> "prefix" + n;
      case 3 -> "pr\u00e9fix" + n;
      case 4 -> "pref\uff5e" + n;
      case 5 -> "pref\ud83d\ude00" + n;
      case 6 -> "pref\ud83d" + n;
      default -> "pref\ude00\ufffd" + n;
    };
  }

  static Comparator<Row> comparator(Order order, int parts) {
    Comparator<Row> e = Comparator.comparingLong(Row::e);
    Comparator<Row> a = Comparator.comparingInt(Row::a);
    Comparator<Row> v = (x, y) -> ValueOrder.compare(x.v(), x.o(), y.v(), y.o());
    List<Comparator<Row>> components = new ArrayList<>(
        switch (order) {
          case EAVT -> List.of(e, a, v);
          case AEVT -> List.of(a, e, v);
          case AVET -> List.of(a, v, e);
          case VAET -> List.of(v, a, e);
        });
    components.add(Comparator.comparingLong(Row::from));
    return (x, y) -> {
      for (int i = 0; i < parts; i++) {
        int c = components.get(i).compare(x, y);
        if (c != 0) {
          return c;
        }
      }
      return 0;
    };
  }

  static Bound bound(Row row, int parts) {
    return new Bound(parts, row.e(), row.a(), row.v(), row.o());
  }

  static Rows columns(List<Row> list, boolean closed) {
    int count = list.size();
    long[] e = new long[count];
    int[] a = new int[count];
    long[] v = new long[count];
    @Nullable Object[] o = new Object[count];
    long[] from = new long[count];
    long[] to = new long[count];
    for (int i = 0; i < count; i++) {
      Row row = list.get(i);
      e[i] = row.e();
      a[i] = row.a();
      v[i] = row.v();
      o[i] = row.o();
      from[i] = row.from();
      to[i] = row.to();
    }
    return new Rows(count, e, a, v, o, from, closed ? to : null);
  }

  /// Sorted rows as a cursor, in batches of random sizes.
  Cursor cursor(List<Row> sorted, boolean closed) {
    Rows rows = columns(sorted, closed);
    Batch batch = new Batch();
    return new Cursor() {
      @Override
      public boolean next() {
        if (batch.end == rows.count()) {
          return false;
        }
        int length = random.nextInt(1, 100);
        batch.show(rows, batch.end, Math.min(rows.count(), batch.end + length));
        return true;
      }

      @Override
      public Batch batch() {
        return batch;
      }
    };
  }

  /// What a cursor yields; byte arrays as text, so that they can be compared.
  static List<String> read(Cursor cursor) {
    List<String> rows = new ArrayList<>();
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        rows.add(
            show(batch.e[i], batch.a[i], batch.v[i], batch.object(i), batch.t[i], batch.to(i)));
      }
    }
    return rows;
  }

  static List<String> show(List<Row> rows) {
    return rows.stream()
        .map(row -> show(row.e(), row.a(), row.v(), row.o(), row.from(), row.to()))
        .toList();
  }

  private static String show(long e, int a, long v, @Nullable Object o, long from, long to) {
    String object = switch (o) {
      case null -> "";
      case byte[] bytes -> java.util.HexFormat.of().formatHex(bytes);
      case List<?> tuple -> {
        StringBuilder slots = new StringBuilder();
        for (int i = 0; i < tuple.size(); i++) {
          slots.append(tuple.get(i)).append(' ');
        }
        yield slots.toString();
      }
      default -> o.toString();
    };
    return e + " " + a + " " + v + " " + object + " " + from + " " + to;
  }
}
