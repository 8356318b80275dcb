package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Aggregates that read columns, or counts of an index, against those of lists of values.
class ColumnAggregatesTest {
  private static final String SCHEMA = """
      [{:db/ident :n/x :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :n/num :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :n/kind :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
       {:db/ident :n/tags :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :n/d :db/valueType :db.type/double :db/cardinality :db.cardinality/one}
       {:db/ident :n/at :db/valueType :db.type/instant :db/cardinality :db.cardinality/one}
       {:db/ident :n/big :db/valueType :db.type/bigdec :db/cardinality :db.cardinality/one}
       {:db/ident :n/up :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
      """;

  private static final List<String> KEYS =
      List.of("", "?k", "?k ?up", "?t", "?d", "?k ?t ?up", "?big", "?at");

  private static final List<String> CALLS = List.of(
      "(count ?e) (count ?x) (sum ?x) (avg ?x) (min ?x) (max ?x)",
      "(median ?x) (variance ?x) (stddev ?x) (count-distinct ?x) (distinct ?x)",
      "(min 2 ?x) (max 3 ?x) (min 0 ?x) (min 100 ?x)",
      "(sum ?d) (avg ?d) (min ?d) (max ?d) (variance ?d) (distinct ?d) (median ?d)",
      "(min ?at) (max ?at) (max 2 ?at) (count-distinct ?at) (distinct ?at)",
      "(min ?k) (max 2 ?k) (distinct ?k) (count-distinct ?t) (sum ?big) (max ?big)",
      "(count-distinct ?up) (max ?up) (vec ?x)");

  private static final String WHERE = "[?e :n/x ?x] [?e :n/kind ?k] [?e :n/d ?d] [?e :n/at ?at]"
      + " [?e :n/tags ?t] [?e :n/big ?big] [?e :n/up ?up]";

  private static final List<String> COUNTS = List.of(
      "[:find (count ?e) :where [?e :n/kind]]",
      "[:find (count ?e) . :where [?e :n/kind _]]",
      "[:find (count ?e) . :where [?e :n/kind :red]]",
      "[:find (count ?e) . :where [?e :n/kind :none]]",
      "[:find (count ?e) . :where [?e :n/num _]]",
      "[:find (count ?e) . :where [?e :n/num ?n]]",
      "[:find (count ?e) . :with ?n :where [?e :n/num ?n]]",
      "[:find (count ?n) . :where [?e :n/num ?n]]",
      "[:find ?k (count ?e) :where [?e :n/kind ?k]]",
      "[:find (count ?e) ?k (count ?k) :where [?e :n/kind ?k]]",
      "[:find ?n (count ?e) :where [?e :n/num ?n]]",
      "[:find ?t (count ?e) :where [?e :n/tags ?t]]",
      "[:find ?d (count ?e) :where [?e :n/d ?d]]",
      "[:find ?big (count ?e) :where [?e :n/big ?big]]",
      "[:find ?up (count ?e) :where [?e :n/up ?up]]",
      "[:find ?e (count ?n) :where [?e :n/num ?n]]",
      "[:find ?k (count ?e) :keys kind count :where [?e :n/kind ?k]]",
      "[:find (pull ?up [:n/x]) (count ?e) :where [?e :n/up ?up]]",
      "[:find ?x (count ?x) :where [?x :n/up ?x]]",
      "[:find ?k (count ?tx) :where [_ :n/kind ?k ?tx]]");

  private static final LocalDb.Surroundings SURROUNDINGS = new LocalDb.Surroundings(
      FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH));

  private Database database = Database.empty("groups");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aggregatesAsOfLists(long seed) {
    Random random = new Random(seed);
    Db db = data(random, 5 + random.nextInt(40));
    for (Db view : List.of(db, db.asOf(db.basisT() - 1), db.history(), db.since(3))) {
      for (String keys : KEYS) {
        for (String calls : CALLS) {
          String find = "[:find " + keys + " " + calls;
          check(view, find + " :where " + WHERE + "]", seed);
          check(view, find + " :with ?e ?t :where " + WHERE + "]", seed);
        }
      }
      for (String query : COUNTS) {
        if (!view.isHistory() || !query.contains("pull")) { // which history refuses
          check(view, query, seed);
        }
      }
    }
  }

  /// So many rows that counting by the index pays.
  @Test
  void countsByTheIndexAsByRows() {
    Db db = data(new Random(7), 4000);
    for (String query : COUNTS) {
      check(db, query, 7);
    }
    assertEquals(
        4000L,
        db.<List<List<?>>>q("[:find ?k (count ?e) :where [?e :n/kind ?k]]").stream()
            .mapToLong(row -> (Long) row.get(1))
            .sum());
  }

  @Test
  void aSumThatDoesNotFitIsRefusedEitherWay() {
    transact(SCHEMA);
    transact("[{:n/x 9223372036854775807} {:n/x 1}]");
    Db db = LocalDb.of(database, SURROUNDINGS);
    String query = "[:find (sum ?x) . :where [_ :n/x ?x]]";
    String plain = Queries.using(
        EnumSet.noneOf(Optimization.class),
        () -> assertThrows(AnomalyException.class, () -> db.q(query)).getMessage());
    assertEquals(plain, assertThrows(AnomalyException.class, () -> db.q(query)).getMessage());
  }

  private static void check(Db db, String query, long seed) {
    Object expected = Queries.using(
        EnumSet.complementOf(EnumSet.of(Optimization.COLUMN_AGGREGATES)), () -> found(db, query));
    assertEquals(expected, found(db, query), () -> "seed " + seed + ", " + db + ", " + query);
  }

  /// The result, whose rows may come in any order, as counts of rows.
  private static @Nullable Object found(Db db, String query) {
    Object result = db.q(query);
    if (!(result instanceof List<?> rows)) {
      return result;
    }
    Map<Object, Integer> counts = new HashMap<>();
    for (Object row : rows) {
      counts.merge(row instanceof List<?> list ? new ArrayList<>(list) : row, 1, Integer::sum);
    }
    return counts;
  }

  private Db data(Random random, int entities) {
    transact(SCHEMA);
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < entities; i++) {
      text.append("{:db/id \"").append(i).append("\" :n/x ").append(random.nextInt(20) - 5);
      text.append(" :n/num [").append(random.nextInt(4)).append(' ').append(random.nextInt(9));
      text.append("] :n/kind ").append(random.nextBoolean() ? ":red" : ":blue");
      text.append(" :n/tags [\"a\" \"").append(random.nextInt(3)).append("\"] :n/d ");
      text.append(random.nextInt(6) / 4.0).append(" :n/at #inst \"2026-01-0");
      text.append(1 + random.nextInt(5)).append("\" :n/big ").append(random.nextInt(3));
      text.append(random.nextBoolean() ? "M" : ".0M").append(" :n/up \"");
      text.append(random.nextInt(Math.min(4, entities))).append("\"}");
    }
    transact(text.append("]").toString());
    Object first = Edn.read("[:find ?e . :where [?e :n/kind :red]]");
    Object e = LocalDb.of(database, SURROUNDINGS).q(first);
    if (e != null) {
      transact("[[:db/add " + e + " :n/x 77]]");
    }
    return LocalDb.of(database, SURROUNDINGS);
  }

  private void transact(String text) {
    database = Transactions.transact(
            database,
            text,
            new TxContext(
                FunctionResolver.none(),
                facts -> LocalDb.of(facts, SURROUNDINGS),
                Instant.EPOCH.plusSeconds(1 + database.basisT()),
                Optional.empty()))
        .after();
  }
}
