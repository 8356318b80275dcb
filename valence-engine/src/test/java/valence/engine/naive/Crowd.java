package valence.engine.naive;

import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Transactions that fill a world with many entities alike, so that indexes have many leaves and
/// the planner has something to choose. No choices: a world says only how many.
final class Crowd {
  private static final Keyword ID = kw("db/id");
  private static final int KINDS = 6;

  private Crowd() {}

  /// Everyone, in one transaction.
  static List<Object> births(List<?> schema, int count) {
    List<Object> forms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<Object, Object> form = map(ID, "c" + i, kw("n/id"), "c" + i);
      for (int k = 0; k < schema.size(); k++) {
        Map<?, ?> attribute = (Map<?, ?>) Objects.requireNonNull(schema.get(k));
        // One in five lacks it.
        Object value = (i + k) % 5 == 0 ? null : value(attribute, i, k, count);
        if (value != null) {
          form.put(Objects.requireNonNull(attribute.get(kw("db/ident"))), value);
        }
      }
      forms.add(form);
    }
    return forms;
  }

  /// Every third says something else than before, every seventh is gone.
  static List<Object> changes(List<?> schema, int count) {
    List<Object> forms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Object who = List.of(kw("n/id"), "c" + i);
      if (i % 7 == 0) {
        forms.add(List.of(kw("db/retractEntity"), who));
        continue;
      }
      for (int k = i % 3; k < schema.size(); k += 3) {
        Map<?, ?> attribute = (Map<?, ?>) Objects.requireNonNull(schema.get(k));
        Object value = isRef(attribute) ? null : value(attribute, i + 1, k + 1, count);
        if (value != null) {
          Object ident = Objects.requireNonNull(attribute.get(kw("db/ident")));
          forms.add(List.of(kw("db/add"), who, ident, value));
        }
      }
    }
    return forms;
  }

  private static boolean isRef(Map<?, ?> attribute) {
    return kw("db.type/ref").equals(attribute.get(kw("db/valueType")));
  }

  private static @Nullable Object value(Map<?, ?> attribute, int i, int k, int count) {
    String type = ((Keyword) Objects.requireNonNull(attribute.get(kw("db/valueType")))).getName();
    if (attribute.containsKey(kw("db/unique")) || type.equals("tuple")) {
      return null;
    }
    return switch (type) {
      case "ref" -> "c" + (i * 13 + k) % count;
      case "long" -> (long) (k % 2 == 0 ? i % 97 : (i * 7 + k) % KINDS);
      default -> Worlds.scalar(type, (i * 7 + k) % KINDS);
    };
  }
}
