package valence.engine.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import valence.engine.db.Novelty;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Attribute.Unique;
import valence.engine.schema.Bootstrap;
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
      new byte[] {0, -1, 127});

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

  private static byte[] record() {
    return encoded(List.of(transaction(7), transaction(8)));
  }

  @Test
  void aRecordReadsBackAsItWasWritten() {
    List<LogTransaction> read = RecordReader.read(0, record());
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
        RecordReader.read(i, cut);
      } catch (AnomalyException e) {
        assertEquals(Category.FAULT, e.anomaly().category(), "seed " + seed);
      }
    }
  }
}
