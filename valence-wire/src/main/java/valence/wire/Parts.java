package valence.wire;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;

/// A map whose lists may be longer than a message may be: written as several maps, one after the
/// other, and put together again.
///
/// Each part has the map's other keys, and a piece of its lists, in their order; all but the last
/// say `:more true`.
public final class Parts {
  /// What a part takes at most, about, unless a single value takes more.
  static final int WEIGHT_MAX = 256 << 10;

  private static final Keyword MORE = Keyword.intern("more");

  private static final int WEIGHT_LEAST = 8;

  private Parts() {}

  /// The parts, each made when it is asked for; one when all fits.
  ///
  /// @param head  what each part says
  /// @param lists by their keys; not changed until the last part is made
  public static Iterator<Map<Keyword, @Nullable Object>> of(
      Map<Keyword, ?> head, Map<Keyword, ? extends List<?>> lists) {
    return new Cut(head, lists);
  }

  private static final class Cut implements Iterator<Map<Keyword, @Nullable Object>> {
    private final Map<Keyword, ?> head;
    private final List<Map.Entry<Keyword, List<?>>> lists = new ArrayList<>();
    private int list; // the one that is being cut, and where
    private int index;
    private boolean isBegun;

    Cut(Map<Keyword, ?> head, Map<Keyword, ? extends List<?>> lists) {
      this.head = head;
      lists.forEach((key, values) -> this.lists.add(Map.entry(key, values)));
    }

    @Override
    public boolean hasNext() {
      return !isBegun || list < lists.size();
    }

    @Override
    public Map<Keyword, @Nullable Object> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map<Keyword, @Nullable Object> part = new LinkedHashMap<>(head);
      boolean isFirst = !isBegun;
      isBegun = true;
      for (long weight = 0; list < lists.size(); list++, index = 0) {
        List<?> all = lists.get(list).getValue();
        int begin = index;
        while (index < all.size() && weight < WEIGHT_MAX) {
          weight += weight(all.get(index++));
        }
        if (index > begin || isFirst) {
          part.put(lists.get(list).getKey(), all.subList(begin, index));
        }
        if (index < all.size()) {
          break;
        }
      }
      if (list < lists.size()) {
        part.put(MORE, true);
      }
      return part;
    }
  }

  /// About how many bytes a value takes in a message.
  private static long weight(@Nullable Object value) {
    return switch (value) {
      case String text -> WEIGHT_LEAST + text.length();
      case byte[] bytes -> WEIGHT_LEAST + bytes.length;
      case Datom datom -> 3 * WEIGHT_LEAST + weight(datom.v());
      case Map<?, ?> map -> {
        long sum = WEIGHT_LEAST;
        for (Map.Entry<?, ?> each : map.entrySet()) {
          sum += weight(each.getKey()) + weight(each.getValue());
        }
        yield sum;
      }
      case Collection<?> members -> {
        long sum = WEIGHT_LEAST;
        for (Object each : members) {
          sum += weight(each);
        }
        yield sum;
      }
      case null, default -> WEIGHT_LEAST;
    };
  }

  /// Puts parts together, of one map after the other. Not for many threads.
  public static final class Joined {
    private @Nullable Map<Keyword, @Nullable Object> begun; // null between maps

    /// The whole map, when the part is its last one.
    public Optional<Map<Keyword, @Nullable Object>> add(Map<?, ?> part) {
      Map<Keyword, @Nullable Object> all = begun;
      boolean isLast = !Boolean.TRUE.equals(part.get(MORE));
      boolean isOnly = isLast && all == null;
      if (all == null) {
        all = new LinkedHashMap<>();
        begun = all;
      }
      for (Map.Entry<?, ?> each : part.entrySet()) {
        if (each.getKey() instanceof Keyword key && !key.equals(MORE)) {
          put(all, key, each.getValue(), isOnly);
        }
      }
      if (!isLast) {
        return Optional.empty();
      }
      begun = null;
      return Optional.of(all);
    }

    private static void put(
        Map<Keyword, @Nullable Object> all, Keyword key, @Nullable Object value, boolean isWhole) {
      if (value instanceof List<?> piece && all.get(key) instanceof ArrayList<?> before) {
        @SuppressWarnings("unchecked") // made below, of anything
        ArrayList<@Nullable Object> longer = (ArrayList<@Nullable Object>) before;
        longer.addAll(piece);
      } else {
        all.put(key, value instanceof List<?> piece && !isWhole ? new ArrayList<>(piece) : value);
      }
    }
  }
}
