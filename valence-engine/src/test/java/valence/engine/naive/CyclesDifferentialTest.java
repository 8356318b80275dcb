package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.query.Queries;
import valence.engine.query.exec.Optimization;
import valence.testing.Choices;
import valence.testing.Property;

/// Patterns that form cycles, over random graphs: sparse, dense and skewed, with edges to oneself,
/// edges that were there once, and nodes that share values.
class CyclesDifferentialTest {
  private static final Object SCHEMA = Edn.read("""
      [{:db/ident :g/a :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :g/b :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :g/x :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :g/y :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :g/s :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :g/k :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
       {:db/ident :g/d :db/valueType :db.type/double :db/cardinality :db.cardinality/many}]
      """);
  private static final List<String> REFS = List.of("g/a", "g/b");
  private static final List<String> VALUES = List.of("g/x", "g/s", "g/k", "g/d", "g/y");
  private static final int QUERIES = 5; // of one graph

  /// `{:nodes n :edges [[:g/a from to] …] :gone […] :index flag :view kind :queries […]}`
  private static Map<Object, Object> example(Choices choices) {
    int nodes = choices.pick(3, 6, 12, 25);
    boolean skewed = choices.oneIn(3);
    int most = nodes * choices.pick(1, 2, 4);
    List<Object> edges = choices.list(most / 2, most, () -> edge(choices, nodes, skewed));
    return map(
        kw("nodes"), (long) nodes,
        kw("edges"), edges,
        kw("gone"), choices.list(0, nodes / 2, () -> (long) choices.below(most)),
        kw("index"), choices.oneIn(2),
        kw("view"), kw(choices.pick("now", "now", "now", "history", "as-of", "filter")),
        kw("queries"), choices.list(1, QUERIES, () -> query(choices, nodes)));
  }

  private static List<Object> edge(Choices choices, int nodes, boolean skewed) {
    String attribute = choices.pick("g/a", "g/a", "g/b", "g/b", "g/x", "g/y", "g/s", "g/k", "g/d");
    long from = node(choices, nodes, skewed);
    long to = node(choices, nodes, skewed);
    return List.of(kw(attribute), from, to);
  }

  private static long node(Choices choices, int nodes, boolean skewed) {
    int n = choices.below(nodes);
    return skewed ? choices.below(n + 1) : n;
  }

  private static Object value(String attribute, long n) {
    return switch (attribute) {
      case "g/x", "g/y" -> n % 5 == 4 ? Long.MAX_VALUE - n : n % 5;
      case "g/s" -> "s" + n % 4;
      case "g/k" -> kw("k" + n % 3);
      case "g/d" -> n % 4 / 2.0;
      default -> throw new AssertionError(attribute);
    };
  }

  /// `{:query […] :inputs […]}`
  private static Map<Object, Object> query(Choices choices, int nodes) {
    List<Object> where = new ArrayList<>();
    List<Object> ins = new ArrayList<>();
    List<Object> inputs = new ArrayList<>();
    int corners = choices.pick(3, 3, 4, 2, 5);
    int made = 0;
    for (int i = 0; i < corners; i++) {
      made += link(choices, where, corner(i), corner((i + 1) % corners), made);
    }
    for (int i = choices.below(3); i > 0; i--) {
      Symbol x = corner(choices.below(corners));
      Symbol y = corner(choices.below(corners));
      switch (choices.below(9)) {
        case 0, 1 -> made += link(choices, where, x, y, made);
        case 2, 3 ->
          where.add(List.of(Persistent.list(
              List.of(Asks.sym(choices.pick("<", "!=", "<=", ">", ">=", "=", "not=")), x, y))));
        case 4 -> where.add(List.of(x, kw(choices.pick(VALUES)), Asks.sym("_")));
        case 5 -> {
          String attribute = choices.pick("g/x", "g/s", "g/k", "g/d");
          where.add(List.of(x, kw(attribute), value(attribute, choices.below(5))));
        }
        case 6 -> {
          ins.add(List.of(x, Asks.sym("...")));
          inputs.add(choices.list(0, 4, () -> new EntityNumber(choices.below(nodes))));
        }
        case 7 -> {
          ins.add(List.of(List.of(x, y)));
          inputs.add(choices.list(
              0,
              6,
              () -> List.of(
                  new EntityNumber(choices.below(nodes)), new EntityNumber(choices.below(nodes)))));
        }
        default ->
          where.add(
              Persistent.list(List.of(Asks.sym("not"), List.of(x, kw(choices.pick(REFS)), y))));
      }
    }
    List<Object> shuffled = new ArrayList<>();
    while (!where.isEmpty()) {
      shuffled.add(where.remove(choices.below(where.size())));
    }
    List<Object> query = new ArrayList<>(List.of(kw("find")));
    int shown = 1 + choices.below(corners);
    for (int i = 0; i < shown; i++) {
      query.add(corner(corners - 1 - i));
    }
    query.addAll(List.of(kw("in"), Asks.sym("$")));
    query.addAll(ins);
    query.add(kw("where"));
    query.addAll(shuffled);
    return map(kw("query"), query, kw("inputs"), inputs);
  }

