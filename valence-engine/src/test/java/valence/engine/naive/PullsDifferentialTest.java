package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.Db;
import valence.testing.Choices;
import valence.testing.Property;

/// Random pulls of random worlds in random windows of time: the engine beside a list of datoms.
class PullsDifferentialTest {
  static Map<Object, Object> example(Choices choices) {
    Worlds worlds = new Worlds(choices);
    Map<Object, Object> world = worlds.world();
    List<Object> asks = choices.list(
        1,
        12,
        () -> map(
            kw("view"), Views.view(choices, false),
            kw("pattern"), new Asks(worlds).pattern(2),
            kw("entity"), worlds.known()));
    return map(kw("world"), world, kw("with"), worlds.speculation(), kw("asks"), asks);
  }

  @Test
  void pullsAreThoseOfTheListOfDatoms() {
    Property.of("pulls are those of the list of datoms", 400)
        .check(PullsDifferentialTest::example, example -> {
          Played played = Played.of((Map<?, ?>) at(example, "world"), Place.log())
              .with((List<?>) at(example, "with"));
          for (Object ask : (List<?>) at(example, "asks")) {
            compare(played, played.db(), (Map<?, ?>) ask);
          }
        });
  }

  private static Object at(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(kw(key)));
  }

  static void compare(Played played, Db now, Map<?, ?> ask) {
    List<?> view = (List<?>) at(ask, "view");
    List<?> pattern = (List<?>) at(ask, "pattern");
    Object entity = Objects.requireNonNull(played.known(at(ask, "entity")));
    Map<Object, @Nullable Object> expected;
    try {
      expected = NaivePull.pull(Views.naive(played, view), pattern, entity);
    } catch (Refusal refusal) {
      return; // compared by the tests of lookup refs
    }
    Map<Object, Object> actual = Views.engine(played, now, view).pull(pattern, entity);
    if (expected != null
        && expected.get(kw("db/id")) instanceof Long id
        && id == NaivePull.NOBODY) {
      expected.put(kw("db/id"), null);
    }
    assertEquals(
        Played.plain(expected == null ? Map.of() : expected),
        Played.plain(actual),
        () -> view + " " + pattern + " of " + entity);
  }
}
