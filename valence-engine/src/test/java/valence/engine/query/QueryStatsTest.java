package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;

class QueryStatsTest {
  private final AtomicInteger calls = new AtomicInteger();
  private final FunctionResolver functions = (name, use) -> args -> {
    calls.incrementAndGet();
    return args[0];
  };
  private final Db db = people();

  private Db people() {
    Db empty = LocalDb.of(
        Database.empty("people"),
        new LocalDb.Surroundings(
            functions, Queries::run, InstantSource.fixed(Instant.parse("2024-01-01T00:00:00Z"))));
    Db withSchema = empty.with("""
            [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
              :db/unique :db.unique/identity}
             {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
             {:db/ident :p/boss :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
             {:db/ident :red}]""").dbAfter();
    return withSchema.with("""
            [{:db/id "al" :p/name "Al" :p/age 30 :p/boss "bo"}
             {:db/id "bo" :p/name "Bo" :p/age 40}
             {:db/id "cy" :p/name "Cy" :p/age 30 :p/boss "al"}]""").dbAfter();
  }

  private Map<?, ?> ask(String query, @Nullable Object... inputs) {
    List<@Nullable Object> args = new ArrayList<>();
    args.add(db);
    args.addAll(List.of(inputs));
    QueryRequest request = QueryRequest.of(query, args.toArray());
    Map<?, ?> answer = db.q(request.withStats());
    assertEquals(db.<Object>q(request), at(answer, "ret"));
    Map<?, ?> stats = (Map<?, ?>) at(answer, "query-stats");
    assertEquals(Edn.read(query), at(stats, "query"));
    return stats;
  }

  private static Object at(Object map, String key) {
    Object value = ((Map<?, ?>) map).get(Keyword.intern(key));
    if (value == null) {
      throw new AssertionError("no " + key + " in " + Edn.print(map));
    }
    return value;
  }

  private static List<?> clauses(Map<?, ?> stats, int phase) {
    return (List<?>) at(((List<?>) at(stats, "phases")).get(phase), "clauses");
  }

  private static String warnings(Map<?, ?> stats) {
    return Edn.print(at(stats, "warnings"));
  }

  @Test
  void eachClauseTellsItsRowsAndVariables() {
    Map<?, ?> stats = ask("[:find ?n :in $ ?a :where [?e :p/age ?a] [?e :p/name ?n]]", 30);
    List<?> clauses = clauses(stats, 0);
    assertEquals(3, clauses.size());
    Object given = clauses.get(0);
    assertEquals("[[ground $__in] [[?a]]]", Edn.print(at(given, "clause")));
    Object age = clauses.get(1);
    assertEquals("[?e :p/age ?a]", Edn.print(at(age, "clause")));
    assertEquals(1L, at(age, "rows-in"));
    assertEquals(2L, at(age, "rows-out"));
    assertEquals(List.of(Symbol.intern("?a")), at(age, "binds-in"));
    assertEquals(List.of(Symbol.intern("?e")), at(age, "binds-out"));
    assertEquals(1L, at(age, "expansion"));
    assertEquals("[]", warnings(stats));
  }

  @Test
  void bodiesOfRulesArePhasesOfTheirOwn() {
    Object rules = Edn.read("""
        [[(under ?e ?b) [?e :p/boss ?b]]
         [(under ?e ?b) [?e :p/boss ?m] (under ?m ?b)]]""");
    Map<?, ?> stats =
        ask("[:find ?n :in $ % :where [?b :p/name \"Bo\"] (under ?e ?b) [?e :p/name ?n]]", rules);
    List<?> phases = (List<?>) at(stats, "phases");
    assertEquals(3, phases.size());
    assertTrue(Edn.print(at(phases.get(2), "sched")).contains("(under ?m ?b)"), "the second body");
  }

  @Test
  void aClauseThatSharesNothingIsACrossProduct() {
    Map<?, ?> stats = ask("[:find ?n ?m :where [?e :p/name ?n] [?f :p/name ?m]]");
    Object second = clauses(stats, 0).get(1);
    assertEquals(9L, at(second, "rows-out"));
    assertTrue(Edn.print(at(at(second, "warnings"), "cross-product")).contains("every pair"));
    assertEquals(
        2,
        assertInstanceOf(Set.class, at(at(second, "warnings"), "unbound-vars")).size());
  }

  @Test
  void aVariableThatIsUsedOnceIsToldOf() {
    Map<?, ?> stats = ask("[:find ?n :where [?e :p/name ?n] [?e :p/boss ?bos]]");
    assertTrue(warnings(stats).contains("?bos"), warnings(stats));
    assertEquals("[]", warnings(ask("[:find ?n :where [?e :p/name ?n] [?e :p/boss _]]")));
  }

  @Test
  void sumsOverASetAreToldOf() {
    assertTrue(
        warnings(ask("[:find (sum ?a) :where [?e :p/age ?a]]")).contains(":lost-duplicates"));
    assertEquals("[]", warnings(ask("[:find (sum ?a) :with ?e :where [?e :p/age ?a]]")));
  }

  @Test
  void namesThatMatchNothingAreToldOf() {
    assertTrue(warnings(ask("[:find (pull ?e [:p/nmae {:p/boss [:p/agee]}]) :where [?e :p/age]]"))
        .contains("Did you mean :p/name?"));
    Map<?, ?> attribute = ask("[:find ?e :where [?e :red]]");
    assertTrue(Edn.print(clauses(attribute, 0)).contains(":red is no attribute"));
    Map<?, ?> lookup = ask("[:find ?a :where [(vector :p/name \"Zz\") ?e] [?e :p/age ?a]]");
    assertTrue(Edn.print(clauses(lookup, 0)).contains("names no entity"));
  }

  @Test
  void lazyRowsKnowTheirCountAndPullWhenRead() {
    List<List<Object>> rows = db.qseq(
        QueryRequest.of("[:find ?n (pull ?e [[:p/age :xform my/same]]) :where [?e :p/name ?n]]", db)
            .withLimit(2));
    assertEquals(2, rows.size());
    assertEquals(0, calls.get());
    assertInstanceOf(Map.class, rows.get(1).get(1));
    assertEquals(1, calls.get());
    assertFalse(rows.get(0).isEmpty());
    assertThrows(IndexOutOfBoundsException.class, () -> rows.get(2));
    assertThrows(
        AnomalyException.class,
        () -> db.qseq(QueryRequest.of("[:find ?n . :where [_ :p/name ?n]]", db)));
  }
}
