package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.engine.query.Queries;
import valence.engine.query.exec.Optimization;
import valence.engine.query.exec.Tuning;
import valence.engine.query.exec.Workers;
import valence.testing.Choices;
import valence.testing.Property;

/// Random queries of random worlds in random windows of time: the engine beside nested loops.
class QueriesDifferentialTest {
  private static final int QUERIES = 6; // of one world

  /// What is for large data, on small ones.
  private static final Tuning SMALL = new Tuning(new Workers(3, 1), 1);

  static Map<Object, Object> example(Choices choices) {
    Worlds worlds = new Worlds(choices);
    return example(worlds, worlds.world(), 5);
  }

  private static Map<Object, Object> largeExample(Choices choices) {
    Worlds worlds = new Worlds(choices);
    return example(worlds, worlds.largeWorld(), 3);
  }

  private static Map<Object, Object> example(
      Worlds worlds, Map<Object, Object> world, int clauses) {
    Choices choices = worlds.choices;
    List<Object> asks = choices.list(1, QUERIES, () -> {
      Map<Object, Object> ask =
          map(kw("view"), Views.view(choices, true), kw("view2"), Views.view(choices, true));
      ask.put(
          kw("without"),
          choices.list(0, 4, () -> kw(choices.pick(optimizations()).name())));
      ask.putAll(new Asks(worlds).query(clauses));
      return ask;
    });
    return map(
        kw("world"),
        world,
        kw("with"),
        worlds.speculation(),
        kw("asks"),
        asks,
        kw("offset"),
        (long) choices.below(4),
        kw("limit"),
        (long) choices.below(6));
  }

  @Test
  void answersAreThoseOfNestedLoops() {
    Property.of("answers are those of nested loops", 300)
        .check(QueriesDifferentialTest::example, example -> {
          Played played = Played.of((Map<?, ?>) at(example, "world"), Place.log())
              .with((List<?>) at(example, "with"));
          for (Object ask : (List<?>) at(example, "asks")) {
            compare(played, played.db(), (Map<?, ?>) ask, example);
          }
        });
  }

  @Test
  void answersOfManyAreThoseOfNestedLoops() {
    Property.of("answers of many are those of nested loops", 3)
        .check(QueriesDifferentialTest::largeExample, example -> {
          Played played = Played.of((Map<?, ?>) at(example, "world"), Place.log())
              .with((List<?>) at(example, "with"));
          for (Object ask : (List<?>) at(example, "asks")) {
            compare(played, played.db(), (Map<?, ?>) ask, example);
          }
        });
  }

  private static List<Optimization> optimizations() {
    return List.of(Optimization.values());
  }

  private static Object at(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(kw(key)));
  }

  static void compare(Played played, Db now, Map<?, ?> ask, Map<?, ?> example) {
    List<?> query = (List<?>) Objects.requireNonNull(played.known(at(ask, "query")));
    List<?> view = (List<?>) at(ask, "view");
    List<?> view2 = (List<?>) at(ask, "view2");
    List<Object> naive = new ArrayList<>();
    naive.add(Views.naive(played, view));
    naive.add(Views.naive(played, view2));
    List<Object> args = new ArrayList<>();
    args.add(Views.engine(played, now, view));
    args.add(Views.engine(played, now, view2));
    for (List<Object> list : List.of(naive, args)) {
      list.add(at(ask, "rules"));
      list.addAll((List<?>) Objects.requireNonNull(played.known(at(ask, "inputs"))));
    }
    Map<Object, Integer> expected;
    try {
      expected = bag(NaiveQuery.rows(query, naive));
    } catch (NaiveQuery.TooLarge tooLarge) {
      return;
    } catch (Refusal refusal) {
      try {
        Object found = new LocalQuery(now).q(QueryRequest.of(query, args.toArray()));
        fail("expected " + refusal.errors + ", found " + found);
      } catch (AnomalyException refused) {
        String actual = Played.error(refused.anomaly());
        if (!refusal.errors.contains(actual) && !refusal.errors.contains(actual.split(" ")[0])) {
          assertEquals(refusal.errors.toString(), refused.anomaly().toString());
        }
      }
      return;
    }
    Collection<?> rows = now.q(QueryRequest.of(query, args.toArray()));
    assertEquals(expected, bag(rows), () -> "" + query);
    Set<Optimization> several = EnumSet.allOf(Optimization.class);
    ((List<?>) at(ask, "without"))
        .forEach(name -> several.remove(Optimization.valueOf(((Keyword) name).getName())));
    for (Set<Optimization> used : List.of(Set.<Optimization>of(), several)) {
      Collection<?> others =
          Queries.using(used, () -> now.<Collection<?>>q(QueryRequest.of(query, args.toArray())));
      assertEquals(expected, bag(others), () -> "with " + used + " " + query);
      Collection<?> tuned = Queries.tuned(
          SMALL,
          () -> Queries.using(
              used, () -> now.<Collection<?>>q(QueryRequest.of(query, args.toArray()))));
      assertEquals(plain(others), plain(tuned), () -> "in parts with " + used + " " + query);
    }
    compareNamed(expected, now, query, args);
    long offset = (Long) at(example, "offset");
    long limit = (Long) at(example, "limit");
    Collection<?> some =
        now.q(QueryRequest.of(query, args.toArray()).withOffset(offset).withLimit(limit));
    assertEquals(Math.max(0, Math.min(limit, rows.size() - offset)), some.size());
    bag(some).forEach((row, count) -> assertTrue(count <= expected.getOrDefault(row, 0)));
    Collection<?> first = Queries.tuned(
        SMALL,
        () -> now.<Collection<?>>q(
            QueryRequest.of(query, args.toArray()).withOffset(offset).withLimit(limit)));
    assertEquals(
        plain(rows).stream().skip(offset).limit(limit).toList(),
        plain(first),
        () -> "from " + offset + ", " + limit + " rows of " + query);
    List<?> lazy = now.qseq(QueryRequest.of(query, args.toArray()));
    assertEquals(expected, bag(lazy), () -> "lazily " + query);
  }

  private static List<Object> plain(Collection<?> rows) {
    List<Object> plain = new ArrayList<>();
    rows.forEach(row -> plain.add(Objects.requireNonNull(NaiveQuery.narrow(Played.plain(row)))));
    return plain;
  }

  /// Rows as maps hold what rows without names hold.
  private static void compareNamed(
      Map<Object, Integer> expected, Db now, List<?> query, List<Object> args) {
    int count = 1;
    while (!(query.get(count) instanceof Keyword)) {
      count++;
    }
    List<Object> names = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      names.add(Asks.sym("c" + i));
    }
    List<Object> named = new ArrayList<>(query);
    named.add(count, kw("keys"));
    named.addAll(count + 1, names);
    List<Object> rows = new ArrayList<>();
    for (Object row : now.<Collection<?>>q(QueryRequest.of(named, args.toArray()))) {
      List<@Nullable Object> values = new ArrayList<>();
      names.forEach(name -> values.add(((Map<?, ?>) row).get(kw(((Symbol) name).getName()))));
      rows.add(values);
    }
    assertEquals(expected, bag(rows), () -> "named " + query);
  }

  private record LocalQuery(Db db) {
    Object q(QueryRequest request) {
      return "" + db.<Object>q(request);
    }
  }

  private static Map<Object, Integer> bag(Collection<?> rows) {
    Map<Object, Integer> bag = new HashMap<>();
    for (Object row : rows) {
      bag.merge(Objects.requireNonNull(NaiveQuery.narrow(Played.plain(row))), 1, Integer::sum);
    }
    return bag;
  }
}
