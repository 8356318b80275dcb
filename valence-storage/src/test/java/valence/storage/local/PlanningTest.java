package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Connection;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.engine.query.Queries;
import valence.engine.query.exec.Optimization;
import valence.storage.memory.MemoryStorage;

/// Plans that need to know how many different values there are: what they cost, in rows.
class PlanningTest {
  private static final String SCHEMA = """
      [{:db/ident :x/kind :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :y/kind :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :y/z :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :z/flag :db/valueType :db.type/boolean :db/cardinality :db.cardinality/one}
       {:db/ident :a/key :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :b/key :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]""";

  private static final String KINDS = """
      [:find ?x (count ?y)
       :where [?x :x/kind ?k] [?y :y/kind ?k] [?y :y/z ?z] [?z :z/flag true]]""";

  private LocalClient client;
  private Connection connection;

  @BeforeEach
  void fill() {
    client = new LocalClient(
        new Stores(MemoryStorage.open()).client(),
        FunctionResolver.none(),
        Clock.systemUTC(),
        Facts.eager(Long.MAX_VALUE),
        List.of());
    client.createDatabase(Facts.NAME);
    connection = client.connect(Facts.NAME);
    connection.transact(SCHEMA);
  }

  @AfterEach
  void close() {
    client.close();
  }

  private void transact(int count, java.util.function.IntFunction<Map<?, ?>> entity) {
    List<Object> data = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      data.add(entity.apply(i));
    }
    connection.transact(data);
  }

  /// Three hundred of two kinds, and ten thousand of the same: the smallest pattern is the worst to
  /// begin with.
  private void kinds() {
    transact(300, i -> Map.of(kw("x/kind"), (long) i % 2));
    transact(2000, i -> Map.of(kw("z/flag"), i < 400));
    List<?> flagged = (List<?>) connection.db().q("[:find [?z ...] :where [?z :z/flag true]]");
    List<?> others = (List<?>) connection.db().q("[:find [?z ...] :where [?z :z/flag false]]");
    transact(10_000, i -> {
      Object z = i < 100 ? flagged.get(i) : others.get(i % others.size());
      return Map.of(kw("y/kind"), (long) i % 2, kw("y/z"), z);
    });
  }

  private List<Map<?, ?>> operators(String query) {
    List<Map<?, ?>> operators = new ArrayList<>();
    Object all = connection.db().explain(query).data().get(kw("operators"));
    for (Object each : (List<?>) all) {
      operators.add((Map<?, ?>) each);
    }
    return operators;
  }

  private Set<Object> rows() {
    return Set.copyOf((Collection<?>) connection.db().q(KINDS));
  }

  private static long rowsMade(List<Map<?, ?>> operators) {
    long sum = 0;
    for (Map<?, ?> each : operators) {
      sum += (long) each.get(kw("rows-out"));
    }
    return sum;
  }

  @Test
  void aQueryBeginsWhereAllOfItMakesTheFewestRows() {
    kinds();
    client.index(Facts.NAME);
    Set<Optimization> blind = EnumSet.complementOf(EnumSet.of(Optimization.LOOKAHEAD));
    List<Map<?, ?>> without = Queries.using(blind, () -> operators(KINDS));
    List<Map<?, ?>> with = operators(KINDS);
    assertEquals("[?x :x/kind ?k]", without.getFirst().get(kw("text")), without.toString());
    assertEquals("[?z :z/flag true]", with.getFirst().get(kw("text")), with.toString());
    assertEquals(100L, with.get(1).get(kw("rows-out")), with.toString());
    assertEquals(100L, with.get(2).get(kw("rows-out")), with.toString());
    assertTrue(
        rowsMade(with) * 5 < rowsMade(without),
        () -> rowsMade(with) + " rows with, " + rowsMade(without) + " without");
    assertEquals(Queries.using(blind, this::rows), rows());
  }

  @Test
  void whatWasSaidSinceTheIndexesIsPlannedToo() {
    client.index(Facts.NAME);
    kinds();
    Set<Object> before = rows();
    client.index(Facts.NAME);
    assertEquals(before, rows());
    assertEquals("[?z :z/flag true]", operators(KINDS).getFirst().get(kw("text")));
  }

  /// All of one side have a value that a sample of the other doesn't.
  @Test
  void aValueThatNoSampleHasIsExpected() {
    transact(2000, i -> Map.of(kw("a/key"), (long) i));
    transact(3000, _ -> Map.of(kw("b/key"), 7L));
    client.index(Facts.NAME);
    List<Map<?, ?>> operators =
        operators("[:find (count ?b) :where [?a :a/key ?k] [?b :b/key ?k]]");
    Map<?, ?> join = operators.get(1);
    assertEquals(3000L, join.get(kw("rows-out")), operators.toString());
    long expected = (long) join.get(kw("rows-expected"));
    assertTrue(expected >= 1000 && expected <= 9000, operators.toString());
  }

  /// What is shown is what is true, indexed or not.
  @Test
  void differentValuesAreCountedForPeople() {
    transact(500, i -> Map.of(kw("a/key"), (long) i % 20));
    Map<?, ?> unindexed = connection.db().stats().distinct();
    client.index(Facts.NAME);
    assertEquals(unindexed, connection.db().stats().distinct());
    var distinct = connection.db().stats().distinct().get(kw("a/key"));
    assertEquals(20, distinct.values());
    assertEquals(500, distinct.entities());
    Set<Object> told = new HashSet<>();
    for (Map<?, ?> each : operators("[:find ?e ?k :where [?e :a/key ?k]]")) {
      told.add(each.get(kw("distinct")));
    }
    assertTrue(told.contains(Map.of(kw("values"), 20L, kw("entities"), 500L)), told.toString());
  }
}
