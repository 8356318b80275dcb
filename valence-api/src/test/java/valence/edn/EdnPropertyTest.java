package valence.edn;

import static org.assertj.core.api.Assertions.assertThat;

import clojure.lang.IPersistentMap;
import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentHashSet;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;

class EdnPropertyTest {
  private static final String CHARS = "ab1Z \"\\;,#_'^:/\n\t\u0000\u00e9\u4e2d\ud83d\ude00()[]{}%$";
  private static final String SOUP =
      "()[]{}\"\\;,#_'^:/ \n0123456789abceEMNrRxinstuuid.+-\u0000\u00a0\ud83d\ude00@~`%$!?";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsPrintedReadsAsTheSameValue(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 2_000; i++) {
      Object value = value(random, 4);
      String text = Edn.print(value);
      assertThat(Edn.read(text)).as("seed %d, step %d: %s", seed, i, text).isEqualTo(value);
      assertThat(Edn.read(Edn.printPretty(value, random.nextInt(80))))
          .as("pretty, seed %d, step %d: %s", seed, i, text)
          .isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noTextFailsOtherThanWithAnAnomaly(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      String text = random.nextBoolean() ? soup(random) : mutated(random);
      try {
        Object value = Edn.read(text);
        Edn.read(Edn.print(value));
      } catch (AnomalyException refused) {
        assertThat(refused.anomaly().data()).containsKey(Keyword.intern("line"));
      } catch (RuntimeException | StackOverflowError other) {
        throw new AssertionError("seed " + seed + ", step " + i + ": " + text, other);
      }
    }
  }

  private static String soup(SplittableRandom random) {
    var text = new StringBuilder();
    for (int length = random.nextInt(40); length > 0; length--) {
      text.append(
          random.nextInt(20) == 0
              ? (char) random.nextInt(Character.MAX_VALUE + 1)
              : SOUP.charAt(random.nextInt(SOUP.length())));
    }
    return text.toString();
  }

  private static String mutated(SplittableRandom random) {
    var text = new StringBuilder(Edn.print(value(random, 3)));
    for (int times = 1 + random.nextInt(3); times > 0 && !text.isEmpty(); times--) {
      int index = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(index);
        case 1 -> text.insert(index, SOUP.charAt(random.nextInt(SOUP.length())));
        default -> text.setLength(index);
      }
    }
    return text.toString();
  }

  private static @Nullable Object value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth == 0 ? 14 : 18)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-300, 300));
      case 4 -> BigInteger.valueOf(random.nextLong()).pow(random.nextInt(4));
      case 5 -> new BigDecimal(BigInteger.valueOf(random.nextLong()), random.nextInt(-99, 99));
      case 6 -> CHARS.charAt(random.nextInt(CHARS.length()));
      case 7 -> string(random);
      case 8 -> Keyword.intern(random.nextBoolean() ? null : "a.b", "k" + random.nextInt(9));
      case 9 -> Symbol.intern(random.nextBoolean() ? null : "ns", "?s" + random.nextInt(9));
      case 10 -> new Date(random.nextLong() >> random.nextInt(64));
      case 11 -> new UUID(random.nextLong(), random.nextLong());
      case 12 -> URI.create("https://a.example/" + random.nextInt(100));
      case 13 -> random.nextInt() / 1000f;
      case 14 -> PersistentVector.create(items(random, depth));
      case 15 -> EdnList.of(items(random, depth));
      case 16 -> PersistentHashSet.create(items(random, depth));
      default -> {
        IPersistentMap map = PersistentArrayMap.EMPTY;
        for (Object key : items(random, depth)) {
          map = map.assoc(key, value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static List<@Nullable Object> items(SplittableRandom random, int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    for (int count = random.nextInt(12); count > 0; count--) {
      items.add(value(random, depth - 1));
    }
    return items;
  }

  private static String string(SplittableRandom random) {
    var string = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      string.append(CHARS.charAt(random.nextInt(CHARS.length())));
    }
    return string.toString();
  }
}
