package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;

/// Clauses that several conjunctions of a query begin with: run once, and told of.
class SharedGroupsTest {
  private static final Db DB = people();

  private static final Set<Optimization> APART =
      EnumSet.complementOf(EnumSet.of(Optimization.SHARED_GROUPS));

  private static Db people() {
    Db empty = LocalDb.of(
        Database.empty("people"),
        new LocalDb.Surroundings(
            FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));
    String schema = """
        [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :p/nick :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
         {:db/ident :p/boss :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
        """;
    Db withSchema = empty.with(schema).dbAfter();
    List<Object> people = new ArrayList<>();
    for (long i = 0; i < 2000; i++) {
      people.add(Map.of(
          kw("db/id"),
          "p" + i,
          kw("p/name"),
          "name " + i,
          kw("p/nick"),
          "nick " + i % 50,
          kw("p/age"),
          i % 50,
          kw("p/boss"),
          "p" + i * 31 % 2000));
    }
    return withSchema.with(people).dbAfter();
  }

  private static Set<Object> rows(String query, Object... inputs) {
    return new HashSet<>((Collection<?>) DB.q(query, inputs));
  }

  private static void assertShared(boolean isShared, String query, Object... inputs) {
    Set<Object> apart = Queries.using(APART, () -> rows(query, inputs));
    assertFalse(apart.isEmpty());
    assertEquals(apart, rows(query, inputs));
    String text = DB.explain(query, inputs).toString();
    String without = Queries.using(APART, () -> DB.explain(query, inputs).toString());
    assertEquals(isShared, shared(text) > shared(without), text);
  }

  private static int shared(String explained) {
    return explained.split("shared").length - 1;
  }

  @Test
  void branchesThatBeginWithTheSameClausesRunThemOnce() {
    assertShared(true, """
        [:find ?e ?x
         :where (or-join [?e ?x]
                  (and [?e :p/age 7] [?e :p/boss ?b] [?b :p/name ?x])
                  (and [?e :p/age 7] [?e :p/boss ?b] [?b :p/age ?x]))]""");
  }

  @Test
  void theGroupIsToldOfWithItsClauses() {
    String text = DB.explain("""
        [:find ?e ?x
         :where (or-join [?e ?x]
                  (and [?e :p/age 7] [?e :p/boss ?b] [?b :p/name ?x])
                  (and [?e :p/age 7] [?e :p/boss ?b] [?b :p/nick ?x]))]""").toString();
    assertTrue(text.contains("shared where [?e :p/boss ?b]"), text);
  }

  @Test
  void rulesUnderOtherNames() {
    assertShared(true, "[:find ?e ?x :in $ % :where (or (a ?e ?x) (b ?e ?x))]", """
        [[(a ?e ?n) [?e :p/age 7] [?e :p/boss ?b] [?b :p/nick ?n]]
         [(b ?p ?q) [?p :p/age 7] [?p :p/boss ?c] [?c :p/boss ?d] [?d :p/nick ?m]
                    [?p :p/boss ?f] [?f :p/nick ?q]]]""");
  }

  @Test
  void testsThatCannotFailAreOfTheGroup() {
    assertShared(true, """
        [:find ?e ?x
         :where (or-join [?e ?x]
                  (and [?e :p/age ?a] [?e :p/boss ?b] [(< ?a 9)] [(not= ?e ?b)] [?b :p/name ?x])
                  (and [?e :p/age ?a] [?e :p/boss ?b] [(< ?a 9)] [(not= ?e ?b)] [?b :p/age ?x]))]
        """);
  }

  @Test
  void branchesThatGoOnFromTheSameRows() {
    Object entities = DB.q("[:find [?e ...] :where [?e :p/age 3]]");
    String query = """
        [:find ?e ?x :in $ [?e ...]
         :where (or-join [?e ?x]
                  (and [?e :p/boss ?b] [?b :p/boss ?c] [?c :p/name ?x])
                  (and [?e :p/boss ?b] [?b :p/boss ?c] [?c :p/age ?x]))]""";
    assertShared(true, query, entities);
  }

  @Test
  void whatIsAroundANotIsNotRunInItAgain() {
    assertShared(true, """
        [:find ?e ?b
         :where [?e :p/nick "nick 7"] [?e :p/boss ?b]
                (not-join [?b] [?x :p/nick "nick 7"] [?x :p/boss ?b] [(< ?x ?b)])]""");
  }

  @Test
  void otherTestsOrConstantsAreOtherGroups() {
    assertShared(false, """
        [:find ?e ?x
         :where (or-join [?e ?x]
                  (and [?e :p/age 7] [?e :p/boss ?b] [?b :p/name ?x])
                  (and [?e :p/age 8] [?e :p/boss ?b] [?b :p/age ?x]))]""");
  }

  @Test
  void variablesThatAreOneElsewhereAreAnotherGroup() {
    assertShared(false, """
        [:find ?e ?x
         :where (or-join [?e ?x]
                  (and [?e :p/boss ?b] [?b :p/boss ?e] [?b :p/age ?x])
                  (and [?e :p/boss ?b] [?b :p/boss ?c] [?c :p/age ?x]))]""");
  }
}
