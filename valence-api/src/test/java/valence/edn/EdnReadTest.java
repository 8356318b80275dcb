package valence.edn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import clojure.lang.IPersistentList;
import clojure.lang.IPersistentMap;
import clojure.lang.IPersistentSet;
import clojure.lang.IPersistentVector;
import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentHashMap;
import clojure.lang.PersistentHashSet;
import clojure.lang.PersistentList;
import clojure.lang.Symbol;
import clojure.lang.Util;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Datom;

class EdnReadTest {
  private static final long SMALL_STACK_BYTES = 512 << 10;

  @Test
  void readsNumbersOfEachKind() {
    assertThat(Edn.readAll("0 -0 42 +5 -7 017 0x1F -0xff 2r101 36rZ 9223372036854775807", Map.of()))
        .containsExactly(0L, 0L, 42L, 5L, -7L, 15L, 31L, -255L, 5L, 35L, Long.MAX_VALUE);
    assertThat(Edn.readAll("9223372036854775808 -9223372036854775808 5N 0N", Map.of()))
        .containsExactly(
            new BigInteger("9223372036854775808"),
            Long.MIN_VALUE,
            BigInteger.valueOf(5),
            BigInteger.ZERO);
    assertThat(Edn.readAll("1.5 -1.5 1e3 1.5E-3 1. 1.5M 1M -1e2M", Map.of()))
        .containsExactly(
            1.5,
            -1.5,
            1000.0,
            0.0015,
            1.0,
            new BigDecimal("1.5"),
            new BigDecimal("1"),
            new BigDecimal("-1e2"));
    assertThat(Edn.readAll("##NaN ##Inf ##-Inf", Map.of()))
        .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?x",
        "$",
        "$1",
        "%",
        "...",
        "*",
        "*'",
        "+'",
        "+",
        "-",
        "!=",
        "<=",
        ".length",
        "String.",
        "_",
        "->",
        ".toUpperCase",
        "ns/name",
        "clojure.core/+",
        "clojure.core//",
        "/",
        "&",
        "a.b/c-d",
        "-a",
        "+a",
        ".5",
        "a#",
        "x'",
        "nil?",
        "true1",
        "é",
        "a|b",
        "a:b",
        "shop.Stock/take"
      })
  void readsSymbols(String text) {
    Object symbol = Edn.read(text);
    assertThat(symbol).isEqualTo((Object) Symbol.intern(text)).hasToString(text);
    assertThat(Edn.print(symbol)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":a",
        ":a/b",
        ":*",
        ":p/_friend",
        ":a.b/c",
        ":1a",
        ":a/1",
        ":db.type/ref",
        ":a#",
        ":/",
        ":+",
        ":nil",
        ":a:b",
        ":a'"
      })
  void readsKeywords(String text) {
    assertThat(Edn.read(text)).isSameAs(Keyword.intern(text.substring(1)));
    assertThat(Edn.print(Edn.read(text))).isEqualTo(text);
  }

  @Test
  void readsStringsAndCharacters() {
    assertThat(Edn.read("\"a\\t\\r\\n\\b\\f\\\"\\\\\\u00e9\\101\\0z\""))
        .isEqualTo("a\t\r\n\b\f\"\\éA\0z");
    assertThat(Edn.read("\"two\nlines ; no comment\"")).isEqualTo("two\nlines ; no comment");
    assertThat(Edn.readAll(
            "\\a \\n"
                + "ewline\\space \\tab \\r"
                + "eturn \\backspace \\formfeed \\u0041 \\o101 \\\\ \\\" \\( \\u \\o \\, \\;",
            Map.of()))
        .containsExactly(
            'a', '\n', ' ', '\t', '\r', '\b', '\f', 'A', 'A', '\\', '"', '(', 'u', 'o', ',', ';');
  }

  @Test
  void readsCollectionsInClojuresTypes() {
    assertThat(Edn.read("[1, [2] nil]"))
        .isInstanceOf(IPersistentVector.class)
        .isEqualTo(Arrays.asList(1L, List.of(2L), null));
    assertThat(Edn.read("(+ 1 2)"))
        .isInstanceOf(IPersistentList.class)
        .isEqualTo(List.of(Symbol.intern("+"), 1L, 2L));
    assertThat(Edn.read("()")).isSameAs(PersistentList.EMPTY);
    assertThat(Edn.read("#{:a \"b\"}"))
        .isInstanceOf(IPersistentSet.class)
        .isEqualTo(Set.of(Keyword.intern("a"), "b"));
    var small = Edn.read("{:h 1 :g 2 :f 3 :e 4 :d 5 :c 6 :b 7 :a 8}");
    assertThat(small).isInstanceOf(PersistentArrayMap.class);
    assertThat(((Map<?, ?>) small).keySet().toString())
        .isEqualTo("[:h, :g, :f, :e, :d, :c, :b, :a]");
    assertThat(Edn.read("{:a 1 :b 2 :c 3 :d 4 :e 5 :f 6 :g 7 :h 8 :i 9}"))
        .isInstanceOf(IPersistentMap.class);
  }

  @Test
  void listsAreJavaListsAndClojureLists() {
    var list = (List<?>) read("(1 2 3)");
    assertThat(new ArrayDeque<Object>(list)).hasSize(3).containsExactly(1L, 2L, 3L);
    assertThat(new ArrayList<>(list)).isEqualTo(list);
    assertThat(list.get(2)).isEqualTo(3L);
    assertThat(list.subList(1, 3)).isEqualTo(List.of(2L, 3L));
    assertThat(list).isEqualTo(PersistentList.create(List.of(1L, 2L, 3L)));
    assertThat(PersistentList.create(List.of(1L, 2L, 3L))).isEqualTo(list);
    assertThat(list.hashCode()).isEqualTo(List.of(1L, 2L, 3L).hashCode());
    assertThat(Util.equiv(list, Edn.read("[1 2 3]"))).isTrue();
    assertThat(Util.hasheq(list)).isEqualTo(Util.hasheq(Edn.read("[1 2 3]")));
    assertThat(list).hasToString("(1 2 3)");
    assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    var clojureList = (IPersistentList) list;
    assertThat(clojureList.peek()).isEqualTo(1L);
    assertThat(clojureList.pop().pop().pop()).isSameAs(PersistentList.EMPTY);
    assertThat(clojureList.cons(0L)).isEqualTo(List.of(0L, 1L, 2L, 3L));
  }

  @Test
  void mapsAndSetsOfNumbersAreJavasAndClojuresToo() {
    var map = (Map<?, ?>) read("{3 :c [1] :v 2 nil}");
    assertThat(map).isEqualTo(Edn.read("{2 nil 3 :c [1] :v}")).hasSize(3);
    assertThat(map.get(3L)).isSameAs(map.get(3)).isEqualTo(Keyword.intern("c"));
    assertThat(map.containsKey(2L)).isTrue();
    assertThat(map.containsKey(4L)).isFalse();
    assertThat(Edn.print(map)).isEqualTo(map.toString()).isEqualTo("{3 :c, [1] :v, 2 nil}");
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.entrySet().iterator().remove())
        .isInstanceOf(UnsupportedOperationException.class);
    Object hashMap = PersistentHashMap.create(map);
    assertThat(Util.equiv(map, hashMap)).isTrue();
    assertThat(Util.equiv(hashMap, map)).isTrue();
    assertThat(Util.hasheq(map)).isEqualTo(Util.hasheq(hashMap));
    assertThat((Object) ((IPersistentMap) map).assoc(4L, 5L).without(3L))
        .isEqualTo(Edn.read("{4 5 [1] :v 2 nil}"));

    var set = (Set<?>) read("#{2 [1] nil}");
    assertThat(set).isEqualTo(Edn.read("#{nil [1] 2}")).hasSize(3);
    assertThat(set.contains(2)).isTrue();
    assertThat(new ArrayList<>(set)).isEqualTo(Arrays.asList(2L, List.of(1L), null));
    assertThat(set).hasToString("#{2 [1] nil}");
    Object hashSet = PersistentHashSet.create(new ArrayList<>(set));
    assertThat(Util.equiv(set, hashSet)).isTrue();
    assertThat(Util.equiv(hashSet, set)).isTrue();
    assertThat(Util.hasheq(set)).isEqualTo(Util.hasheq(hashSet));
    assertThat(((IPersistentSet) set).disjoin(2L).cons(3L)).isEqualTo(Edn.read("#{[1] nil 3}"));
  }

  @Test
  void passesCommentsCommasAndDiscards() {
    assertThat(Edn.read(" ; first\n[1,,2 #_3 #_ #_ 4 5 #_#unknown [x] ;end\n] #_ last ; done"))
        .isEqualTo(List.of(1L, 2L));
    assertThat(Edn.readAll(" ;nothing\n #_ x ", Map.of())).isEmpty();
  }

  @Test
  void readsWhatQueriesUseBeyondTheSpecification() {
    assertThat(Edn.read("'x")).isEqualTo(List.of(Symbol.intern("quote"), Symbol.intern("x")));
    assertThat(((Pattern) read("#\"a\\.\\\"b\\d+\"")).pattern()).isEqualTo("a\\.\\\"b\\d+");
    var hinted = (Symbol) read("^String ?n");
    assertThat((Object) hinted).isEqualTo(Symbol.intern("?n"));
    assertThat(hinted.meta().valAt(Keyword.intern("tag"))).isEqualTo(Symbol.intern("String"));
    assertThat(Edn.print(hinted)).isEqualTo("^String ?n");
    assertThat(Edn.print(Edn.read("^{:line 1 :tag long} ?n"))).isEqualTo("^long ?n");
    assertThat(Edn.read("^:private [1]")).isEqualTo(List.of(1L));
    assertThat(Edn.read("#:p{:a 1 :q/b 2 :_/c 3 d 4 \"e\" 5}"))
        .isEqualTo(Edn.read("{:p/a 1 :q/b 2 :c 3 p/d 4 \"e\" 5}"));
  }

  @ParameterizedTest
  @CsvSource({
    "2026, 2026-01-01T00:00:00Z",
    "2026-11, 2026-11-01T00:00:00Z",
    "2026-11-22, 2026-11-22T00:00:00Z",
    "2026-11-22T15, 2026-11-22T15:00:00Z",
    "2026-11-22T15:43, 2026-11-22T15:43:00Z",
    "2026-11-22T15:43:24, 2026-11-22T15:43:24Z",
    "2026-11-22T15:43:24.5, 2026-11-22T15:43:24.500Z",
    "2026-11-22T15:43:24.123456789Z, 2026-11-22T15:43:24.123Z",
    "2026-11-22T15:43:24.000-00:00, 2026-11-22T15:43:24Z",
    "2026-11-22T15:43:24+02:30, 2026-11-22T13:13:24Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
  })
  void readsInstants(String text, Instant expected) {
    assertThat(Edn.read("#inst \"" + text + "\"")).isEqualTo(Date.from(expected));
  }

  @Test
  void readsTheKnownTags() {
    assertThat(Edn.read("#uuid \"12345678-9abc-def0-1234-56789abcdef0\""))
        .isEqualTo(UUID.fromString("12345678-9abc-def0-1234-56789abcdef0"));
    assertThat(Edn.read("#bytes \"0aFF\"")).isEqualTo(new byte[] {10, -1});
    assertThat(Edn.read("#uri \"https://a.example/b\""))
        .isEqualTo(URI.create("https://a.example/b"));
    assertThat(Edn.read("#float \"1.5\"")).isEqualTo(1.5f);
    assertThat(Edn.read("#double \"NaN\"")).isEqualTo(Double.NaN);
    assertThat(Edn.read("#datom [1 2 \"v\" 3 true]")).isEqualTo(new Datom(1, 2, "v", 3, true));
  }

  @Test
  void aReaderOfTheCallerGoesBeforeTheKnownOne() {
    assertThat(Edn.read("#valence/db {:t 1}", Map.of("valence/db", value -> List.of("db", value))))
        .isEqualTo(List.of("db", Edn.read("{:t 1}")));
    assertThat(Edn.read("#inst \"x\"", Map.of("inst", value -> value))).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1~ 2)          | 2 | 3 | Unmatched ) at line 2, column 3. The vector that opens at line"
            + " 1",
        ")               | 1 | 1 | Unmatched ) at line 1, column 1.",
        "[1 (2 {3 4}]    | 1 | 12 | Unmatched ] at line 1, column 12. The list that opens at line"
            + " 1, column 4",
        "`  [1 2`        | 1 | 3 | The text ends within the vector that opens at line 1, column 3.",
        "1 2             | 1 | 3 | more text",
        "{:a}            | 1 | 1 | without a value",
        "{:a 1 :a 2}     | 1 | 1 | has the key :a twice",
        "{1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 1 9} | 1 | 1 | has the key 1 twice",
        "#{1 2 1}        | 1 | 1 | has the item 1 twice",
        "#foo 1          | 1 | 1 | The tag #foo at line 1, column 1 is unknown.",
        "1/2             | 1 | 1 | EDN has no ratios.",
        "08              | 1 | 1 | isn't a number",
        "1x              | 1 | 1 | isn't a number",
        "1e999           | 1 | 1 | out of range",
        "1e99999M        | 1 | 1 | out of range",
        "37r1            | 1 | 1 | out of range",
        "[\\]            | 1 | 1 | The text ends within the vector",
        "[\\ a]          | 1 | 2 | has no char after it",
        "\\nope          | 1 | 1 | The character \\nope",
        "\\u12           | 1 | 1 | Four hexadecimal digits",
        "\\o777          | 1 | 1 | Expected was 0 to 377",
        "\"abc           | 1 | 1 | The text ends within the string",
        "\"\\q\"         | 1 | 1 | unknown escape \\q",
        "\"\\u12\"       | 1 | 1 | Four hexadecimal digits",
        ":               | 1 | 1 | isn't well formed",
        "::a             | 1 | 1 | isn't well formed",
        ":a/             | 1 | 1 | isn't well formed",
        ":/a             | 1 | 1 | isn't well formed",
        "a/b/c           | 1 | 1 | isn't well formed",
        "a:              | 1 | 1 | isn't well formed",
        "@a              | 1 | 1 | has no meaning in EDN",
        "#\"(\"          | 1 | 1 | isn't a regular expression",
        "##x             | 1 | 1 | ##x at line 1, column 1 is unknown",
        "#               | 1 | 1 | starts nothing",
        "#1              | 1 | 1 | starts nothing",
        "#::{:a 1}       | 1 | 1 | followed by a namespace",
        "#:p [1]         | 1 | 1 | followed by a namespace",
        "#inst \"2026-02-30\" | 1 | 1 | can't be read",
        "#inst \"yesterday\"  | 1 | 1 | expected was a form such as 2026",
        "#inst 5         | 1 | 1 | a string was expected",
        "#inst \"2026-01-01T00:00:00+99:00\" | 1 | 1 | can't be read",
        "#uuid \"1-1-1-1-1\"  | 1 | 1 | 8-4-4-4-12",
        "#bytes \"abc\"  | 1 | 1 | can't be read",
        "#uri \"a b\"    | 1 | 1 | can't be read",
        "#datom [1]      | 1 | 1 | [e a v tx added]",
        "#inst           | 1 | 6 | where a value was expected",
        "[#_]            | 1 | 4 | Unmatched ]",
        "^a              | 1 | 3 | where a value was expected",
        "'               | 1 | 2 | where a value was expected",
        "''              | 1 | 3 | where a value was expected",
      })
  void refusesWhatIsNoEdn(String text, long line, long column, String message) {
    AnomalyException refused =
        catchThrowableOfType(AnomalyException.class, () -> Edn.read(text.replace('~', '\n')));
    assertThat(refused.anomaly().category()).isEqualTo(Category.INCORRECT);
    assertThat(refused.anomaly().error()).contains(Keyword.intern("db.error", "invalid-edn"));
    assertThat(refused.anomaly().data())
        .containsEntry(Keyword.intern("line"), line)
        .containsEntry(Keyword.intern("column"), column);
    assertThat(refused).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "; only a comment", "#_ x"})
  void refusesTextWithoutAValue(String text) {
    assertThatThrownBy(() -> Edn.read(text))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("where a value was expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[", "(", "{", "#{", "'", "#_ ", "^", "^a ", "#inst ", "#:a{", "{:a ", "#_[ "})
  void refusesHostileDepthWithoutExhaustingASmallStack(String opening) throws Exception {
    var thrown = new AtomicReference<@Nullable Throwable>();
    Runnable work = () -> Edn.read(opening.repeat(200_000));
    var thread = new Thread(null, work, "small stack", SMALL_STACK_BYTES);
    thread.setUncaughtExceptionHandler((_, failure) -> thrown.set(failure));
    thread.start();
    thread.join();
    assertThat(thrown.get())
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void readsAndPrintsUpToTheLimitOfDepth() {
    String deepest = "[".repeat(Edn.DEPTH_MAX + 1) + "]".repeat(Edn.DEPTH_MAX + 1);
    assertThat(Edn.print(Edn.read(deepest))).isEqualTo(deepest);
    String groups = "(".repeat(450) + ")".repeat(450);
    assertThat(((Pattern) read("#\"" + groups + "\"")).pattern()).isEqualTo(groups);
  }

  @Test
  void refusesWhatIsTooLong() {
    for (String text :
        List.of("a".repeat(20_000), "1".repeat(5_000), "#\"" + "a".repeat(2_000) + "\"")) {
      assertThatThrownBy(() -> Edn.read(text))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("At most");
    }
  }

  private static Object read(String text) {
    return Objects.requireNonNull(Edn.read(text));
  }
}
