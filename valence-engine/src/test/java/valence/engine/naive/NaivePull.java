package valence.engine.naive;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.api.Index;

/// What a pattern selects of an entity, by searching the list of datoms for each value.
final class NaivePull {
  private static final Symbol STAR = Symbol.intern("*");
  private static final Keyword ID = Keyword.intern("db/id");
  private static final Keyword IDENT = Keyword.intern("db/ident");
  private static final long LIMIT = 1000;
  /// Whoever a reference names that names none.
  static final long NOBODY = Long.MIN_VALUE;

  /// An attribute as a pattern names it.
  ///
  /// @param key under which its value is shown
  /// @param limit -1 for none
  private record Spec(
      Keyword name,
      Attr attribute,
      boolean reverse,
      Object key,
      long limit,
      @Nullable Object otherwise) {
    /// Whether there is one value at most: a component has one owner.
    boolean isSingle() {
      return reverse ? attribute.component() : !attribute.many();
    }
  }

  private final NaiveDb db;

  private NaivePull(NaiveDb db) {
    this.db = db;
  }

  /// Null when there is nothing to show.
  static @Nullable Map<Object, Object> pull(NaiveDb db, List<?> pattern, Object entity) {
    Long id = db.entity(entity);
    return new NaivePull(db).pull(pattern, id == null ? NOBODY : id, Set.of(), Map.of());
  }

  /// @param path the entities above
  /// @param used how often each recursive attribute was followed on the path
  private @Nullable Map<Object, Object> pull(
      List<?> pattern, long entity, Set<Long> path, Map<Keyword, Long> used) {
    Map<Object, Object> shown = new LinkedHashMap<>();
    boolean cycle = path.contains(entity);
    Set<Long> here = new HashSet<>(path);
    here.add(entity);
    Set<Keyword> named = new HashSet<>();
    boolean hasId = pattern.contains(ID) || pattern.contains(STAR);
    for (Object element : pattern) {
      if (element == ID) {
        shown.put(ID, entity);
      } else if (element instanceof Map<?, ?> map) {
        map.forEach((key, target) -> {
          Spec spec = spec(key);
          if (spec == null) {
            return;
          }
          named.add(spec.reverse() ? ID : spec.attribute().ident());
          if (!spec.attribute().isRef()) {
            show(shown, spec, null);
          } else if (target instanceof List<?> nested) {
            show(shown, spec, each(spec, entity, v -> pull(nested, (Long) v, path, Map.of())));
          } else {
            long most = target instanceof Long depth ? depth : Long.MAX_VALUE;
            long before = used.getOrDefault(spec.name(), 0L);
            if (!cycle && before < most) {
              Map<Keyword, Long> more = new HashMap<>(used);
              more.put(spec.name(), before + 1);
              show(shown, spec, each(spec, entity, v -> pull(pattern, (Long) v, here, more)));
            } else if (hasId) {
              show(shown, spec, each(spec, entity, v -> Map.of(ID, v)));
            }
          }
        });
      } else if (!STAR.equals(element)) {
        Spec spec = spec(element);
        if (spec != null) {
          named.add(spec.reverse() ? ID : spec.attribute().ident());
          show(shown, spec, each(spec, entity, v -> whole(spec, v, Set.of(entity))));
        }
      }
    }
    if (pattern.contains(STAR)) {
      shown.put(ID, entity);
      everything(shown, entity, Set.of(entity), named);
    }
    return shown.isEmpty() ? null : shown;
  }

  private @Nullable Spec spec(Object element) {
    List<?> expression = element instanceof List<?> list ? list : List.of(element);
    Keyword name = (Keyword) Objects.requireNonNull(expression.get(0));
    boolean reverse = name.getName().startsWith("_");
    Attr attribute = db.attribute(
        reverse ? Keyword.intern(name.getNamespace(), name.getName().substring(1)) : name);
    if (attribute == null || reverse && !attribute.isRef()) {
      return null;
    }
    Map<Object, @Nullable Object> options = new HashMap<>();
    for (int i = 1; i < expression.size(); i += 2) {
      options.put(expression.get(i), expression.get(i + 1));
    }
    Object limit = options.getOrDefault(Keyword.intern("limit"), LIMIT);
    return new Spec(
        name,
        attribute,
        reverse,
        Objects.requireNonNull(options.getOrDefault(Keyword.intern("as"), name)),
        limit instanceof Long most ? most : -1,
        options.get(Keyword.intern("default")));
  }

  private void everything(
      Map<Object, Object> shown, long entity, Set<Long> owners, Set<Keyword> named) {
    for (Attr attribute : db.attributes()) {
      Spec spec = new Spec(attribute.ident(), attribute, false, attribute.ident(), LIMIT, null);
      if (!named.contains(attribute.ident())) {
        show(shown, spec, each(spec, entity, v -> whole(spec, v, owners)));
      }
    }
  }

  private Object whole(Spec spec, Object value, Set<Long> owners) {
    Attr attribute = spec.attribute();
    if (!attribute.isRef()) {
      return value;
    }
    Map<Object, Object> shown = new LinkedHashMap<>();
    shown.put(ID, value);
    if (attribute.component() && !spec.reverse() && !owners.contains(value)) {
      Set<Long> more = new HashSet<>(owners);
      more.add((Long) value);
      everything(shown, (Long) value, more, Set.of());
      return shown;
    }
    Keyword ident = db.ident((Long) value);
    if (ident != null) {
      shown.put(IDENT, ident);
    }
    return shown;
  }

  private static void show(Map<Object, Object> shown, Spec spec, @Nullable Object value) {
    Object showable = value == null ? spec.otherwise() : value;
    if (showable != null) {
      shown.put(spec.key(), showable);
    }
  }

  private interface Shown {
    @Nullable Object of(Object value);
  }

  private @Nullable Object each(Spec spec, long entity, Shown shown) {
    List<Object> values = new ArrayList<>();
    long left = spec.isSingle() ? 1 : spec.limit();
    for (Datom datom : db.sorted(spec.reverse() ? Index.VAET : Index.AEVT)) {
      if (datom.a() == spec.attribute().id()
          && (spec.reverse() ? datom.v().equals(entity) : datom.e() == entity)
          && left != 0) {
        left--;
        Object each = shown.of(spec.reverse() ? (Object) datom.e() : datom.v());
        if (each != null) {
          values.add(each);
        }
      }
    }
    return values.isEmpty() ? null : spec.isSingle() ? values.get(0) : values;
  }
}
