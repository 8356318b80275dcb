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
import java.util.Objects;
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
         [(under ?e ?b) [?e :p/boss ?m] [?m :p/name] (under ?m ?b)]]""");
    Map<?, ?> stats =
        ask("[:find ?n :in $ % :where [?b :p/name \"Bo\"] (under ?e ?b) [?e :p/name ?n]]", rules);
    List<?> phases = (List<?>) at(stats, "phases");
    assertEquals(3, phases.size());
    assertTrue(Edn.print(at(phases.get(2), "sched")).contains("(under ?m ?b)"), "the second body");
  }

  @Test
  void edgesOfAWayAreAPhaseOfTheirOwn() {
    Object rules = Edn.read("""
        [[(under ?e ?b) [?e :p/boss ?b]]
         [(under ?e ?b) [?e :p/boss ?m] (under ?m ?b)]]""");
    Map<?, ?> stats =
        ask("[:find ?n :in $ % :where [?b :p/name \"Bo\"] (under ?e ?b) [?e :p/name ?n]]", rules);
    List<?> phases = (List<?>) at(stats, "phases");
    assertEquals(2, phases.size());
    assertTrue(Edn.print(at(phases.get(1), "sched")).contains("[?e :p/boss ?b]"), "the edge");
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

  private List<String> kinds(Map<?, ?> stats) {
    return ((List<?>) at(stats, "warnings"))
        .stream().map(warning -> at(warning, "warning").toString()).toList();
  }

  @Test
  void aQueryWithinIsAPhaseOfItsOwn() {
    String inner = "[:find (max ?a) :where [_ :p/age ?a]]";
    Map<?, ?> stats = ask(
        "[:find ?n :where [(q (quote " + inner + ") $) [[?a]]] [?e :p/age ?a] [?e :p/name ?n]]");
    List<?> phases = (List<?>) at(stats, "phases");
    assertEquals(2, phases.size());
    assertEquals(Edn.read(inner), at(phases.get(1), "query"));
  }

  @Test
  void predicatesStandWithTheClauseTheyFollow() {
    Map<?, ?> stats = ask("[:find ?e :where [?e :p/age ?a] [(> ?a 35)]]");
    assertEquals(
        Edn.read("[[(> ?a 35)]]"), at(Objects.requireNonNull(clauses(stats, 0).get(0)), "preds"));
  }

  @Test
  void whatIsIgnoredOrNeverHoldsIsWarnedOf() {
    assertEquals(
        List.of(":constant-predicate", ":extra-inputs"),
        kinds(ask("[:find ?n :where [_ :p/name ?n] [(< 2 1)]]", 5L)));
    assertEquals(List.of(":no-group"), kinds(ask("[:find (count ?e) :where [?e :p/name \"Zz\"]]")));
    assertEquals(List.of(":unknown-option", ":same-key", ":pattern-of-scalar"), kinds(ask("""
            [:find (pull ?e [[:p/name :as :x :lmit 1] {[:p/age :as :x] [:p/name]}])
             :where [?e :p/name "Al"]]""")));
    for (String clause : List.of(
        "[_ :p/name \"None\"]",
        "[?e :p/age 30.0]",
        "[?e ?a :red] [?b ?a]",
        "[?e :p/name _ 5]",
        "[?e :p/name _ _ false]",
        "[?e :p/name ?n] [(< ?n 5)] [(= ?n \"x\")]")) {
      Map<?, ?> stats = ask("[:find ?e :where [?e :p/age] " + clause + "]");
      assertTrue(Edn.print(stats).contains(":warnings {"), clause);
    }
  }

  @Test
  void ioStatsCountWhatIsReadByIndex() {
    QueryRequest request = QueryRequest.of("[:find ?n :where [?e :p/age 30] [?e :p/name ?n]]", db);
    Map<?, ?> answer = db.q(request.withIoContext(Keyword.intern("test", "names")));
    assertEquals(db.<Object>q(request), at(answer, "ret"));
    Map<?, ?> stats = (Map<?, ?>) at(answer, "io-stats");
    assertEquals(Keyword.intern("test", "names"), at(stats, "io-context"));
    assertEquals(Keyword.intern("query"), at(stats, "api"));
    assertTrue((double) at(stats, "api-ms") > 0);
    assertTrue((long) at(at(stats, "reads"), "avet") > 0);
    assertTrue(Db.class
        .cast(db)
        .<Map<?, ?>>q(request.withStats().withIoContext(Keyword.intern("test", "names")))
        .keySet()
        .containsAll(Set.of(Keyword.intern("query-stats"), Keyword.intern("io-stats"))));
    assertThrows(
        AnomalyException.class, () -> request.withIoContext(Keyword.intern("unqualified")));
  }
}
