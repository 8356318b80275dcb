package valence.engine.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.IPersistentList;
import clojure.lang.Symbol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.edn.Edn;

class CoreFunctionsTest {
  /// Evaluates nested calls; vectors, maps and names in argument position stand for themselves.
  private static @Nullable Object evaluate(@Nullable Object form) {
    if (!(form instanceof IPersistentList) || !(form instanceof List<?> call)) {
      return form;
    }
    List<@Nullable Object> args = new ArrayList<>();
    for (Object arg : call.subList(1, call.size())) {
      args.add(evaluate(arg));
    }
    CoreFunction function = CoreFunctions.find((Symbol) Objects.requireNonNull(call.get(0)));
    return Objects.requireNonNull(function, () -> "no function " + Edn.print(call.get(0)))
        .call(args.toArray());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
          (+ 1 2 3)                                | 6
          (+)                                      | 0
          (+ 1 2.5)                                | 3.5
          (+ 1 1.50M)                              | 2.50M
          (- 5)                                    | -5
          (* 2 3.0)                                | 6.0
          (*' 9223372036854775807 2)               | 18446744073709551614N
          (/ 7 2)                                  | 3
          (/ -7 2)                                 | -3
          (/ 7.0 2)                                | 3.5
          (quot -7 2)                              | -3
          (rem -7 2)                               | -1
          (mod -7 2)                               | 1
          (mod 7 -2)                               | -1
          (inc 1)                                  | 2
          (max 1 2.5 2)                            | 2.5
          (abs -3)                                 | 3
          (< 1 2)                                  | true
          (< 30 35.5)                              | true
          (< "a" 5)                                | false
          (<= #inst "2020" #inst "2020")           | true
          (= 30 30)                                | true
          (= 30 30.0)                              | false
          (== 30 30.0)                             | true
          (= 1.0M 1M)                              | true
          (= [1 2] (list 1 2))                     | true
          (!= 1 2)                                 | true
          (not= 1 1)                               | false
          (compare "a" "b")                        | -1
          (distinct? 1 2 1)                        | false
          (even? 4)                                | true
          (odd? -3)                                | true
          (long 3.7)                               | 3
          (double 3)                               | 3.0
          (str "a" nil :k 1 [1 "b"])               | "a:k1[1 \\"b\\"]"
          (subs "abcdef" 1 3)                      | "bc"
          (name :a/b)                              | "b"
          (namespace :a/b)                         | "a"
          (keyword "a" "b")                        | :a/b
          (re-find (re-pattern "b+") "abbc")       | "bb"
          (re-matches (re-pattern "(a)(b)") "ab")  | ["ab" "a" "b"]
          (clojure.string/upper-case "ab")         | "AB"
          (clojure.string/split "a,b,c" ",")       | ["a" "b" "c"]
          (clojure.string/join "-" [1 2 3])        | "1-2-3"
          (clojure.string/includes? "abc" "b")     | true
          (clojure.string/replace "aXa" "X" "-")   | "a-a"
          (clojure.string/blank? " ")              | true
          (count "abc")                            | 3
          (count nil)                              | 0
          (first [])                               | nil
          (rest [1 2 3])                           | [2 3]
          (next [1])                               | nil
          (nth [1 2] 1)                            | 2
          (get {:a 1} :b 9)                        | 9
          (get-in {:a {:b 9}} [:a :b])             | 9
          (contains? #{1 2} 2)                     | true
          (vector 1 2)                             | [1 2]
          (hash-map :a 1)                          | {:a 1}
          (set [1 1 2])                            | #{1 2}
          (range 4)                                | [0 1 2 3]
          (range 1 10 4)                           | [1 5 9]
          (sort [3 1 2])                           | [1 2 3]
          (distinct [1 2 1])                       | [1 2]
          (apply + [1 2 3])                        | 6
          (map inc [1 2])                          | [2 3]
          (filter even? [1 2 3 4])                 | [2 4]
          (reduce + [1 2 3])                       | 6
          (some #{3} [1 2 3])                      | 3
          (every? even? [2 4])                     | true
          (frequencies [1 1 2])                    | {1 2, 2 1}
          (clojure.set/union #{1} #{2})            | #{1 2}
          (nil? nil)                               | true
          (some? false)                            | true
          (not nil)                                | true
          (clojure.core/inc 1)                     | 2
          """)
  void aCallHasTheValueThatClojureGives(String call, String expected) {
    Object actual = evaluate(Edn.read(call));
    assertTrue(
        Equality.equal(Edn.read(expected), actual),
        () -> call + " gave " + Edn.print(actual) + ", not " + expected);
  }

  @TestFactory
  List<DynamicTest> whatClojureWasSeenToAnswer() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(CoreFunctionsTest.class.getResourceAsStream("core.edn"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Object form : Edn.readAll(text, Map.of())) {
        List<?> one = (List<?>) Objects.requireNonNull(form);
        tests.add(DynamicTest.dynamicTest(
            Edn.print(one.get(0)),
            () -> assertEquals(Edn.print(one.get(1)), Edn.print(evaluate(one.get(0))))));
      }
    }
    return tests;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
          (+ 9223372036854775807 1) | java.lang.ArithmeticException
          (/ 1 0)                   | java.lang.ArithmeticException
          (+ 1 "a")                 | java.lang.ClassCastException
          (inc nil)                 | java.lang.ClassCastException
          (inc 1 2)                 | java.lang.IllegalArgumentException
          (range 100000000)         | java.lang.IllegalArgumentException
          """)
  void aWrongCallFails(String call, Class<? extends Throwable> failure) {
    assertThrows(failure, () -> evaluate(Edn.read(call)));
  }
}
