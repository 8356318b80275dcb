package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.Explanation;
import valence.api.QueryRequest;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;
import valence.engine.query.exec.Tuning;
import valence.engine.query.exec.Workers;

/// Queries of many rows: cut into parts for several threads, and ended when enough is found.
/// Neither changes which rows come, nor in which order.
class LargeQueriesTest {
  private static final Db DB = people();

  /// Three threads, whatever the machine has.
  private static final Tuning THREE = new Tuning(new Workers(3, 1000), 64);

  private static final Set<Optimization> PLAIN =
      EnumSet.complementOf(EnumSet.of(Optimization.PARALLEL, Optimization.EARLY_STOP));

  private static final String IVANS =
      "[:find ?e ?a :where [?e :p/name \"name 7\"] [?e :p/age ?a] [?e :p/sex :male]]";

  private static Db people() {
    Db empty = LocalDb.of(
        Database.empty("people"),
        new LocalDb.Surroundings(
            FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));
    String schema = """
        [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/index true}
         {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
         {:db/ident :p/sex :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
         {:db/ident :p/knows :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]
        """;
    Db withSchema = empty.with(schema).dbAfter();
    List<Object> people = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      people.add(Map.of(
          kw("db/id"),
          "p" + i,
          kw("p/name"),
          "name " + i % 10,
          kw("p/age"),
          i * 7 % 100,
          kw("p/sex"),
          kw(i / 10 % 2 == 0 ? "male" : "female"),
          kw("p/knows"),
          List.of("p" + i * 31 % 20_000, "p" + (i + 1) % 20_000)));
    }
    return withSchema.with(people).dbAfter();
  }

  private static @Nullable Object alone(QueryRequest request) {
    return Queries.using(PLAIN, () -> DB.<@Nullable Object>q(request));
  }

  private static @Nullable Object tuned(QueryRequest request) {
    return Queries.tuned(THREE, () -> DB.<@Nullable Object>q(request));
  }

  private static List<Map<?, ?>> operators(QueryRequest request) {
    Explanation explanation =
        Queries.tuned(THREE, () -> Explanation.of(DB.<Object>q(request.withPlan())));
    List<Map<?, ?>> operators = new ArrayList<>();
    ((List<?>) explanation.data().getOrDefault(kw("operators"), List.of()))
        .forEach(each -> operators.add((Map<?, ?>) each));
    return operators;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        IVANS,
        "[:find ?e ?n :where [?e :p/name ?n]]",
        "[:find ?e ?a ?n :where [?e :p/age ?a] [?e :p/name ?n]]",
        "[:find ?e ?n :where [?e :p/age 7] [?e :p/knows ?f] [?f :p/name ?n]]",
        "[:find ?n (count ?e) (sum ?a) :where [?e :p/name ?n] [?e :p/age ?a]]",
        "[:find ?a ?b ?c :where [?a :p/knows ?b] [?b :p/knows ?c] [?c :p/knows ?a]]",
        "[:find ?e ?a :where [?e :p/age ?a] [(> ?a 40)] (not [?e :p/sex :male])]",
        "[:find [?n ...] :where [_ :p/name ?n]]",
        "[:find ?n ?a (sum ?a) (min ?e) (max ?e) (median ?a) (count-distinct ?e) (variance ?a)"
            + " :where [?e :p/name ?n] [?e :p/age ?a]]",
        "[:find ?n ?f :where [?e :p/name ?n] [?e :p/knows ?f]]",
        "[:find ?m (count ?e) :where [?e :p/name ?n] [?e :p/age ?a] [(str ?n ?a) ?m]"
            + " [(clojure.string/ends-with? ?m \"1\")]]",
        "[:find ?n (sum ?y) :with ?e :where [?e :p/name ?n] [?e :p/age ?a] [(* ?a 0.1) ?y]"
            + " [(< ?y 8.0)]]",
        "[:find ?e ?f :where [?e :p/age ?a] (or-join [?e ?f] [?e :p/knows ?f] [?f :p/knows ?e])]",
        "[:find ?a ?s :where [?e :p/age ?a] [?f :p/age ?b] [(str ?b) ?s] [(str ?a) ?s]]"
      })
  void partsMakeTheSameRowsInTheSameOrder(String query) {
    QueryRequest request = QueryRequest.of(query, DB);
    assertEquals(alone(request), tuned(request));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        IVANS,
        "[:find ?n :where [?e :p/name ?n]]",
        "[:find ?e ?n :where [?e :p/age ?a] [(> ?a 40)] [?e :p/knows ?f] [?f :p/name ?n]]",
        "[:find ?e :where [?e :p/knows ?f] [?f :p/age 3] (not [?e :p/sex :male])]",
        "[:find [?a ...] :where [?e :p/name \"name 3\"] [?e :p/age ?a]]",
        "[:find ?e ?n :where [?e :p/age ?a] (or-join [?e ?n]"
            + " (and [?e :p/sex :male] [?e :p/name ?n]) (and [?e :p/age 3] [?e :p/name ?n]))]",
        "[:find ?e :where (or [?e :p/age 7] [?e :p/age 8] [?e :p/sex :male])]",
        "[:find ?n :where (or [?e :p/age 7] [?e :p/name \"name 3\"]) [?e :p/name ?n]]",
        "[:find ?e ?f :where [?e :p/sex :male]"
            + " (or-join [?e ?f] [?e :p/knows ?f] [?f :p/knows ?e])]",
        "[:find ?e ?f :where [?e :p/sex :male] (not-join [?e] [?e :p/knows ?f] [?f :p/age 3])"
            + " (or [?e :p/age 5] [?e :p/sex :male])"
            + " (or-join [?e ?f] [?e :p/knows ?f] [?f :p/knows ?e])]",
        "[:find ?a :with ?e :where [?e :p/name \"name 3\"] [?e :p/age ?a]]"
      })
  void aLimitGivesTheFirstOfAllRows(String query) {
    QueryRequest request = QueryRequest.of(query, DB);
    List<?> all = (List<?>) alone(request);
    for (long[] cut : new long[][] {{0, 1}, {0, 10}, {5, 70}, {300, 200}, {0, 100_000}, {3, 0}}) {
      List<?> expected = all.stream().skip(cut[0]).limit(cut[1]).toList();
      assertEquals(expected, tuned(request.withOffset(cut[0]).withLimit(cut[1])));
      assertEquals(
          expected,
          Queries.tuned(THREE, () -> DB.qseq(request.withOffset(cut[0]).withLimit(cut[1]))));
    }
  }

  private static final String RULES = """
      [[(met ?x ?y) [?x :p/knows ?y]]
       [(met ?x ?y) [?y :p/knows ?x]]
       [(man ?x) [?x :p/sex :male]]
       [(man ?x) [?x :p/age 7]]
       [(near ?x ?y) [?x :p/knows ?y]]
       [(near ?x ?y) [?x :p/knows ?z] (near ?z ?y)]]""";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[:find ?e :in $ % :where (man ?e)]",
        "[:find ?a :in $ % :where (man ?e) [?e :p/age ?a]]",
        "[:find ?e ?f :in $ % :where [?e :p/sex :female] (met ?e ?f) (man ?f)]",
        "[:find ?e ?f :in $ % :where [?e :p/sex :male] [?e :p/knows ?f] (near ?e ?f)]",
        "[:find ?e ?n :in $ % :where (man ?e) (met ?e ?f) [?f :p/name ?n]]"
      })
  void aLimitGivesTheFirstOfAllRowsOfRules(String query) {
    QueryRequest request = QueryRequest.of(query, DB, RULES);
    List<?> all = (List<?>) alone(request);
    for (long[] cut : new long[][] {{0, 1}, {0, 10}, {5, 70}, {300, 200}}) {
      assertEquals(
          all.stream().skip(cut[0]).limit(cut[1]).toList(),
          tuned(request.withOffset(cut[0]).withLimit(cut[1])),
          query);
    }
  }

  /// Through an `or` and a rule, whether these come first or go on from rows.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[:find ?e . :in $ % :where (or [?e :p/age 7] [?e :p/sex :male])]",
        "[:find ?e . :in $ % :where (man ?e)]",
        "[:find ?e . :in $ % :where [?e :p/sex :male] (or [?e :p/age 7] [?e :p/age 14])]",
        "[:find ?e . :in $ % :where [?e :p/sex :male] (met ?e ?f)]",
        "[:find ?e . :in $ % :where [?e :p/sex :male] [?e :p/knows ?f] (near ?e ?f)]"
      })
  void branchesAndRulesEndWithTheFirstRow(String query) {
    List<Map<?, ?>> operators = operators(QueryRequest.of(query, DB, RULES));
    Map<?, ?> first = operators.getFirst();
    assertTrue(((List<?>) first.get(kw("by"))).contains(kw("early-stop")), first::toString);
    for (Map<?, ?> operator : operators) {
      assertTrue((Long) operator.get(kw("rows-out")) < 2000, operator::toString);
    }
  }

  @Test
  void aSingleRowOrValueIsTheFirst() {
    String where = " :where [?e :p/name \"name 7\"] [?e :p/age ?a]]";
    List<?> first =
        (List<?>) ((List<?>) alone(QueryRequest.of("[:find ?e ?a" + where, DB))).getFirst();
    assertEquals(first, tuned(QueryRequest.of("[:find [?e ?a]" + where, DB)));
    assertEquals(first.getFirst(), tuned(QueryRequest.of("[:find ?e ." + where, DB)));
    assertNull(tuned(QueryRequest.of("[:find ?e . :where [?e :p/name ?n] [?e :p/age -1]]", DB)));
  }

  @Test
  void noMoreIsReadThanIsAskedFor() {
    List<Map<?, ?>> operators = operators(QueryRequest.of(IVANS, DB).withLimit(10));
    Map<?, ?> first = operators.getFirst();
    assertTrue(((List<?>) first.get(kw("by"))).contains(kw("early-stop")), first::toString);
    for (Map<?, ?> operator : operators) {
      assertTrue((Long) operator.get(kw("rows-out")) < 2000, operator::toString);
    }
    List<Map<?, ?>> whole = operators(QueryRequest.of(IVANS, DB).withLimit(10_000));
    assertTrue(whole.stream()
        .noneMatch(each -> ((List<?>) each.get(kw("by"))).contains(kw("early-stop"))));
  }

  /// A comparison that can fail for other values can't fail for those of an attribute of strings.
  @Test
  void aPrefixReadsOnlyWhatBeginsWithIt() {
    String query =
        "[:find ?e :where [?e :p/name ?n] [(clojure.string/starts-with? ?n \"name 7\")]]";
    QueryRequest request = QueryRequest.of(query, DB);
    assertEquals(2000, ((List<?>) DB.<Object>q(request)).size());
    assertEquals(2000L, operators(request.withLimit(-1)).getFirst().get(kw("rows-out")));
    Map<?, ?> stats = (Map<?, ?>)
        ((Map<?, ?>) DB.<Object>q(request.withIoContext(kw("test/prefix")))).get(kw("io-stats"));
    Map<?, ?> reads = (Map<?, ?>) stats.get(kw("reads"));
    assertTrue(reads.containsKey(kw("avet")), reads::toString);
    assertTrue(!reads.containsKey(kw("aevt")), reads::toString);
  }

  @Test
  void aMistakeShowsHoweverFewRowsAreAskedFor() {
    QueryRequest request = QueryRequest.of(
            "[:find ?e ?b :where [?e :p/age ?a] [(- ?a 98) ?c] [(/ 1 ?c) ?b]]", DB)
        .withLimit(1);
    assertEquals(
        Category.INCORRECT,
        assertThrows(AnomalyException.class, () -> tuned(request)).anomaly().category());
  }

  /// Threads may fail in any order; the first row that fails is told.
  @Test
  void theMistakeToldIsThatOfTheFirstRow() {
    QueryRequest request = QueryRequest.of(
        "[:find ?e ?b :where [?e :p/age ?a] [(str \"x\" ?e) ?s] [(subs ?s ?a) ?b]]", DB);
    String alone = assertThrows(AnomalyException.class, () -> alone(request)).getMessage();
    for (int round = 0; round < 20; round++) {
      assertEquals(
          alone, assertThrows(AnomalyException.class, () -> tuned(request)).getMessage());
    }
  }

  @Test
  void anExplanationSaysHowManyThreadsWorked() {
    String query = "[:find ?e ?a ?n :where [?e :p/age ?a] [?e :p/name ?n]]";
    boolean isHelped = false;
    for (int round = 0; round < 100 && !isHelped; round++) { // helpers may come too late
      for (Map<?, ?> operator : operators(QueryRequest.of(query, DB))) {
        Long read = operator.containsKey(kw("ranges")) ? 20_000L : 0L;
        assertEquals(read, operator.get(kw("rows-read")), operator::toString);
        assertEquals(20_000L, operator.get(kw("rows-out")), operator::toString);
        isHelped |= operator.get(kw("workers")) instanceof Long threads && threads > 1;
      }
    }
    assertTrue(isHelped);
  }

  @Test
  void readsOfAllThreadsAreCounted() {
    QueryRequest request =
        QueryRequest.of("[:find ?e ?a :where [?e :p/age ?a]]", DB).withIoContext(kw("test/reads"));
    Map<?, ?> stats = (Map<?, ?>)
        ((Map<?, ?>) Queries.tuned(THREE, () -> DB.<Object>q(request))).get(kw("io-stats"));
    Map<?, ?> reads = (Map<?, ?>) stats.get(kw("reads"));
    assertTrue((Long) reads.get(kw("aevt")) > 1, reads::toString);
  }

  @Test
  void queriesAtOnceGetTheirOwnAnswers() throws Exception {
    QueryRequest request =
        QueryRequest.of("[:find ?e ?a ?n :where [?e :p/age ?a] [?e :p/name ?n]]", DB);
    QueryRequest limited = QueryRequest.of(IVANS, DB).withLimit(10);
    Object expected = alone(request);
    Object few = alone(limited);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Thread.Builder builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(builder
          .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
          .start(() -> {
            for (int round = 0; round < 5; round++) {
              assertEquals(expected, tuned(request));
              assertEquals(few, tuned(limited));
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
  }
}
