package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;

/// Recursive rules on graphs: however many arguments a call binds, its answers are those of the
/// call that binds none.
class RecursionTest {
  private static final String SCHEMA = """
      [{:db/ident :node/id :db/valueType :db.type/long
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :node/to :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :node/up :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]""";

  private static final List<String> RULES = List.of(
      "[[(path ?a ?b) [?a :node/to ?b]] [(path ?a ?b) [?a :node/to ?m] (path ?m ?b)]]",
      "[[(path ?a ?b) [?a :node/to ?b]] [(path ?a ?b) (path ?a ?m) [?m :node/to ?b]]]",
      """
          [[(path ?a ?b) [?a :node/to ?b]]
           [(path ?x ?y) [?x :node/up ?y]]
           [(path ?a ?b) [?a :node/to ?m] (path ?m ?b)]
           [(path ?x ?y) [?x :node/up ?m] (path ?m ?y) (not [?m :node/id 3])]]""",
      """
          [[(path ?a ?b) [?a :node/to ?b] [?b :node/id ?id] [(even? ?id)]]
           [(path ?a ?b) (or [?a :node/to ?m] [?a :node/up ?m]) (path ?m ?b)]]""");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void boundCallsAgreeWithUnboundOnes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Client client = memory()) {
      int nodes = 12;
      Db db = graph(client, nodes, random);
      for (String rules : RULES) {
        Set<List<?>> all = ids(db.q(query(""), rules));
        for (long from = 0; from < nodes; from++) {
          Set<List<?>> started = ids(db.q(query("[?a :node/id ?from]"), rules, from));
          assertEquals(only(all, 0, from), started, "seed " + seed + ", from " + from + rules);
          Set<List<?>> ended = ids(db.q(query("[?b :node/id ?from]"), rules, from));
          assertEquals(only(all, 1, from), ended, "seed " + seed + ", to " + from + rules);
        }
        Set<List<?>> several = ids(db.q(
            query("[?a :node/id ?from]").replace("% ?from", "% [?from ...]"),
            rules,
            List.of(1L, 2L, 5L)));
        Set<List<?>> expected = new HashSet<>(only(all, 0, 1L));
        expected.addAll(only(all, 0, 2L));
        expected.addAll(only(all, 0, 5L));
        assertEquals(expected, several, "seed " + seed + rules);
      }
    }
  }

  /// A chain this long would take hours if each node's descendants were found by themselves.
  @Test
  void whatALongChainRestsOnIsFoundInOneWalk() {
    try (Client client = memory()) {
      client.createDatabase("chain");
      Connection connection = client.connect("chain");
      connection.transact(SCHEMA);
      int length = 5_000;
      List<Map<Object, Object>> chain = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        chain.add(Map.of(kw("db/id"), "n" + i, kw("node/id"), i, kw("node/to"), "n" + (i + 1)));
      }
      chain.add(Map.of(kw("db/id"), "n" + length, kw("node/id"), (long) length));
      connection.transact(chain);
      Number reached = connection
          .db()
          .q("[:find (count ?b) . :in $ % :where [?a :node/id 0] (path ?a ?b)]", RULES.getFirst());
      assertEquals(length, reached == null ? 0 : reached.longValue());
    }
  }

  private static Client memory() {
    return Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));
  }

  private static Db graph(Client client, int nodes, SplittableRandom random) {
    client.createDatabase("graph");
    Connection connection = client.connect("graph");
    connection.transact(SCHEMA);
    List<Object> data = new ArrayList<>();
    for (long i = 0; i < nodes; i++) {
      data.add(Map.of(kw("db/id"), "n" + i, kw("node/id"), i));
    }
    for (int i = 0; i < nodes + 4; i++) {
      String attribute = i % 3 == 0 ? "node/up" : "node/to";
      data.add(List.of(
          kw("db/add"), "n" + random.nextInt(nodes), kw(attribute), "n" + random.nextInt(nodes)));
    }
    return connection.transact(data).dbAfter();
  }

  private static String query(String condition) {
    String input = condition.isEmpty() ? "" : " ?from";
    return "[:find ?i ?j :in $ %" + input + " :where " + condition
        + " (path ?a ?b) [?a :node/id ?i] [?b :node/id ?j]]";
  }

  private static Set<List<?>> ids(Collection<List<?>> rows) {
    Set<List<?>> ids = new HashSet<>();
    rows.forEach(row -> ids.add(List.copyOf(row)));
    return ids;
  }

  private static Set<List<?>> only(Set<List<?>> rows, int column, long id) {
    Set<List<?>> chosen = new HashSet<>();
    rows.stream().filter(row -> row.get(column).equals(id)).forEach(chosen::add);
    return chosen;
  }
}
