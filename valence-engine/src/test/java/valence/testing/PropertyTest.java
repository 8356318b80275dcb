package valence.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PropertyTest {
  private static String smallest(Property.Check<List<Integer>> check) {
    AssertionError failure = assertThrows(
        AssertionError.class,
        () -> Property.of("known to be wrong", 500)
            .from(7)
            .check(choices -> choices.list(0, 40, () -> choices.below(1000)), check));
    return "" + failure.getMessage();
  }

  @Test
  void aFailureShrinksToTheSmallestExample() {
    String value = smallest(list -> assertTrue(list.stream().allMatch(i -> i < 777)));
    assertTrue(value.contains("\n[777]\n"), value);
    String size = smallest(list -> assertTrue(list.size() < 3));
    assertTrue(size.contains("\n[0 0 0]\n"), size);
    String order = smallest(list -> assertEquals(list.stream().sorted().toList(), list));
    assertTrue(order.contains("\n[1 0]\n"), order);
  }

  @Test
  void aFailureSaysItsSeedAndFailsAgainFromIt() {
    String message = smallest(list -> assertTrue(list.size() < 20));
    long seed = Long.parseLong(message.replaceAll("(?s).*-Dseed=(\\d+).*", "$1"));
    Choices choices = Choices.random(seed);
    assertTrue(choices.list(0, 40, () -> choices.below(1000)).size() >= 20);
  }

  @Test
  void nestedPartsShrinkTogether() {
    AssertionError failure = assertThrows(
        AssertionError.class,
        () -> Property.of("no list holds a list with a 5", 500)
            .from(1)
            .check(
                choices -> Map.of(
                    "lists", choices.list(0, 9, () -> choices.list(0, 9, () -> choices.below(10)))),
                map -> {
                  for (List<Integer> list : map.get("lists")) {
                    assertTrue(!list.contains(5));
                  }
                }));
    assertTrue(("" + failure.getMessage()).contains("{\"lists\" [[5]]}"), failure.getMessage());
  }

  @Test
  void anotherKindOfFailureIsNotTheSmallestExampleOfThisOne() {
    String message = smallest(list -> {
      if (list.size() == 1) {
        throw new IllegalStateException("another defect");
      }
      assertTrue(list.size() < 5);
    });
    assertTrue(message.contains("\n[0 0 0 0 0]\n"), message);
  }

  @Test
  void everyCaseIsChecked() {
    List<Object> seen = new ArrayList<>();
    int cases = Integer.getInteger("cases", 300);
    Property.of("all", 300).from(1).check(choices -> choices.below(2), seen::add);
    assertEquals(cases, seen.size());
  }
}
