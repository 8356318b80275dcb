package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.engine.db.Database;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;

/// What is kept of a query is used only where it still holds.
class KeptPlansTest {
  private final AtomicInteger revision = new AtomicInteger();
  private final FunctionResolver functions = (name, use) -> {
    int resolved = revision.get();
    AppFunction function = args -> (long) resolved;
    return function;
  };

  private final Db db = LocalDb.of(
          Database.empty("plans"),
          new LocalDb.Surroundings(
              functions, Queries::run, InstantSource.fixed(Instant.parse("2024-01-01T00:00:00Z"))))
      .with("""
          [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
            :db/unique :db.unique/identity}
           {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
           {:db/ident :p/boss :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
           {:db/ident :red} {:db/ident :blue}]""")
      .dbAfter()
      .with("""
          [{:db/id "al" :p/name "Al" :p/age 30 :p/boss "bo"}
           {:db/id "bo" :p/name "Bo" :p/age 40}
           {:db/id "cy" :p/name "Cy" :p/age 30 :p/boss "al"}]""")
      .dbAfter();

  /// The same query asked with and without what was kept.
  private static Set<Object> ask(Db of, String query, Object... inputs) {
    Collection<?> kept = of.q(query, inputs);
    Set<Optimization> others = EnumSet.allOf(Optimization.class);
    others.remove(Optimization.KEPT_PLANS);
    Collection<?> anew = Queries.using(others, () -> of.<Collection<?>>q(query, inputs));
    assertEquals(new HashSet<>(anew), new HashSet<>(kept));
    return new HashSet<>(kept);
  }

  @Test
  void anAttributeThatTookAnothersNameIsMeant() {
    String query = "[:find [?v ...] :where [?e :p/name \"Al\"] [?e :p/age ?v]]";
    assertEquals(Set.of(30L), ask(db, query));
    Db renamed = db.with("[{:db/id :p/age :db/ident :p/years}]").dbAfter();
    Db reused = renamed
        .with("[{:db/ident :p/age :db/valueType :db.type/string"
            + " :db/cardinality :db.cardinality/one}]")
        .dbAfter()
        .with("[[:db/add [:p/name \"Al\"] :p/age \"thirty\"]]")
        .dbAfter();
    assertEquals(Set.of("thirty"), ask(reused, query));
    assertEquals(Set.of(30L), ask(db, query));
  }

  @Test
  void anAttributeWithMoreValuesThanBeforeShowsThemAll() {
    String query = "[:find [?v ...] :in $ ?n :where [?e :p/name ?n] [?e :p/age ?v]]";
    assertEquals(Set.of(30L), ask(db, query, "Al"));
    Db many = db.with("[{:db/id :p/age :db/cardinality :db.cardinality/many}]")
        .dbAfter()
        .with("[[:db/add [:p/name \"Al\"] :p/age 31]]")
        .dbAfter();
    assertEquals(Set.of(30L, 31L), ask(many, query, "Al"));
  }

  @Test
  void anUnknownAttributeIsFoundOnceItIsThere() {
    String query = "[:find [?e ...] :where [?e :p/new 1]]";
    assertThrows(AnomalyException.class, () -> ask(db, query));
    Db grown = db.with("[{:db/ident :p/new :db/valueType :db.type/long"
            + " :db/cardinality :db.cardinality/one}]")
        .dbAfter();
    assertEquals(Set.of(), ask(grown, query));
    assertThrows(AnomalyException.class, () -> ask(db, query));
  }

  @Test
  void aLookupRefNamesWhomItNamesNow() {
    String query = "[:find [?n ...] :where [?e :p/boss [:p/name \"Al\"]] [?e :p/name ?n]]";
    assertEquals(Set.of("Cy"), ask(db, query));
    Db gone = db.with("[[:db/add [:p/name \"Al\"] :p/name \"Old Al\"]]").dbAfter();
    assertThrows(AnomalyException.class, () -> gone.q(query));
    Db swapped = gone.with("[{:p/name \"Al\" :p/age 5}]").dbAfter();
    assertEquals(Set.of(), ask(swapped, query));
  }

  @Test
  void historyShowsAllThatOneValueReplaced() {
    String query = "[:find [?v ...] :in $ ?n :where [?e :p/name ?n] [?e :p/age ?v]]";
    Db older = db.with("[[:db/add [:p/name \"Al\"] :p/age 31]]").dbAfter();
    assertEquals(Set.of(31L), ask(older, query, "Al"));
    assertEquals(Set.of(30L, 31L), ask(older.history(), query, "Al"));
    assertEquals(Set.of(31L), ask(older, query, "Al"));
  }

  @Test
  void functionsOfTheApplicationAreThoseDeployedNow() {
    String query = "[:find [?v ...] :where [?e :p/name \"Al\"] [(my.app/version ?e) ?v]]";
    assertEquals(Set.of(0L), ask(db, query));
    revision.set(7);
    assertEquals(Set.of(7L), ask(db, query));
  }

  @Test
  void rulesOfAnotherTextAreOtherRules() {
    String query = "[:find [?v ...] :in $ % :where [?e :p/name \"Al\"] (about ?e ?v)]";
    assertEquals(Set.of(30L), ask(db, query, "[[(about ?e ?v) [?e :p/age ?v]]]"));
    assertEquals(
        Set.of("Al", 30L),
        ask(db, query, "[[(about ?e ?v) [?e :p/age ?v]] [(about ?e ?v) [?e :p/name ?v]]]"));
  }

  @Test
  void aCollectionInPlaceOfADatabaseIsReadAsOne() {
    String query = "[:find [?v ...] :in $ :where [?e :p/age ?v]]";
    assertEquals(Set.of(30L, 40L), ask(db, query));
    Object rows = List.of(List.of(1L, valence.api.Valence.kw("p/age"), 3L));
    QueryRequest request = QueryRequest.of(query, rows);
    assertEquals(List.of(3L), db.q(request));
    assertEquals(Set.of(30L, 40L), ask(db, query));
  }

  @Test
  void manyThreadsShareOnePlanOnTwoSchemas() throws Exception {
    Db other = db.with("[{:db/id :p/age :db/ident :p/years}"
            + " {:db/ident :p/old :db/valueType :db.type/long"
            + "  :db/cardinality :db.cardinality/one}]")
        .dbAfter()
        .with("[{:db/id :p/old :db/ident :p/age}]")
        .dbAfter()
        .with("[[:db/add [:p/name \"Al\"] :p/age 77]]")
        .dbAfter();
    String query = "[:find [?v ...] :in $ % ?n :where [?e :p/name ?n]"
        + " (or (aged ?e ?v) [?e :p/age ?v]) (not [?e :p/boss ?e])]";
    String rules = "[[(aged ?e ?v) [?e :p/boss ?b] [?b :p/age ?v]]"
        + " [(aged ?e ?v) [?e :p/boss ?b] (aged ?b ?v)]]";
    List<Callable<Object>> calls = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Db asked = i % 2 == 0 ? db : other;
      calls.add(() -> new HashSet<>((Collection<?>) asked.q(query, rules, "Al")));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Object>> answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(i % 2 == 0 ? Set.of(30L, 40L) : Set.of(77L), answers.get(i).get());
      }
    }
  }
}
