package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.QueryRequest;
import valence.api.Valence;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;

/// A query takes no more time and memory than it may, and ends whatever it asks.
@Timeout(60)
class LimitsTest {
  private static final LocalDb DB = LocalDb.of(
      Database.empty("limits"),
      new LocalDb.Surroundings(
          FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));

  private static final List<Long> NUMBERS = LongStream.range(0, 3000).boxed().toList();

  private static Anomaly refused(QueryRequest request) {
    return assertThrows(AnomalyException.class, () -> DB.q(request)).anomaly();
  }

  private static QueryRequest request(String query, @Nullable Object... inputs) {
    List<@Nullable Object> args = new ArrayList<>();
    args.add(DB);
    args.addAll(List.of(inputs));
    return QueryRequest.of(query, args.toArray());
  }

  @Test
  void aCrossProductStopsAtItsTimeout() {
    long start = System.nanoTime();
    Anomaly anomaly = refused(request(
            "[:find (count ?x) . :in $ [?x ...] [?y ...] [?z ...]"
                + " :where [(+ ?x ?y) ?s] [(* ?s ?z) ?p] [(= ?p -1)]]",
            NUMBERS,
            NUMBERS.subList(0, 100),
            NUMBERS.subList(0, 30))
        .withTimeout(Duration.ofMillis(20)));
    assertEquals(Category.UNAVAILABLE, anomaly.category());
    assertTrue(anomaly.message().contains("20 ms"), anomaly.message());
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    assertTrue(millis < 10_000, () -> millis + " ms");
  }

  @Test
  void aRelationTooLargeForMemoryIsRefused() {
    Anomaly anomaly = refused(
        request("[:find ?x ?y ?z :in $ [?x ...] [?y ...] [?z ...]]", NUMBERS, NUMBERS, NUMBERS));
    assertEquals(Category.BUSY, anomaly.category());
    assertTrue(anomaly.message().contains("values at a time"), anomaly.message());
  }

  @Test
  void aQueryThatIsStoppedSaysWhereItsMemoryWent() {
    Anomaly anomaly = refused(
        request("[:find ?x ?y :in $ [?x ...] [?y ...] :where [(= ?x ?y)]]", NUMBERS, NUMBERS)
            .withMemory(1 << 20));
    assertEquals(Category.BUSY, anomaly.category());
    assertTrue(anomaly.message().contains("1048576 bytes"), anomaly.message());
    assertTrue(anomaly.message().contains("Most of its time went to"), anomaly.message());
    List<?> operators = (List<?>) anomaly.data().get(Valence.kw("operators"));
    assertTrue(operators != null && operators.size() > 1, anomaly::toString);
  }

  @Test
  void aQueryThatIsStoppedSaysWhereItsTimeWent() {
    Anomaly anomaly = refused(
        request("[:find ?x :in $ ?s :where [(re-find #\"(a+)+\\1b\" ?s) ?x]]", "a".repeat(60))
            .withTimeout(Duration.ofMillis(50)));
    assertEquals(Category.UNAVAILABLE, anomaly.category());
    assertTrue(anomaly.message().contains("time went to [(re-find"), anomaly.message());
  }

  @Test
  void memoryOfNothingIsRefused() {
    Anomaly anomaly = assertThrows(
            AnomalyException.class, () -> request("[:find ?x :in ?x]", 1L).withMemory(0))
        .anomaly();
    assertEquals(Category.INCORRECT, anomaly.category());
  }

  @Test
  void aCancelledQueryEnds() {
    QueryRequest heavy = heavy();
    CompletableFuture<Object> answer = DB.<Object>qAsync(heavy).toCompletableFuture();
    answer.cancel(true);
    assertTrue(answer.isCancelled());
  }

