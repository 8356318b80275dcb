package valence.edn;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.PersistentList;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Datom;

class EdnPrintTest {
  @Test
  void printsScalars() {
    var values = Arrays.asList(
        null,
        true,
        1L,
        2,
        (short) 3,
        (byte) 4,
        5.5,
        1e30,
        6.5f,
        new BigInteger("7"),
        BigInt.fromLong(8),
        new BigDecimal("1.50"),
        'a',
        '\n',
        '\u0001',
        "q\"\\\n\u0007é😀\ud83d",
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Keyword.intern("a/b"));
    assertThat(Edn.print(values))
        .isEqualTo("[nil true 1 2 3 4 5.5 1.0E30 #float \"6.5\" 7N 8N 1.50M \\a \\newline \\u0001 "
            + "\"q\\\"\\\\\\n\\u0007é😀\\ud83d\" ##NaN ##Inf ##-Inf :a/b]");
  }

  @Test
  void printsTagged() {
    var uuid = new UUID(1, 2);
    assertThat(Edn.print(List.of(
            new Date(1),
            Instant.parse("2026-11-22T15:43:24.123456Z"),
            Instant.parse("-0044-03-15T00:00:00Z"),
            new Date(Long.MAX_VALUE),
            uuid,
            URI.create("a:b"),
            new byte[] {10, -1},
            new Datom(1, 2, "v", 3, false))))
        .isEqualTo(
            "[#inst \"1970-01-01T00:00:00.001-00:00\" #inst \"2026-11-22T15:43:24.123-00:00\""
                + " #inst \"-0044-03-15T00:00:00.000-00:00\" #inst"
                + " \"+292278994-08-17T07:12:55.807-00:00\" #uuid"
                + " \"00000000-0000-0001-0000-000000000002\" #uri \"a:b\" #bytes \"0aff\" #datom"
                + " [1 2 \"v\" 3 false]]");
    assertThat(Edn.print(List.of(new Basis(7)))).isEqualTo("[#valence/db {:t 7}]");
  }

  private record Basis(long t) implements EdnTagged {
    @Override
    public String ednTag() {
      return "valence/db";
    }

    @Override
    public Object ednValue() {
      return Map.of(Keyword.intern("t"), t);
    }
  }

  @Test
  void printsJavaCollectionsAndArrays() {
    var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    map.put("a", null);
    map.put(null, List.of());
    assertThat(Edn.print(new Object[] {
          List.of(1),
          new TreeSet<>(Set.of(2, 1)),
          map,
          new ArrayDeque<>(List.of(3)),
          new long[] {1, 2},
          new boolean[] {true},
          new String[] {"s"},
          new double[0],
          PersistentList.create(List.of(1, 2)),
          PersistentList.EMPTY,
          Map.of()
        }))
        .isEqualTo("[[1] #{1 2} {\"a\" nil, nil []} [3] [1 2] [true] [\"s\"] [] (1 2) () {}]");
  }

  @Test
  void printsWhatEdnHasNoFormForAsItsClass() {
    assertThat(Edn.print(List.of(new Object(), Thread.State.NEW, Instant.MAX)))
        .isEqualTo("[#object \"java.lang.Object\" #object \"java.lang.Thread$State\""
            + " #object \"java.time.Instant\"]");
  }

  @Test
  void refusesWhatHoldsItself() {
    List<Object> loop = new ArrayList<>();
    loop.add(loop);
    assertThatThrownBy(() -> Edn.print(loop))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("holds itself");
    assertThatThrownBy(() -> Edn.printPretty(loop, 40)).isInstanceOf(AnomalyException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\"b", "\\Qa\"b", "\\Qa\"b\\Ec\"", "\\\\\"", "\\d+\\.\"", "\\Qa\\\"b", "a\\\"b"})
  void aPrintedPatternMatchesTheSame(String regex) {
    var read = (Pattern) requireNonNull(Edn.read(Edn.print(Pattern.compile(regex))));
    for (String text : List.of("a\"b", "a\"bc\"", "\\\"", "12.\"", "a\\\"b")) {
      assertThat(read.matcher(text).matches()).isEqualTo(Pattern.matches(regex, text));
    }
  }

  @Test
  void breaksWhatIsWiderThanTheWidth() {
    var value = Edn.read(
        "{:name \"inventory\" :items [{:sku \"tea-01\" :free 12} {:sku \"tea-02\" :free 7}]"
            + " :call (shop.Stock/take ?sku ?n) :tags #{:a}}");
    assertThat(Edn.printPretty(value, 1_000)).isEqualTo(Edn.print(value));
    assertThat(Edn.printPretty(value, 40)).isEqualTo("""
        {:name "inventory",
         :items [{:sku "tea-01", :free 12}
                 {:sku "tea-02", :free 7}],
         :call (shop.Stock/take ?sku ?n),
         :tags #{:a}}\
        """);
    assertThat(Edn.printPretty(List.of(new Datom(1, 2, "long enough", 3, true)), 20))
        .isEqualTo("""
            [#datom [1
                     2
                     "long enough"
                     3
                     true]]\
            """);
    assertThat(Edn.read(Edn.printPretty(value, 0))).isEqualTo(value);
  }
}
