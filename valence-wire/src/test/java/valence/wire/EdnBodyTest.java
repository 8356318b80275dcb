package valence.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.Keyword;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.api.Datom;

final class EdnBodyTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsEncodedIsDecoded(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      Object value = value(random, 4);
      assertThat(EdnBody.decode(EdnBody.encode(value))).as("seed %d", seed).isEqualTo(value);
    }
  }

  private static Object value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> random.nextLong();
      case 1 -> "text \" \\ \n " + random.nextInt();
      case 2 -> Keyword.intern("a", "k" + random.nextInt(9));
      case 3 -> new UUID(random.nextLong(), random.nextLong());
      case 4 -> new Datom(random.nextLong(1L << 40), 7, "v", 9, random.nextBoolean());
      case 5 -> new DbValue("db", random.nextLong(99), 3L, null, random.nextBoolean(), List.of());
      case 6 -> List.of(value(random, depth - 1), value(random, depth - 1));
      case 7 -> Map.of("k", value(random, depth - 1), 1L, value(random, depth - 1));
      default -> DbValue.newest("x").plus(List.of(List.of(Keyword.intern("db/add"), "a")));
    };
  }

  @Test
  void whatIsNoBodyIsRefused() {
    assertThatThrownBy(() -> EdnBody.decode(new byte[] {'"', (byte) 0xff, '"'}))
        .hasMessageContaining("isn't text in UTF-8");
    assertThatThrownBy(() -> EdnBody.parse("#valence/db {:t 1}"))
        .hasMessageContaining("no :db-name");
    assertThatThrownBy(() -> EdnBody.parse("#valence/db {:db-name \"x\" :t -1}"))
        .hasMessageContaining("Expected a whole number");
    assertThatThrownBy(() -> EdnBody.parse("#valence/db [1]"))
        .hasMessageContaining("Expected a map");
  }

  @ParameterizedTest
  @EnumSource(Anomaly.Category.class)
  void anAnomalyCrossesTheWire(Anomaly.Category category) {
    Anomaly anomaly =
        Anomaly.of(category, "What.", "Why.").withError("db.error/x").with("a/b", 1L);
    var answer = new Answer.Failure(anomaly);
    assertThat(Answer.decode(answer.encode()))
        .isInstanceOfSatisfying(
            Answer.Failure.class,
            failure -> assertThat(failure.anomaly().toMap()).isEqualTo(anomaly.toMap()));
    if (category != Anomaly.Category.INTERRUPTED) {
      assertThat(HttpStatus.category(answer.status())).isEqualTo(category);
    }
  }

  @Test
  void aValueCrossesTheWireAlsoWhenItIsNil() {
    for (var success : List.of(new Answer.Success(null), new Answer.Success(List.of(1L)))) {
      assertThat(Answer.decode(success.encode())).isEqualTo(success);
    }
    assertThatThrownBy(() -> Answer.decode(EdnBody.encode(Map.of())))
        .hasMessageContaining("neither");
  }
}
