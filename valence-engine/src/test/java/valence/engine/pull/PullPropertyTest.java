package valence.engine.pull;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.local.LocalDb;

/// Random patterns over random graphs, now and in time, beside a naive pull over the list of
/// datoms.
class PullPropertyTest {
  private static final Symbol ALL = Symbol.intern("...");
  private static final Symbol STAR = Symbol.intern("*");
  private static final Keyword ID = kw("db/id");
  private static final List<Keyword> REFS = List.of(kw("n/one"), kw("n/many"), kw("n/part"));
  private static final String SCHEMA = """
      [{:db/ident :n/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :n/tag :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :n/one :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :n/many :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :n/part :db/valueType :db.type/ref :db/cardinality :db.cardinality/many
        :db/isComponent true}]
      """;

  private static Keyword kw(String name) {
    return Keyword.intern(name);
  }

  /// The naive pull: a list of datoms, searched from end to end for each value.
  private static final class Model {
    private final List<Datom> datoms;
    private final Map<Long, Keyword> idents = new HashMap<>();

    Model(Db db, List<Datom> datoms) {
      this.datoms = datoms;
      for (Keyword ident :
          List.of(kw("n/name"), kw("n/tag"), kw("n/one"), kw("n/many"), kw("n/part"))) {
        idents.put(db.entid(ident).orElseThrow(), ident);
      }
    }

    List<Object> values(long entity, Keyword attribute, boolean reverse) {
      List<Object> values = new ArrayList<>();
      for (Datom datom : datoms) {
        if (attribute == idents.get(datom.a())
            && (reverse ? datom.v().equals(entity) : datom.e() == entity)) {
          values.add(reverse ? (Object) datom.e() : datom.v());
        }
      }
      return values;
    }

    @Nullable Map<Object, Object> pull(
        List<?> pattern, long entity, Set<Long> path, Map<Keyword, Long> used) {
      Map<Object, Object> shown = new LinkedHashMap<>();
      boolean cycle = path.contains(entity);
      Set<Long> here = new HashSet<>(path);
      here.add(entity);
      Set<Keyword> named = new HashSet<>();
      boolean hasId = pattern.contains(ID) || pattern.contains(STAR);
      for (Object spec : pattern) {
        if (spec == ID) {
          shown.put(ID, entity);
        } else if (spec instanceof Keyword attribute) {
          named.add(attribute);
          show(shown, attribute, each(attribute, entity, v -> whole(attribute, v, Set.of(entity))));
        } else if (spec instanceof Map<?, ?> map) {
          Keyword attribute = (Keyword) map.keySet().iterator().next();
          named.add(attribute);
          Object target = map.get(attribute);
          if (target instanceof List<?> nested) {
            show(
                shown,
                attribute,
                each(attribute, entity, v -> pull(nested, (Long) v, path, Map.of())));
          } else {
            long most = target instanceof Long depth ? depth : Long.MAX_VALUE;
            long before = used.getOrDefault(attribute, 0L);
            if (!cycle && before < most) {
              Map<Keyword, Long> more = new HashMap<>(used);
              more.put(attribute, before + 1);
              show(
                  shown,
                  attribute,
                  each(attribute, entity, v -> pull(pattern, (Long) v, here, more)));
            } else if (hasId) {
              show(shown, attribute, each(attribute, entity, v -> Map.of(ID, v)));
            }
          }
        }
      }
      if (pattern.contains(STAR)) {
        shown.put(ID, entity);
        everything(shown, entity, Set.of(entity), named);
      }
      return shown.isEmpty() ? null : shown;
    }

    private void everything(
        Map<Object, Object> shown, long entity, Set<Long> owners, Set<Keyword> named) {
      for (Keyword attribute : idents.values()) {
        if (!named.contains(attribute)) {
          show(shown, attribute, each(attribute, entity, v -> whole(attribute, v, owners)));
        }
      }
    }

