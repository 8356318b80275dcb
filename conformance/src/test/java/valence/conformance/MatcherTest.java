package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import clojure.lang.BigInt;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.Valence;

final class MatcherTest {
  private static void accepts(String expected, @Nullable Object actual) {
    assertThat(Matcher.matches(Forms.expected(expected), actual))
        .as("%s matches %s", expected, Shown.text(actual))
        .isTrue();
  }

  private static void refuses(String expected, @Nullable Object actual) {
    assertThat(Matcher.matches(Forms.expected(expected), actual))
        .as("%s matches %s", expected, Shown.text(actual))
        .isFalse();
  }

  /// Both sides as EDN; `=` for a match, `x` for none.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nil            | = | nil",
        "nil            | x | false",
        "nil            | x | []",
        "false          | x | nil",
        "true           | = | true",
        "true           | x | \"true\"",
        "\"a\"          | = | \"a\"",
        "\"a\"          | x | \\a",
        "\"a\"          | x | :a",
        "\"a\"          | x | a",
        ":a/b           | = | :a/b",
        ":a/b           | x | :b",
        ":a             | x | a",
        "...            | = | ...",
        "\\a            | = | \\a",
        "5              | = | 5",
        "5              | x | 6",
        "5              | x | 5.0",
        "5              | x | 5N",
        "5              | x | 5M",
        "5              | x | \"5\"",
        "5N             | = | 5N",
        "5N             | x | 5",
        "5.0            | = | 5.0",
        "5.0            | x | 5",
        "5.0            | x | 5.0M",
        "5.0            | x | 5.0000000001",
        "5.0            | x | #float \"5.0\"",
        "#float \"5.0\" | = | #float \"5.0\"",
        "#float \"5.0\" | x | 5.0",
        "0.0            | = | -0.0",
        "1.10M          | = | 1.1M",
        "1.10M          | x | 1.11M",
        "1.0M           | x | 1.0",
        "1M             | x | 1",
        "#uuid \"00000000-0000-0000-0000-000000000001\" | = "
            + "| #uuid \"00000000-0000-0000-0000-000000000001\"",
        "#uuid \"00000000-0000-0000-0000-000000000001\" | x "
            + "| \"00000000-0000-0000-0000-000000000001\"",
        "#inst \"2024-01-01\" | = | #inst \"2024-01-01T00:00:00.000-00:00\"",
        "#inst \"2024-01-01\" | x | #inst \"2024-01-01T00:00:00.001-00:00\"",
        "#uri \"http://a/x\"  | = | #uri \"http://a/x\"",
        "#uri \"http://a/x\"  | x | \"http://a/x\"",
        "#bytes \"0aff\"      | = | #bytes \"0aff\"",
        "#bytes \"0aff\"      | x | #bytes \"0afe\"",
        "#bytes \"0aff\"      | x | [10 -1]",
        "[10 -1]              | x | #bytes \"0aff\"",
        "#bag [10 -1]         | x | #bytes \"0aff\"",
        "[1 2]          | = | [1 2]",
        "[1 2]          | = | (1 2)",
        "[1 2]          | x | [2 1]",
        "[1 2]          | x | [1 2 2]",
        "[1 2]          | x | [1]",
        "[1 2]          | x | #{1 2}",
        "[]             | = | []",
        "[]             | x | nil",
        "[]             | x | {}",
        "[]             | x | \"\"",
        "#{1 2}         | = | #{2 1}",
        "#{1 2}         | x | [1 2]",
        "#{1 2}         | x | #{1 2 3}",
        "#{1 2}         | x | #{1}",
        "#{1}           | x | #{1.0}",
        "{:a 1}         | = | {:a 1}",
        "{:a 1}         | x | {:a 1 :b 2}",
        "{:a 1 :b 2}    | x | {:a 1}",
        "{:a 1}         | x | {:a 2}",
        "{:a 1}         | x | {:b 1}",
        "{:a nil}       | x | {}",
        "{:a nil}       | x | {:b nil}",
        "{:a nil}       | = | {:a nil}",
        "{}             | x | []",
        "{}             | x | nil",
        "{:a 1 :b 2}    | x | {:a 2 :b 1}",
        "{1 :a}         | = | {1 :a}",
        "{[1 2] {:k 3}} | = | {[1 2] {:k 3}}",
        "#bag [1 2 2]   | = | [2 1 2]",
        "#bag [1 2 2]   | x | [1 1 2]",
        "#bag [1 2 2]   | x | [1 2]",
        "#bag [1 2]     | x | [1 2 2]",
        "#bag [1 2]     | = | #{1 2}",
        "#bag [1 2]     | x | nil",
        "#bag []        | = | []",
        "#bag []        | = | #{}",
        "#bag []        | x | nil",
        "#bag []        | x | {}",
        "#bag [[1 :a]]  | x | {1 :a}",
        "#bag []        | x | \"\"",
        "#bag [[1 2]]   | x | [[2 1]]",
        "#bag [[1 2] [3 4]]         | x | [[1 4] [3 2]]",
        "#bag [[nil]]   | = | [[nil]]",
        "#bag [nil]     | x | [false]",
        "#bag [#bag [1 2] [1 2]]    | = | [[1 2] [2 1]]",
        "#bag [[1 2] #bag [1 2]]    | = | [[2 1] [1 2]]",
        "#bag [[1 2] [1 2]]         | x | [[1 2] [2 1]]",
        "#bag [1.5 -0.0]            | = | [0.0 1.5]",
        "#bag [1.10M]               | = | [1.1000M]",
        "#bag [1]                   | x | [1.0]",
        "#bag [{:a #bag [1 2]}]     | = | [{:a [2 1]}]",
        "#bag [{:a [1 2]}]          | x | [{:a [2 1]}]",
        "#subbag {:count 2 :of [1 2 3]} | = | [3 1]",
        "#subbag {:count 2 :of [1 2 3]} | x | [3 3]",
        "#subbag {:count 2 :of [1 2 3]} | x | [3 4]",
        "#subbag {:count 2 :of [1 2 3]} | x | [1 2 3]",
        "#subbag {:count 2 :of [1 2 3]} | x | [1]",
        "#subbag {:count 2 :of [1 1 3]} | = | [1 1]",
        "#subbag {:count 0 :of [1 2 3]} | = | []",
        "#subbag {:count 0 :of [1 2 3]} | x | nil",
        "#subbag {:count 3 :of [1 2] :repeat true} | = | [1 1 1]",
        "#subbag {:count 3 :of [1 2] :repeat true} | x | [1 1 3]",
        "#subbag {:count 3 :of [1 2] :repeat true} | x | [1 1]",
        "#subbag {:count 3 :of [1 2]}   | x | [1 2 1]",
        "#one-of [1 2]  | = | 2",
        "#one-of [1 2]  | x | 3",
        "#one-of [1 2]  | x | [1 2]",
        "#one-of []     | x | nil",
        "#approx 1.5    | = | 1.5000000001",
        "#approx 1.5    | x | 1.50001",
        "#approx 0.0    | = | 0.0000000001",
        "#approx 0.0    | x | 0.00001",
        "#approx 1000000000.0 | = | 1000000000.5",
        "#approx 1000000000.0 | x | 1000000002.0",
        "#approx 2.0    | = | 2",
        "#approx 2.0    | x | \"2.0\"",
        "#approx 2.0    | x | nil",
        "#approx 2.0    | x | #double \"NaN\"",
        "#approx 2.0    | x | #double \"Infinity\"",
        "#double \"NaN\"      | = | #double \"NaN\"",
        "#double \"NaN\"      | x | 0.0",
        "#double \"Infinity\" | = | #double \"Infinity\"",
        "#double \"Infinity\" | x | #double \"-Infinity\"",
        "#bag [#approx 1.0 #approx 1.0000000005]  | = | [1.0000000012 1.0]",
        "#bag [[:a #approx 1.0] [:b #approx 1.0]] | = | [[:b 1.0] [:a 1]]",
        "#bag [[:a #approx 1.0] [:b #approx 1.0]] | x | [[:a 1.0] [:a 1.0]]",
        "#bag [#one-of [1 2] #one-of [1]] | = | [1 2]",
        "#bag [#one-of [1 2] #one-of [1]] | = | [2 1]",
        "#bag [#one-of [1 2] #one-of [1]] | x | [2 2]",
        "#bag [#one-of [1 2] 1]           | = | [1 2]",
        "#subbag {:count 2 :of [#one-of [1 2] 1 7]} | = | [2 1]",
      })
  void comparesByTheCorpusRules(String expected, String relation, String actual) {
    if (relation.equals("=")) {
      accepts(expected, Forms.read(actual));
    } else {
      refuses(expected, Forms.read(actual));
    }
  }

  @Test
  void anyFixedWidthIntegerOfTheValueIsThatInteger() {
    accepts("5", 5);
    accepts("5", (short) 5);
    accepts("5", (byte) 5);
    refuses("5", 6);
    refuses("5", BigInteger.valueOf(5));
    refuses("5", 5.0f);
    accepts("#bag [5 6]", List.of(6, (short) 5));
  }

  @Test
  void bigIntegersOfBothKindsAreBig() {
    accepts("5N", BigInteger.valueOf(5));
    accepts("5N", BigInt.fromLong(5));
    accepts("#bag [5N]", List.of(BigInt.fromBigInteger(BigInteger.valueOf(5))));
    accepts("#bag [18446744073709551614N]", List.of(new BigInteger("18446744073709551614")));
    refuses("5N", 5);
    refuses("5N", new BigDecimal(5));
  }

  @Test
  void arraysAreListsAndBags() {
    accepts("[1 \"a\"]", new Object[] {1L, "a"});
    accepts("[1 2]", new long[] {1, 2});
    refuses("[1 2]", new long[] {2, 1});
    refuses("[1 2]", new double[] {1, 2});
    accepts("#bag [[1 2] [3 4]]", new Object[] {new long[] {3, 4}, List.of(1L, 2L)});
    accepts("#bag [#bytes \"01\" #bytes \"02\"]", List.of(new byte[] {2}, new byte[] {1}));
    refuses("#bag [#bytes \"01\" #bytes \"02\"]", List.of(new byte[] {2}, new byte[] {2}));
  }

  @Test
  void aCollectionWithoutOrderIsNoList() {
    refuses("[1 2]", new LinkedHashSet<>(List.of(1L, 2L)));
    refuses("[1 2]", new ArrayDeque<>(List.of(1L, 2L)));
    refuses("[1 2]", new HashMap<>(Map.of("a", 1L, "b", 2L)).values());
    accepts("#bag [1 2]", new ArrayDeque<>(List.of(2L, 1L)));
  }

  @Test
  void plainCollectionsCompareAsPersistentOnes() {
    accepts("{:a [1 nil]}", Map.of(Valence.kw("a"), Arrays.asList(1L, null)));
    accepts("#{1 2}", Set.of(1L, 2L));
    accepts("[nil]", Collections.singletonList(null));
    accepts("{nil 1}", Collections.singletonMap(null, 1L));
  }

  @Test
  void foreignValuesNeverMatch() {
    refuses("1", new Object());
    refuses("[]", new Object());
    refuses("#bag []", new Object());
    refuses("#inst \"2024-01-01\"", new Date(0).toInstant());
    refuses("#uri \"a:b\"", URI.create("a:c"));
    refuses("\"00000000-0000-0000-0000-000000000001\"", new UUID(0, 1));
  }
}
