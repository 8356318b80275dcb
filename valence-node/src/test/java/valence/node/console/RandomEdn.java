package valence.node.console;

import static valence.api.Valence.kw;

import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Data as a node may answer with.
final class RandomEdn {
  private static final String CHARS = "aZ09 \"\\\n\t;,[]{}()#'^é€\u00a0𝄞<>&";

  private RandomEdn() {}

  static @Nullable Object value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 16 : 13)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> (long) random.nextInt(-100, 100);
      case 4 -> random.nextDouble() * Math.pow(10, random.nextInt(-20, 20));
      case 5 -> text(random);
      case 6 -> kw(random.nextBoolean() ? "a/b-" + random.nextInt(9) : "c?" + random.nextInt(9));
      case 7 -> Symbol.intern(null, "?s" + random.nextInt(9));
      case 8 -> new UUID(random.nextLong(), random.nextLong());
      case 9 -> new Date(random.nextLong(0, 4_000_000_000_000L));
      case 10 -> new BigInteger(80, new java.util.Random(random.nextLong()));
      case 11 -> new BigDecimal(random.nextLong()).movePointLeft(random.nextInt(12));
      case 12 -> (char) ('a' + random.nextInt(26));
      case 13 -> {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(kw("k" + i), value(random, depth - 1));
        }
        yield map;
      }
      default -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
    };
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int[] points = CHARS.codePoints().toArray();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