    private Object whole(Keyword attribute, Object value, Set<Long> owners) {
      String name = attribute.getName();
      if (!name.equals("part") || owners.contains(value)) {
        boolean ref = name.startsWith("_") || REFS.contains(attribute);
        return ref ? Map.of(ID, value) : value;
      }
      Map<Object, Object> shown = new LinkedHashMap<>();
      shown.put(ID, value);
      Set<Long> more = new HashSet<>(owners);
      more.add((Long) value);
      everything(shown, (Long) value, more, Set.of());
      return shown;
    }

    private static void show(Map<Object, Object> shown, Keyword key, @Nullable Object value) {
      if (value != null) {
        shown.put(key, value);
      }
    }

    private interface Shown {
      @Nullable Object of(Object value);
    }

    private @Nullable Object each(Keyword written, long entity, Shown shown) {
      String name = written.getName();
      boolean reverse = name.startsWith("_");
      Keyword attribute = reverse ? kw("n/" + name.substring(1)) : written;
      List<Object> values = new ArrayList<>();
      boolean single = name.equals("name") || name.equals("one") || name.equals("_part");
      List<Object> all = values(entity, attribute, reverse);
      for (Object value : single && all.size() > 1 ? all.subList(0, 1) : all) {
        Object each = shown.of(value);
        if (each != null) {
          values.add(each);
        }
      }
      return values.isEmpty() ? null : single ? values.get(0) : values;
    }
  }

  private static List<Object> pattern(SplittableRandom random, int depth) {
    List<Object> pattern = new ArrayList<>();
    List<Object> unused = new ArrayList<>(List.of(ID, STAR, kw("n/name"), kw("n/tag")));
    for (Keyword ref : REFS) {
      unused.add(ref);
      unused.add(kw("n/_" + ref.getName()));
    }
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Object spec = unused.remove(random.nextInt(unused.size()));
      boolean isRef = spec instanceof Keyword keyword
          && (REFS.contains(keyword) || keyword.getName().startsWith("_"));
      pattern.add(
          !isRef
              ? spec
              : switch (random.nextInt(4)) {
                case 0 -> spec;
                case 1 -> Map.of(spec, (long) (1 + random.nextInt(3)));
                case 2 -> Map.of(spec, ALL);
                default -> depth == 0 ? spec : Map.of(spec, pattern(random, depth - 1));
              });
    }
    return pattern;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void pullAgreesWithANaivePullOverTheDatoms(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Db db =
        LocalDb.of(Database.empty("random"), People.SURROUNDINGS).with(SCHEMA).dbAfter();
    List<Long> entities = new ArrayList<>();
    long first = db.basisT();
    for (int t = 0; t < 4; t++) {
      List<Object> txData = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Map<Object, Object> map = new HashMap<>();
        Object id = t == 0 || random.nextInt(3) == 0
            ? "new" + i
            : entities.get(random.nextInt(entities.size()));
        map.put(ID, id);
        map.put(kw("n/name"), "name" + i);
        if (!entities.isEmpty()) {
          map.put(kw("n/tag"), List.of((long) random.nextInt(9), 10L + random.nextInt(9)));
          map.put(REFS.get(random.nextInt(3)), entities.get(random.nextInt(entities.size())));
        }
        if (txData.stream().noneMatch(other -> id.equals(((Map<?, ?>) other).get(ID)))) {
          txData.add(map);
        }
      }
      var report = db.with(txData);
      entities.addAll(report.tempids().values());
      db = report.dbAfter();
    }
    List<Db> views =
        List.of(db, db.asOf(first + 2), db.since(first + 2), db.since(first + 1).asOf(first + 3));
    for (Db view : views) {
      Model model = new Model(view, view.datoms(Index.EAVT).toList());
      for (int i = 0; i < 60; i++) {
        List<Object> pattern = pattern(random, 2);
        long entity = entities.get(random.nextInt(entities.size()));
        Map<Object, Object> expected = model.pull(pattern, entity, Set.of(), Map.of());
        assertEquals(
            People.unordered(expected == null ? Map.of() : expected),
            People.unordered(view.pull(pattern, entity)),
            () -> "seed " + seed + ", " + Edn.print(pattern) + " of " + entity + " in " + view);
      }
    }
  }
}
