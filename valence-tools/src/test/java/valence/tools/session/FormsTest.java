package valence.tools.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      [1 2] 3           | [1 2]
      {:a "}"} x        | {:a "}"}
      "a \\" b" c       | "a \\" b"
      #{1 #_2 3} 4      | #{1 #_2 3}
      #inst "2024" 5    | #inst "2024"
      #_[x] y z         | #_[x] y
      \\[ 7             | \\[
      , :word,8         | , :word
      """)
  void aFormEndsWhereItIsClosed(String text, String form) {
    assertThat(text.substring(0, Forms.end(text, 0))).isEqualTo(form);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1", "{:a [", "\"x", "\"x\\\"", "#", "#inst ", "#_ ", "(1 ; )"})
  void whatIsOpenIsOpen(String text) {
    assertThat(Forms.end(text, 0)).isEqualTo(Forms.OPEN);
  }

  @Test
  void spaceAndCommentsAreNothing() {
    assertThat(Forms.end(" ,\n; [\n", 0)).isEqualTo(Forms.NONE);
    assertThat(Forms.end("#_[x]", 0)).isEqualTo(Forms.NONE);
  }
}
