package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import valence.api.Db;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;

/// What a value names doesn't depend on the order in which clauses are written or run.
class ClauseOrderTest {
  private static final Db DB = data();

  private static Db data() {
    Db empty = LocalDb.of(
        Database.empty("order"),
        new LocalDb.Surroundings(
            FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));
    Db schema = empty.with(Edn.read("""
            [{:db/ident :x/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
             {:db/ident :x/key :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
             {:db/ident :x/pair :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
              :db/tupleTypes [:db.type/long :db.type/long :db.type/long]}]
            """)).dbAfter();
    return schema.with(Edn.read("""
            [{:db/ident :i/a :x/name "a" :x/key :x/name :x/pair [1 2 3]}
             {:x/name "b" :x/key :x/key}
             {:x/name "c"}]
            """)).dbAfter();
  }

  private static void assertFound(Set<?> expected, String... clauses) {
    permute(new ArrayList<>(), List.of(clauses), expected);
  }

  private static void permute(List<String> first, List<String> rest, Set<?> expected) {
    if (rest.isEmpty()) {
      String query = "[:find [?n ...] :where " + String.join(" ", first) + "]";
      assertEquals(expected, new HashSet<>(DB.<List<?>>q(query)), query);
    }
    for (String each : rest) {
      List<String> longer = new ArrayList<>(first);
      longer.add(each);
      permute(longer, rest.stream().filter(other -> !other.equals(each)).toList(), expected);
    }
  }

  @Test
  void aGroundedIdentNamesItsEntity() {
    assertFound(Set.of("a"), "[?e :x/name ?n]", "[(ground :i/a) ?e]", "[?e :x/key _]");
    assertFound(Set.of("a"), "[?e :x/name ?n]", "[(ground [:i/a]) [?e ...]]");
  }

  @Test
  void aKeywordThatWasFoundNamesAnAttribute() {
    assertFound(Set.of("a"), "[?e :x/key ?k]", "[?e ?k ?n]", "[?e :x/name \"a\"]");
  }

  @Test
  void aTupleThatWasFoundNamesNoAttribute() {
    assertFound(Set.of(), "[?e :x/pair ?a]", "[?e :x/name ?n]", "[?e ?a _]");
  }
}
