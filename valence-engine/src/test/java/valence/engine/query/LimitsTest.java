package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.QueryRequest;
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
  void aRuleThatMakesEverNewValuesEnds() {
    Object rules = Edn.read("[[(up ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (up ?x ?z) [(+ ?z 1) ?y]]]");
    Anomaly anomaly = refused(request("[:find ?y :in $ % ?x :where (up ?x ?y)]", rules, 0L)
        .withTimeout(Duration.ofMillis(200)));
    assertTrue(anomaly.category().retriable(), anomaly::toString);
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
