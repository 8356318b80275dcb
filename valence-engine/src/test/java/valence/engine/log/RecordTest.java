package valence.engine.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.engine.db.Novelty;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Attribute.Unique;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

class RecordTest {
  private static final List<Object> VALUES = List.of(
      -5L,
      "",
      "naïve 😀",
      Keyword.intern("a", "b"),
      Keyword.intern("plain"),
      Symbol.intern("n", "s"),
      true,
      new Date(1_700_000_000_123L),
      UUID.fromString("8c0a7d4e-0000-4000-8000-0123456789ab"),
      -2.5,
      Double.NaN,
      1.5f,
      URI.create("https://example.org/x?y"),
      new BigInteger("-123456789012345678901234567890"),
      new BigDecimal("1.500"),
      PersistentVector.EMPTY.cons(1L).cons(null).cons("x"),
      new byte[] {0, -1, 127},
      "a surrogate \ud83d alone, \udc00\ud800 and the wrong way round");

  private static ValueType typeOf(Object value) {
    for (ValueType type : ValueType.values()) {
      if (type != ValueType.FN && type != ValueType.REF && value.equals(type.normalize(value))) {
        return type;
      }
    }
    return ValueType.BYTES;
  }

  private static Schema schema() {
    Schema schema = Bootstrap.schema();
    for (int i = 0; i < VALUES.size(); i++) {
      Keyword ident = Keyword.intern("attribute" + i);
      schema = schema.withAttribute(new Attribute(
          100 + i,
          ident,
          typeOf(VALUES.get(i)),
          false,
          Unique.NONE,
          false,
          false,
          false,
          new Tuple.None(),
          List.of()));
    }
    return schema;
  }

  private static LogTransaction transaction(long t) {
    RowBuffer opened = new RowBuffer(8);
    RowBuffer closed = new RowBuffer(8);
    for (int i = 0; i < VALUES.size(); i++) {
      Object value = VALUES.get(i);
      ValueType type = typeOf(value);
      Object object = type.inline() ? null : value;
      opened.add(17592186045416L + i, 100 + i, type.key(value), object, t, RowBuffer.OPEN);
      closed.add(i, 100 + i, type.key(value), object, t - 1, t);
    }
    return new LogTransaction(new Novelty(t, opened, closed), Map.of("tempid", 42L));
  }

  private static byte[] encoded(List<LogTransaction> transactions) {
    Schema schema = schema();
    return RecordWriter.record(transactions.stream()
        .map(each -> RecordWriter.transaction(each, schema))
        .toList());
  }

  static byte[] record() {
    return encoded(List.of(transaction(7), transaction(8)));
  }

  private static List<LogTransaction> read(long position, byte[] bytes) {
    return RecordReader.read(position, bytes).stream()
        .map(RecordReader::transaction)
        .toList();
  }

  @Test
  void aRecordReadsBackAsItWasWritten() {
    List<LogTransaction> read = read(0, record());
    assertEquals(2, read.size());
    LogTransaction second = read.get(1);
    assertEquals(8, second.novelty().t());
    assertEquals(Map.of("tempid", 42L), second.tempids());
    RowBuffer opened = second.novelty().opened();
    RowBuffer closed = second.novelty().closed();
    for (int i = 0; i < VALUES.size(); i++) {
      ValueType type = typeOf(VALUES.get(i));
      Object object = opened.o(i);
      Object value = object == null ? type.ofKey(opened.v(i)) : object;
      if (value instanceof byte[] bytes) {
        assertArrayEquals((byte[]) VALUES.get(i), bytes);
      } else {
        assertEquals(VALUES.get(i), value);
      }
      assertEquals(8, opened.from(i));
      assertEquals(7, closed.from(i));
      assertEquals(8, closed.to(i));
    }
    assertArrayEquals(record(), encoded(read));
  }

