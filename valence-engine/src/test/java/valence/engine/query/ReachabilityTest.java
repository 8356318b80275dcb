package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Db;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Rules that reach along edges, over graphs of many shapes, against a search of each place's ways.
class ReachabilityTest {
  private static final String SCHEMA = """
      [{:db/ident :n/id :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :n/to :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :n/also :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]
      """;

  /// Each says of two things that a way leads from one to the other along `:n/to`.
  private static final List<String> RULES = List.of(
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] (r ?m ?b)]]",
      "[[(r ?a ?b) [?a :n/to ?m] (r ?m ?b)] [(r ?x ?y) [?x :n/to ?y]]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) (r ?a ?m) [?m :n/to ?b]]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] (r ?m ?n) [?n :n/to ?b]]"
          + " [(r ?a ?b) [?a :n/to ?m] [?m :n/to ?b]]]",
      "[[(e ?x ?y) [?x :n/to ?y]] [(r ?a ?b) (e ?a ?b)] [(r ?a ?b) (e ?a ?m) (r ?m ?b)]]",
      "[[(r ?a ?b) [?a :n/to ?b] [?b :n/id]] [(r ?a ?b) [?a :n/to ?m] [?m :n/id] (r ?m ?b)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] (not [?m :n/id -1]) (r ?m ?b)]]",
      "[[(r ?a ?b) (or-join [?a ?b] [?a :n/to ?b] (and [?a :n/to ?m] (r ?m ?b)))]]",
      "[[(r ?a ?b) [?a :n/id] (or-join [?a ?b] [?a :n/to ?b] (and (r ?a ?m) (or-join"
          + " [?m ?b] [?m :n/to ?b] (and [?m :n/to ?x] [?x :n/to ?b] (r ?m ?b)))))]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/id] (s ?a ?m) [?m :n/to ?b]]"
          + " [(s ?x ?y) [?x :n/id] (r ?x ?y)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to] (r ?a ?m) (r ?m ?b)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to] (r ?a ?m) (r ?m ?b)]"
          + " [(r ?a ?b) [?a :n/id] (r ?a ?m) (r ?m ?n) (r ?n ?b)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] (s ?m ?b)]"
          + " [(s ?x ?y) [?x :n/to ?y]] [(s ?x ?y) [?x :n/to ?z] (r ?z ?y)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] (s ?b ?m)]"
          + " [(s ?y ?x) [?x :n/to ?y] [?x :n/id]] [(s ?y ?x) [?x :n/to ?m] (r ?m ?y)]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) [?a :n/to ?m] [?m :n/id ?i] (s ?m ?i ?b)]"
          + " [(s ?a ?i ?b) [?a :n/id ?i] [?a :n/to ?b]]"
          + " [(s ?a ?i ?b) [?a :n/id ?i] [?a :n/to ?m] (t ?m ?b)]"
          + " [(t ?a ?b) [?a :n/to ?m] (t ?m ?b)] [(t ?a ?b) [?a :n/to ?m] (r ?m ?b)]"
          + " [(t ?a ?b) [?a :n/to ?b]]]",
      "[[(r ?a ?b) [?a :n/to ?b]] [(r ?a ?b) (s ?a ?m) [?m :n/to ?b]]"
          + " [(s ?a ?b) [?a :n/to ?b]] [(s ?a ?b) [?a :n/to ?m] (r ?m ?b)]]");

  private static final LocalDb.Surroundings SURROUNDINGS = new LocalDb.Surroundings(
      FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH));

  private final Map<Integer, Set<Integer>> edges = new TreeMap<>();
  private final Map<Integer, Long> ids = new HashMap<>();
  private Database database = Database.empty("graph");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void comesToWhatASearchComesTo(long seed) {
    Random random = new Random(seed);
    int nodes = 2 + random.nextInt(seed % 2 == 0 ? 12 : 60);
    int count = random.nextInt(nodes * (seed % 3 == 0 ? 6 : 2));
    for (int i = 0; i < count; i++) {
      edge(random.nextInt(nodes), random.nextInt(nodes));
    }
    Db db = graph(nodes);
    for (String rules : RULES) {
      for (Set<Optimization> used : List.of(
          Optimization.ALL,
          EnumSet.complementOf(EnumSet.of(Optimization.REACHABILITY)),
          EnumSet.complementOf(EnumSet.of(Optimization.REACHABILITY, Optimization.DELTAS)),
          EnumSet.complementOf(EnumSet.of(Optimization.KNOWN_KEYS)))) {
        Queries.using(used, () -> {
          check(db, rules, nodes, random, "seed " + seed + " " + used + " " + rules);
          return null;
        });
      }
    }
  }

  private void check(Db db, String rules, int nodes, Random random, String what) {
    Map<Integer, Set<Integer>> reached = new HashMap<>();
    Set<List<Long>> pairs = new HashSet<>();
    for (int node = 0; node < nodes; node++) {
      reached.put(node, search(node));
      for (int to : search(node)) {
        pairs.add(List.of(id(node), id(to)));
      }
    }
    assertRows(pairs, db.q("[:find ?a ?b :in $ % :where (r ?a ?b)]", rules), what);
    int from = random.nextInt(nodes);
    int to = random.nextInt(nodes);
    Set<List<Long>> after = new HashSet<>();
    reached.getOrDefault(from, Set.of()).forEach(node -> after.add(List.of(id(node))));
    assertRows(after, db.q("[:find ?b :in $ % ?a :where (r ?a ?b)]", rules, id(from)), what);
    assertRows(
        after,
        db.q("[:find ?b :in $ % ?a :where (r ?a ?b)]", rules, Edn.read("[:n/id " + from + "]")),
        what);
    Set<List<Long>> before = new HashSet<>();
    reached.forEach((node, ways) -> {
      if (ways.contains(to)) {
        before.add(List.of(id(node)));
      }
    });
    assertRows(before, db.q("[:find ?a :in $ % ?b :where (r ?a ?b)]", rules, id(to)), what);
    List<List<Long>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      asked.add(List.of(id(random.nextInt(nodes)), id(random.nextInt(nodes))));
    }
    Set<List<Long>> both = new HashSet<>(asked);
    both.retainAll(pairs);
    assertRows(
        both, db.q("[:find ?a ?b :in $ % [[?a ?b] ...] :where (r ?a ?b)]", rules, asked), what);
    Set<List<Long>> some = new HashSet<>(pairs);
    some.removeIf(pair -> !pair.get(0).equals(id(from)) && !pair.get(0).equals(id(to)));
    assertRows(
        some,
        db.q("[:find ?a ?b :in $ % [?a ...] :where (r ?a ?b)]", rules, List.of(id(from), id(to))),
        what);
    Set<List<Long>> cyclic = new HashSet<>();
    reached.forEach((node, ways) -> {
      if (ways.contains(node)) {
        cyclic.add(List.of(id(node)));
      }
    });
    assertRows(cyclic, db.q("[:find ?a :in $ % :where (r ?a ?a)]", rules), what);
    Set<List<Long>> lost = new HashSet<>();
    for (int node = 0; node < nodes; node++) {
      if (!reached.get(node).contains(to)) {
        lost.add(List.of(id(node)));
      }
    }
    assertRows(
        lost, db.q("[:find ?a :in $ % ?b :where [?a :n/id] (not (r ?a ?b))]", rules, id(to)), what);
  }

  @Test
  void argumentsThatArePassedOnChooseTheEdges() {
    edge(0, 1);
    edge(1, 2);
    Db db = graph(3);
    Db more = db.with("[[:db/add " + id(2) + " :n/also " + id(0) + "] [:db/add " + id(0)
            + " :n/also " + id(2) + "]]")
        .dbAfter();
    String rules = "[[(r ?via ?a ?b) [?a ?via ?b]] [(r ?via ?a ?b) [?a ?via ?m] (r ?via ?m ?b)]]";
    assertRows(
        Set.of(List.of(id(1)), List.of(id(2))),
        more.q("[:find ?b :in $ % ?a :where (r :n/to ?a ?b)]", rules, id(0)),
        rules);
    assertEquals(
        7,
        more.<List<?>>q(
                "[:find ?via ?a ?b :in $ % [?via ...] :where (r ?via ?a ?b)]",
                rules, Edn.read("[:n/to :n/also]"))
            .size());
  }

  @Test
  void edgesMayComeFromAnotherTimeOrDatabase() {
    edge(0, 1);
    edge(1, 2);
    Db db = graph(3);
    Db later = db.with("[[:db/retract " + id(1) + " :n/to " + id(2) + "]]").dbAfter();
    String query = "[:find ?b :in $ % ?a :where (r ?a ?b)]";
    String rules = RULES.get(0);
    assertEquals(1, later.<List<?>>q(query, rules, id(0)).size());
    assertEquals(2, later.asOf(db.basisT()).<List<?>>q(query, rules, id(0)).size());
    assertEquals(2, later.history().<List<?>>q(query, rules, id(0)).size());
    assertEquals(
        2,
        later
            .<List<?>>q("[:find ?b :in $ $old % ?a :where ($old r ?a ?b)]", db, rules, id(0))
            .size());
  }

  @Test
  void aLongChainIsWalkedWithoutAStack() {
    int nodes = 100_000;
    for (int i = 1; i < nodes; i++) {
      edge(i - 1, i);
    }
    Db db = graph(nodes);
    assertEquals(nodes - 1L, (long)
        db.q("[:find (count ?b) . :in $ % ?a :where (r ?a ?b)]", RULES.get(0), id(0)));
    assertEquals(nodes - 1L, (long)
        db.q("[:find (count ?a) . :in $ % ?b :where (r ?a ?b)]", RULES.get(2), id(nodes - 1)));
  }

  /// Two rules that call each other, over a chain: of what lies behind the place that is asked for,
  /// each place is come to by either rule at most, and nothing before it is looked at.
  @Test
  void rulesThatCallEachOtherLookOnlyAtWhatIsReached() {
    int nodes = 1200;
    int behind = 300;
    for (int i = 1; i < nodes; i++) {
      edge(i - 1, i);
    }
    Db db = graph(nodes);
    String rules = "[[(odd ?a ?b) [?a :n/to ?b]] [(odd ?a ?b) [?a :n/to ?m] (even ?m ?b)]"
        + " [(even ?a ?b) [?a :n/to ?m] (odd ?m ?b)]]";
    String query = "[:find ?b :in $ % ?a :where (odd ?a ?b)]";
    Object from = id(nodes - 1 - behind);
    Set<List<Long>> expected = new HashSet<>();
    for (int i = nodes - behind; i < nodes; i += 2) {
      expected.add(List.of(id(i)));
    }
    assertRows(expected, db.q(query, rules, from), query);
    Map<Keyword, Object> told = db.explain(query, rules, from).data();
    assertTrue(sum(told, "rows-read") <= 4 * behind, () -> "rows read of " + told);
    assertTrue(sum(told, "rows-out") <= 12 * behind, () -> "rows made of " + told);
  }

  /// The sum of a number over all operators, those inside of others included.
  private static long sum(Object of, String name) {
    long sum = 0;
    if (of instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        sum += entry.getKey() instanceof Keyword key
                && key.getName().equals(name)
                && entry.getValue() instanceof Long number
            ? number
            : sum(Objects.requireNonNull(entry.getValue()), name);
      }
    } else if (of instanceof List<?> list) {
      for (Object each : list) {
        sum += sum(Objects.requireNonNull(each), name);
      }
    }
    return sum;
  }

  private static void assertRows(Set<List<Long>> expected, List<List<Long>> rows, String what) {
    Set<List<Long>> actual = new HashSet<>();
    rows.forEach(row -> actual.add(new ArrayList<>(row)));
    assertEquals(expected, actual, what);
    assertEquals(actual.size(), rows.size(), "equal rows: " + what);
  }

  private void edge(int from, int to) {
    edges.computeIfAbsent(from, key -> new HashSet<>()).add(to);
  }

  private long id(int node) {
    return ids.getOrDefault(node, -1L);
  }

  private Set<Integer> search(int start) {
    Set<Integer> found = new HashSet<>();
    Deque<Integer> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      for (int next : edges.getOrDefault(open.remove(), Set.of())) {
        if (found.add(next)) {
          open.add(next);
        }
      }
    }
    return found;
  }

  private Db graph(int nodes) {
    transact(SCHEMA);
    StringBuilder text = new StringBuilder("[");
    for (int node = 0; node < nodes; node++) {
      text.append("{:db/id \"").append(node).append("\" :n/id ").append(node).append("}");
    }
    edges.forEach((from, targets) -> targets.forEach(to ->
        text.append("[:db/add \"").append(from).append("\" :n/to \"").append(to).append("\"]")));
    transact(text.append("]").toString())
        .forEach((tempid, id) -> ids.put(Integer.parseInt((String) tempid), id));
    return LocalDb.of(database, SURROUNDINGS);
  }

  private Map<?, Long> transact(String text) {
    var made = Transactions.transact(
        database,
        text,
        new TxContext(
            FunctionResolver.none(),
            facts -> LocalDb.of(facts, SURROUNDINGS),
            Instant.EPOCH.plusSeconds(1 + database.basisT()),
            Optional.empty()));
    database = made.after();
    return made.tempids();
  }
}
