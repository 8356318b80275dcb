package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.Valence;

final class MannerTest {
  /// An `:expect` of rows, and the rows that came.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{:rows #{[1 2] [3 4]} :ordered? false}       | = | [[3 4] [1 2]]",
        "{:rows #{[1 2] [3 4]} :ordered? false}       | x | [[3 4] [1 2] [1 2]]",
        "{:rows #{[1 2] [3 4]} :ordered? false}       | x | [[4 3] [1 2]]",
        "{:rows #{[1 2] [3 4]} :ordered? false}       | x | [[1 2]]",
        "{:rows #{} :ordered? false}                  | = | []",
        "{:rows #{} :ordered? false}                  | x | nil",
        "{:rows [[1] [2]] :ordered? true}             | = | [[1] [2]]",
        "{:rows [[1] [2]] :ordered? true}             | x | [[2] [1]]",
        "{:rows [[1] [2]] :ordered? false}            | = | [[2] [1]]",
        "{:rows [[1] [2]] :ordered? false}            | x | [[2] [1] [1]]",
        // what was pulled into equal maps was written once in a set
        "{:rows #{[{:a 1}]} :ordered? false}          | = | [[{:a 1}] [{:a 1}]]",
        "{:rows #{[{:a 1}]} :ordered? false}          | x | [[{:a 1}] [{:a 2}]]",
        "{:rows #{[{:a 1}] [{:a 2}]} :ordered? false} | x | [[{:a 1}] [{:a 1}]]",
        "{:rows [[{:a 1}]] :ordered? false}           | x | [[{:a 1}] [{:a 1}]]",
        "{:rows #{[1 2]} :row-as-set? true}           | = | [[2 1]]",
        "{:rows #{[1 2]} :row-as-set? true}           | x | [[2 2]]",
        "{:rows #{[1 2]} :row-as-set? true}           | x | [[2 1 3]]",
        "{:rows #{[1 2]} :row-as-set? true}           | x | [[2 1] [1 2]]",
        "{:rows #{#{1 2}} :row-as-set? true}          | = | [[2 1] [1 2]]",
        "{:rows #{#{1 2}} :row-as-set? true}          | x | [[2 1] [1 3]]",
        "{:rows #{#{1 2} #{5 6}} :row-as-set? true}   | x | [[2 1] [1 2]]",
        "{:rows #{[{:a [1 2]}]} :vectors-as-bags? true}       | = | [[{:a [2 1]}]]",
        "{:rows #{[{:a [1 2]}]} :vectors-as-bags? true}       | x | [[{:a [2 2]}]]",
        "{:rows #{[{:a [1 2]}]} :ordered? false}              | x | [[{:a [2 1]}]]",
        "{:rows #{[1 {:a [{:b [1 2]} 3]}]} :vectors-as-bags? true} | = | [[1 {:a [3 {:b [2 1]}]}]]",
        "{:rows #{[1 2 {:a 1}]} :vectors-as-bags? true}       | x | [[2 1 {:a 1}]]",
        "{:rows #{[\"a\" 1.5 2]} :approx true}        | = | [[\"a\" 1.5000000001 2]]",
        "{:rows #{[\"a\" 1.5 2]} :approx true}        | x | [[\"a\" 1.5001 2]]",
        "{:rows #{[\"a\" 1.5 2]} :approx true}        | x | [[\"a\" 1.5 3]]",
        "{:rows #{[\"a\" 2.0]} :approx true}          | x | [[\"a\" 2]]",
        "{:rows #{[#{1.5}]} :approx true}             | = | [[#{1.5000000001}]]",
        "{:rows #{[#{1.5}]} :approx true}             | x | [[[1.5]]]",
        "{:rows #{[1.5]} :ordered? false}             | x | [[1.5000000001]]",
      })
  void comparesRowsInTheMannerAskedFor(String expect, String relation, String actual) {
    Map<?, ?> form = (Map<?, ?>) Objects.requireNonNull(Forms.expected(expect));
    Object expected = Manner.of(form).apply(form.get(Valence.kw("rows")));
    assertThat(Matcher.matches(expected, Forms.read(actual)))
        .as("%s matches %s", expect, actual)
        .isEqualTo(relation.equals("="));
  }
}