  /// Rows as they come in imports and revisions: groups that are alike and groups that aren't,
  /// repeated attributes, columns of each mode.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void manyRowsReadBackInTheirOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Schema schema = schema();
    for (int round = 0; round < 200; round++) {
      long t = 1 + random.nextInt(1000);
      RowBuffer opened = rows(random, t, false);
      RowBuffer closed = rows(random, t, true);
      LogTransaction written = new LogTransaction(new Novelty(t, opened, closed), Map.of());
      byte[] bytes = RecordWriter.record(List.of(RecordWriter.transaction(written, schema)));
      LogTransaction read = read(0, bytes).getFirst();
      String where = "seed " + seed + ", round " + round;
      assertRows(opened, read.novelty().opened(), where);
      assertRows(closed, read.novelty().closed(), where);
      List<Datom> datoms = RecordReader.read(0, bytes).getFirst().entry().data();
      assertEquals(opened.count() + closed.count(), datoms.size());
      for (int i = 0; i < datoms.size(); i++) {
        boolean added = i < opened.count();
        RowBuffer rows = added ? opened : closed;
        int row = added ? i : i - opened.count();
        ValueType type = typeOf(VALUES.get(rows.a(row) - 100));
        Datom datom = datoms.get(i);
        assertEquals(rows.e(row), datom.e(), where);
        assertEquals(rows.a(row), datom.a(), where);
        assertEquals(Partition.tx(t), datom.tx(), where);
        assertEquals(added, datom.added(), where);
        assertEquals(rows.v(row), type.key(datom.v()), where);
      }
    }
  }

  private static RowBuffer rows(SplittableRandom random, long t, boolean closed) {
    RowBuffer rows = new RowBuffer(8);
    int groups = random.nextInt(120);
    boolean alike = random.nextBoolean();
    int kinds = 1 + random.nextInt(VALUES.size());
    long from = random.nextInt((int) t);
    for (int group = 0; group < groups; group++) {
      long e = Partition.entity(
          random.nextInt(9) < 7 ? Partition.USER : random.nextInt(4), random.nextInt(5000));
      int length = alike ? 3 : 1 + random.nextInt(5);
      for (int i = 0; i < length; i++) {
        int kind = alike ? i % kinds : random.nextInt(kinds);
        Object value = VALUES.get(kind);
        if (value instanceof Long && random.nextBoolean()) {
          value = random.nextInt(3) == 0 ? random.nextLong() : (long) random.nextInt(100_000);
        } else if (value instanceof String && random.nextBoolean()) {
          value = "text " + random.nextInt(1 << random.nextInt(12));
        }
        ValueType type = typeOf(VALUES.get(kind));
        rows.add(
            e,
            100 + kind,
            type.key(value),
            type.inline() ? null : value,
            !closed ? t : random.nextInt(4) == 0 ? random.nextInt((int) t) : from,
            closed ? t : RowBuffer.OPEN);
      }
    }
    return rows;
  }

  private static void assertRows(RowBuffer expected, RowBuffer actual, String where) {
    assertEquals(expected.count(), actual.count(), where);
    for (int i = 0; i < expected.count(); i++) {
      assertEquals(expected.e(i), actual.e(i), where);
      assertEquals(expected.a(i), actual.a(i), where);
      assertEquals(expected.v(i), actual.v(i), where);
      assertEquals(expected.from(i), actual.from(i), where);
      assertEquals(expected.to(i), actual.to(i), where);
      if (expected.o(i) instanceof byte[] bytes) {
        assertArrayEquals(bytes, (byte[]) actual.o(i), where);
      } else {
        assertEquals(expected.o(i), actual.o(i), where);
      }
    }
  }

  @Test
  void aSmallTransactionAndAlikeEntitiesTakeFewBytes() {
    Schema schema = schema();
    RowBuffer event = new RowBuffer(4);
    long t = 100_000;
    event.add(Partition.tx(t), Bootstrap.TX_INSTANT, 1_700_000_000_123L, null, t, RowBuffer.OPEN);
    long e = Partition.entity(Partition.USER, 300_000);
    event.add(e, 100, 300_000, null, t, RowBuffer.OPEN);
    event.add(e, 104, 0, Keyword.intern("click"), t, RowBuffer.OPEN);
    event.add(e, 101, 0, "event 300000", t, RowBuffer.OPEN);
    Novelty small = new Novelty(t, event, new RowBuffer(0));
    int bytes = RecordWriter.transaction(new LogTransaction(small, Map.of()), schema).length;
    assertTrue(bytes <= 56, () -> bytes + " bytes");
    RowBuffer people = new RowBuffer(4);
    for (int i = 0; i < 1000; i++) {
      long person = Partition.entity(Partition.USER, 1000 + i);
      people.add(person, 100, i, null, t, RowBuffer.OPEN);
      people.add(person, 101, 0, "name " + i % 8, t, RowBuffer.OPEN);
      people.add(person, 103, 0, Keyword.intern("sex" + i % 2), t, RowBuffer.OPEN);
    }
    Novelty many = new Novelty(t, people, new RowBuffer(0));
    int more = RecordWriter.transaction(new LogTransaction(many, Map.of()), schema).length;
    assertTrue(more < 3000 * 2, () -> more + " bytes of 3000 rows");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aDamagedRecordIsReadAsAFaultOrAsWhatTheBytesSay(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = record();
      int changes = 1 + random.nextInt(3);
      for (int change = 0; change < changes; change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] cut =
          random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
      try {
        read(i, cut);
        RecordReader.read(i, cut).forEach(RecordReader::entry);
      } catch (AnomalyException e) {
        assertEquals(Category.FAULT, e.anomaly().category(), "seed " + seed);
      }
    }
  }
}