  private static Symbol corner(int i) {
    return Asks.sym("?c" + i);
  }

  /// Adds an edge, in either direction, or a value that both have; says how many variables it made.
  private static int link(Choices choices, List<Object> where, Symbol x, Symbol y, int made) {
    if (choices.oneIn(5)) {
      Symbol v = Asks.sym("?v" + made);
      Object attribute = kw(choices.pick(VALUES));
      where.add(List.of(x, attribute, v));
      where.add(List.of(y, attribute, v));
      return 1;
    }
    Object attribute = kw(choices.pick(REFS));
    where.add(choices.oneIn(3) ? List.of(y, attribute, x) : List.of(x, attribute, y));
    return 0;
  }

  @Test
  void cyclesAreThoseOfNestedLoops() {
    Property.of("cycles are those of nested loops", 150)
        .check(CyclesDifferentialTest::example, CyclesDifferentialTest::check);
  }

  private static Object at(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(kw(key)));
  }

  private static void check(Map<?, ?> example) {
    Place place = Place.log();
    place.connection().transact(SCHEMA);
    int nodes = (int) (long) (Long) at(example, "nodes");
    List<Object> births = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      births.add(map(kw("db/id"), "n" + i, kw("db/doc"), "node"));
    }
    var born = place.connection().transact(births);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      ids.add(Objects.requireNonNull(born.tempids().get("n" + i)));
    }
    List<List<?>> adds = new ArrayList<>();
    for (Object edge : (List<?>) at(example, "edges")) {
      List<?> parts = (List<?>) edge;
      String attribute = ((Keyword) parts.get(0)).toString().substring(1);
      long from = ids.get((int) (long) (Long) parts.get(1));
      long to = (Long) parts.get(2);
      place
          .connection()
          .transact(List.of(List.of(
              kw("db/add"),
              from,
              parts.get(0),
              REFS.contains(attribute) ? ids.get((int) to) : value(attribute, to))));
      adds.add(parts);
    }
    if ((Boolean) at(example, "index")) {
      place.index();
    }
    long t = place.connection().db().basisT();
    for (Object gone : (List<?>) at(example, "gone")) {
      List<?> parts = adds.isEmpty() ? List.of() : adds.get((int) ((Long) gone % adds.size()));
      String attribute = ((Keyword) parts.get(0)).toString().substring(1);
      long to = (Long) parts.get(2);
      place
          .connection()
          .transact(List.of(List.of(
              kw("db/retract"),
              ids.get((int) (long) (Long) parts.get(1)),
              parts.get(0),
              REFS.contains(attribute) ? ids.get((int) to) : value(attribute, to))));
    }
    Db now = place.connection().db();
    List<Datom> said = new ArrayList<>(now.history().datoms(Index.EAVT).toList());
    said.sort(Comparator.comparingLong(Datom::tx));
    NaiveDb all = new NaiveDb(said, now.basisT());
    String view = ((Keyword) at(example, "view")).getName();
    Db shown = switch (view) {
      case "history" -> now.history();
      case "as-of" -> now.asOf(t);
      case "filter" -> now.filter((db, datom) -> (datom.e() + datom.a()) % 5 != 0);
      default -> now;
    };
    NaiveDb naive = switch (view) {
      case "history" -> all.history();
      case "as-of" -> all.asOf(t);
      case "filter" -> all.filter(datom -> (datom.e() + datom.a()) % 5 != 0);
      default -> all;
    };
    for (Object ask : (List<?>) at(example, "queries")) {
      List<?> query = (List<?>) at((Map<?, ?>) ask, "query");
      List<Object> inputs = new ArrayList<>();
      ((List<?>) at((Map<?, ?>) ask, "inputs")).forEach(input -> inputs.add(known(input, ids)));
      compare(query, shown, naive, inputs);
    }
  }

  private static Object known(Object data, List<Long> ids) {
    return switch (data) {
      case EntityNumber number -> ids.get((int) number.n());
      case List<?> list -> list.stream().map(each -> known(each, ids)).toList();
      default -> data;
    };
  }

  private static void compare(List<?> query, Db db, NaiveDb naive, List<Object> inputs) {
    List<Object> naiveArgs = new ArrayList<>(List.of(naive));
    naiveArgs.addAll(inputs);
    List<Object> args = new ArrayList<>(List.of(db));
    args.addAll(inputs);
    Map<Object, Integer> expected;
    try {
      expected = bag(NaiveQuery.rows(query, naiveArgs));
    } catch (NaiveQuery.TooLarge tooLarge) {
      return;
    }
    QueryRequest request = QueryRequest.of(query, args.toArray());
    for (Set<Optimization> used :
        List.of(Optimization.ALL, Set.<Optimization>of(), Set.of(Optimization.CYCLIC_JOINS))) {
      Collection<?> rows = Queries.using(used, () -> db.<Collection<?>>q(request));
      assertEquals(expected, bag(rows), () -> "with " + used + " " + query);
    }
  }

  private static Map<Object, Integer> bag(Collection<?> rows) {
    Map<Object, Integer> bag = new HashMap<>();
    rows.forEach(row -> bag.merge(row, 1, Integer::sum));
    return bag;
  }
}