  @Test
  void longQueriesLeaveThreadsToShortOnes() throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    List<CompletableFuture<Object>> heavy = new ArrayList<>();
    for (int i = 0; i < processors * 2; i++) {
      heavy.add(DB.<Object>qAsync(heavy()).toCompletableFuture());
    }
    for (int i = 0; i < 20; i++) {
      Object answer =
          DB.<Object>qAsync("[:find ?x . :in $ ?x]", 5L).toCompletableFuture().get();
      assertEquals(5L, answer);
    }
    assertTrue(heavy.stream().noneMatch(CompletableFuture::isDone), "short ones had to wait");
    heavy.forEach(each -> each.cancel(true));
  }

  /// A query that takes longer than anybody waits, on any machine, and next to no memory.
  private static QueryRequest heavy() {
    return request("[:find ?x :in $ ?s :where [(re-find #\"(a+)+\\1b\" ?s) ?x]]", "a".repeat(200));
  }

  @Test
  void aRuleThatMakesEverNewValuesEnds() {
    Object rules = Edn.read("[[(up ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (up ?x ?z) [(+ ?z 1) ?y]]]");
    Anomaly anomaly = refused(request("[:find ?y :in $ % ?x :where (up ?x ?y)]", rules, 0L)
        .withTimeout(Duration.ofMillis(200)));
    assertTrue(anomaly.category().retriable(), anomaly::toString);
    assertTrue(anomaly.message().contains("The rule up had made "), anomaly::toString);
    assertEquals(Symbol.intern("up"), anomaly.data().get(Keyword.intern("rule")));
  }

  @Test
  void aRuleThatGoesOnForTooManyRoundsIsNamed() {
    Object rules = Edn.read("[[(next ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (next ?x ?y)]"
        + " [(up ?x ?y) (up ?x ?z) (next ?z ?y)]]");
    Anomaly anomaly = refused(request("[:find ?y :in $ % ?x :where (up ?x ?y)]", rules, 0L));
    assertEquals(
        Optional.of(Keyword.intern("db.error", "endless-rule")),
        anomaly.error(),
        anomaly::toString);
    assertEquals(100_000L, anomaly.data().get(Keyword.intern("rounds")));
  }

  @Test
  void aRuleWhoseValuesGrowEndsBeforeTheyFillMemory() {
    Object rules =
        Edn.read("[[(up ?x ?y) [(str ?x ?x) ?y]] [(up ?x ?y) (up ?x ?z) [(str ?z ?z) ?y]]]");
    Anomaly anomaly =
        refused(request("[:find ?y :in $ % ?x :where (up ?x ?y)]", rules, "a").withMemory(1 << 20));
    assertEquals(Category.BUSY, anomaly.category(), anomaly::toString);
    assertEquals(Symbol.intern("up"), anomaly.data().get(Keyword.intern("rule")));
  }

  @Test
  void aRuleMayCountFarWhenItIsBounded() {
    Object rules = Edn.read(
        "[[(up ?x ?y) [(+ ?x 1) ?y]]" + " [(up ?x ?y) (up ?x ?z) [(< ?z 5000)] [(+ ?z 1) ?y]]]");
    assertEquals(
        5000L,
        DB.<Object>q(request("[:find (count ?y) . :in $ % ?x :where (up ?x ?y)]", rules, 0L)));
  }

  @Test
  void aRuleThatCallsItselfAloneHasNoAnswers() {
    Object rules = Edn.read("[[(same ?x) (same ?x)]]");
    List<?> rows = DB.q(request("[:find ?x :in $ % [?x ...] :where (same ?x)]", rules, NUMBERS));
    assertEquals(List.of(), rows);
  }

  @Test
  void recursionThroughNotIsAMistake() {
    Object rules = Edn.read("[[(odd ?x) [?x :db/ident] (not (even ?x))] [(even ?x) (odd ?x)]]");
    Anomaly anomaly = refused(request("[:find ?x :in $ % :where (odd ?x)]", rules));
    assertEquals(Category.INCORRECT, anomaly.category());
    assertTrue(anomaly.message().contains("through not"), anomaly.message());
  }

  @Test
  void aRegularExpressionThatTriesForEverEnds() {
    Anomaly anomaly = refused(
        request("[:find ?x :in $ ?s :where [(re-matches #\"(a+)+\\1b\" ?s) ?x]]", "a".repeat(60))
            .withTimeout(Duration.ofMillis(50)));
    assertEquals(Category.UNAVAILABLE, anomaly.category());
  }

  @Test
  void functionsThatCallFunctionsEndInTime() {
    Anomaly anomaly =
        refused(request("[:find ?x :where [(range 100000) ?r] [(repeat 100000 ?r) ?rs]"
                + " [(map (partial reduce +) ?rs) ?x]]")
            .withTimeout(Duration.ofMillis(50)));
    assertEquals(Category.UNAVAILABLE, anomaly.category());
  }

  @Test
  void anInterruptedThreadEndsItsQuery() {
    Thread.currentThread().interrupt();
    try {
      Anomaly anomaly = refused(request("[:find ?x :in $ [?x ...]]", NUMBERS));
      assertEquals(Category.INTERRUPTED, anomaly.category());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aForgottenSpaceBeforeASectionIsNamed() {
    Anomaly anomaly = refused(request("[:find ?e :in $ ?name:where [?e :db/doc ?name]]", "x"));
    assertEquals(Category.INCORRECT, anomaly.category());
    assertTrue(anomaly.message().contains("?name:where"), anomaly.message());
  }
}
