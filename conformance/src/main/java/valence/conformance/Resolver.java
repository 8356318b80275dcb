package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.IPersistentVector;
import clojure.lang.PersistentList;
import clojure.lang.PersistentVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Replaces tags with what they mean in a session. Collections keep their kind.
final class Resolver {
  private Resolver() {}

  static @Nullable Object resolve(@Nullable Object form, Session session) {
    return switch (form) {
      case null -> null;
      case Tagged tagged -> meaning(tagged, session);
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> resolved = new HashMap<>();
        boolean changed = false;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          Object key = resolve(entry.getKey(), session);
          Object value = resolve(entry.getValue(), session);
          changed |= key != entry.getKey() || value != entry.getValue();
          resolved.put(key, value);
        }
        yield changed ? Persistent.map(resolved) : map;
      }
      case Set<?> set -> {
        List<@Nullable Object> resolved = all(set, session);
        yield changed(set, resolved) ? Persistent.set(resolved) : set;
      }
      case List<?> list -> {
        List<@Nullable Object> resolved = all(list, session);
        if (!changed(list, resolved)) {
          yield list;
        }
        yield list instanceof IPersistentVector
            ? PersistentVector.create(resolved)
            : PersistentList.create(resolved);
      }
      default -> form;
    };
  }

  private static @Nullable Object meaning(Tagged tagged, Session session) {
    Object form = tagged.form();
    return switch (tagged.tag()) {
      case "eid" -> session.eid(form);
      case "tx" -> session.point(form).tx();
      case "t" -> session.point(form).t();
      case "log" -> session.connection();
      case "db" ->
        session.db(form instanceof Map<?, ?> options ? options : Map.of(kw("name"), tagged));
      case "bag" -> new Expected.Bag(items(tagged, form, session));
      case "one-of" -> new Expected.OneOf(items(tagged, form, session));
      case "approx" -> new Expected.Approx(number(tagged, form).doubleValue());
      case "subbag" -> {
        if (!(form instanceof Map<?, ?> keys)) {
          throw malformed(tagged);
        }
        yield new Expected.Subbag(
            number(tagged, keys.get(kw("count"))).longValue(),
            items(tagged, keys.get(kw("of")), session),
            Boolean.TRUE.equals(keys.get(kw("repeat"))));
      }
      default -> throw malformed(tagged);
    };
  }

  private static List<@Nullable Object> items(
      Tagged tagged, @Nullable Object form, Session session) {
    if (form instanceof List<?> list) {
      return all(list, session);
    }
    throw malformed(tagged);
  }

  private static Number number(Tagged tagged, @Nullable Object form) {
    if (form instanceof Number number) {
      return number;
    }
    throw malformed(tagged);
  }

  private static Unresolved malformed(Tagged tagged) {
    return new Unresolved("not understood: " + Shown.text(tagged));
  }

  private static List<@Nullable Object> all(Iterable<?> forms, Session session) {
    List<@Nullable Object> resolved = new ArrayList<>();
    for (Object form : forms) {
      resolved.add(resolve(form, session));
    }
    return resolved;
  }

  private static boolean changed(Iterable<?> forms, List<? extends @Nullable Object> resolved) {
    int i = 0;
    for (Object form : forms) {
      if (form != resolved.get(i++)) {
        return true;
      }
    }
    return false;
  }
}
