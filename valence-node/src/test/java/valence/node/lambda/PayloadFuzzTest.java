package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import valence.testing.Fuzz;
import valence.wire.json.PlainJson;

final class PayloadFuzzTest {
  private static final List<String> PAYLOADS = List.of(
      "{\"a\":[1,2.5e-3,true,null,\"\\u00e9\\n\"],\"b\":{\"c\":{}}}",
      "[[[[[[]]]]]]",
      "\"x\"",
      "-0.1E+9",
      "[12345678901234567890, 1.10, 1e400, 0.1000000000000000055511151231257827]");

  /// What passes as JSON can be read, all of it, and what is read is written so that it reads the
  /// same again.
  @Test
  void payloads() {
    new Fuzz("json", 5_000).run(PAYLOADS, input -> {
      String text = new String(input, UTF_8);
      boolean is = PlainJson.isJson(text, PlainJson.LEVELS_MAX);
      Object read = PlainJson.read(text);
      assertThat(is).isTrue();
      if (PlainJson.isJson(text, 200)) {
        assertThat(PlainJson.read(Json.print(read))).isEqualTo(read);
      }
    });
  }

  @Test
  void namesOfFunctions() {
    new Fuzz("function-name", 2_000)
        .run(
            List.of(
                "solo-echo", "arn:aws:lambda:eu-west-1:000000000000:function:solo-echo:$LATEST"),
            input -> FunctionName.parse(new String(input, UTF_8)));
  }

  @Test
  void nestingHasTheBoundThatIsGiven() {
    assertThat(PlainJson.isJson("[[[1]]]", 3)).isTrue();
    assertThat(PlainJson.isJson("[[[1]]]", 2)).isFalse();
    assertThat(PlainJson.isJson("[".repeat(1_000_000), Integer.MAX_VALUE)).isFalse();
  }
}
