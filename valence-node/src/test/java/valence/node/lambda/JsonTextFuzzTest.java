package valence.node.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import valence.node.testing.Fuzz;

final class JsonTextFuzzTest {
  @Test
  void payloads() {
    new Fuzz("json", 5_000)
        .run(
            List.of(
                "{\"a\":[1,2.5e-3,true,null,\"\\u00e9\\n\"],\"b\":{\"c\":{}}}",
                "[[[[[[]]]]]]",
                "\"x\"",
                "-0.1E+9"),
            input ->
                JsonText.isJson(new String(input, StandardCharsets.UTF_8), JsonText.DEPTH_MAX));
  }

  @Test
  void nestingHasTheBoundThatIsGiven() {
    assertThat(JsonText.isJson("[[[1]]]", 3)).isTrue();
    assertThat(JsonText.isJson("[[[1]]]", 2)).isFalse();
    assertThat(JsonText.isJson("[".repeat(1_000_000), Integer.MAX_VALUE)).isFalse();
  }
}
