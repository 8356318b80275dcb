package valence.engine.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.schema.Partition;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

class LocalDbTest {
  private static final Keyword VALUE = Keyword.intern("n/v");
  private static final Keyword NEXT = Keyword.intern("n/next");
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final LocalDb.Surroundings SURROUNDINGS = new LocalDb.Surroundings(
      FunctionResolver.none(), (request, functions) -> null, InstantSource.fixed(START));

  /// A database value after some transactions, a second apart.
  private static LocalDb after(Object... txDatas) {
    Database database = Database.empty("test");
    Instant now = START;
    for (Object txData : txDatas) {
      now = now.plusSeconds(1);
      database = Transactions.transact(
              database,
              txData instanceof String text ? Edn.read(text) : txData,
              new TxContext(
                  FunctionResolver.none(),
                  facts -> LocalDb.of(facts, SURROUNDINGS),
                  now,
                  Optional.empty()))
          .after();
    }
    return LocalDb.of(database, SURROUNDINGS);
  }

  private static final String SCHEMA = """
      [{:db/ident :n/v :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :n/next :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
      """;

  private static final int ENTITIES = 3000;

  /// Thousands of values, of which a third have changed since.
  private static LocalDb many() {
    List<Object> first = new ArrayList<>();
    List<Object> second = new ArrayList<>();
    for (int i = 0; i < ENTITIES; i++) {
      first.add(Map.of(Keyword.intern("db/id"), "e" + i, VALUE, (long) (i / 3)));
    }
    LocalDb db = after(SCHEMA, first);
    List<Datom> datoms = db.datoms(Index.AEVT, VALUE).toList();
    for (int i = 0; i < datoms.size(); i += 3) {
      second.add(Map.of(
          Keyword.intern("db/id"),
          datoms.get(i).e(),
          VALUE,
          (long) datoms.get(i).v() + 7));
    }
    return after(SCHEMA, first, second);
  }

  private static Anomaly refused(Runnable call) {
    return assertThrows(AnomalyException.class, call::run).anomaly();
  }

  @Test
  void anIndexPullReversedIsTheIndexPullTurnedRound() {
    LocalDb db = many();
    List<Object> pattern = List.of(Keyword.intern("db/id"), VALUE);
    for (Db view : List.of(db, db.asOf(2), db.since(2), db.asOf(3))) {
      List<Map<Object, Object>> rows = new ArrayList<>(
          view.indexPull(Index.AVET, pattern, List.of(VALUE), false).toList());
      assertFalse(rows.isEmpty());
      Collections.reverse(rows);
      assertEquals(
          rows, view.indexPull(Index.AVET, pattern, List.of(VALUE), true).toList(), "" + view);
    }
  }

  @Test
  void anIndexPullReversedBeginsAtTheStart() {
    List<Map<Object, Object>> rows = many()
        .indexPull(Index.AVET, List.of(VALUE), List.of(VALUE, 500L), true)
        .limit(5)
        .toList();
    assertTrue(
        rows.stream().allMatch(row -> row.get(VALUE) instanceof Long v && v <= 500),
        rows.toString());
    assertEquals(500L, rows.get(0).get(VALUE));
  }

  @Test
  void timePointsAreTransactionsAndInstants() {
    LocalDb db = many();
    Object tx = Partition.tx(2);
    Object date = Date.from(START.plusSeconds(2));
    for (Object point : List.of(2L, tx, date, START.plusMillis(2500))) {
      assertEquals(OptionalLong.of(2), db.asOf(point).asOfT());
      assertEquals(OptionalLong.of(2), db.since(point).sinceT());
    }
    assertEquals(0, db.asOf(START).datoms(Index.AEVT, VALUE).count());
    assertEquals(Anomaly.Category.INCORRECT, refused(() -> db.asOf("now")).category());
    long entity = db.datoms(Index.AEVT, VALUE).findFirst().orElseThrow().e();
    assertEquals(Anomaly.Category.INCORRECT, refused(() -> db.asOf(entity)).category());
  }

  @Test
  void theLastAsOfWins() {
    LocalDb db = many();
    assertEquals(db.asOf(3), db.asOf(1).asOf(3));
    assertNotEquals(db.asOf(2), db.asOf(3));
  }

  @Test
  void asOfBeyondTheBasisIsUnavailableAtUse() {
    LocalDb later = many().asOf(99);
    assertEquals(
        Anomaly.Category.UNAVAILABLE, refused(() -> later.datoms(Index.EAVT)).category());
  }

  @Test
  void statsCountTheHistoryWhateverTheFilter() {
    LocalDb db = many();
    long history = db.history().datoms(Index.AEVT, VALUE).count();
    assertEquals(history, db.asOf(2).stats().attributes().get(VALUE));
    assertEquals(db.history().datoms(Index.EAVT).count(), db.stats().datoms());
  }

  @Test
  void withKeepsTheFilterAndLeavesNoTrace() {
    LocalDb db = many();
    Datom any = db.datoms(Index.AEVT, VALUE).findFirst().orElseThrow();
    List<?> txData = List.of(Map.of(Keyword.intern("db/id"), any.e(), VALUE, 77_777L));
    Db after = db.with(txData).dbAfter();
    assertEquals(Map.of(VALUE, 77_777L), after.pull(List.of(VALUE), any.e()));
    assertEquals(Map.of(VALUE, any.v()), db.pull(List.of(VALUE), any.e()));
    Db past = db.asOf(2).with(txData).dbAfter();
    assertEquals(OptionalLong.of(2), past.asOfT());
    assertEquals(db.asOf(2).pull(List.of(VALUE), any.e()), past.pull(List.of(VALUE), any.e()));
    assertEquals(
        Anomaly.Category.INCORRECT, refused(() -> db.history().with(txData)).category());
    assertNotEquals(after, db.with(txData).dbAfter());
  }

  @Test
  void printsAsItsDescription() {
    assertEquals(
        "#valence/db {:db-name \"test\", :t 3, :as-of 2}", many().asOf(2).toString());
  }

  @Test
  void aPullTooDeepIsRefusedWithoutOverflow() throws InterruptedException {
    List<Object> chain = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      chain.add(
          Map.of(Keyword.intern("db/id"), "e" + i, VALUE, (long) i, NEXT, "e" + (i + 1) % 5000));
    }
    LocalDb db = after(SCHEMA, chain);
    long first = db.datoms(Index.AVET, VALUE, 0L).findFirst().orElseThrow().e();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    // The stack that threads have where nobody chose one.
    Thread usual = new Thread(
        null,
        () -> {
          try {
            db.pull("[:n/v {:n/next 450}]", first);
            db.pull("[:n/v {:n/next ...}]", first);
          } catch (Throwable thrown) {
            failure.set(thrown);
          }
        },
        "usual stack",
        1 << 20);
    usual.start();
    usual.join();
    assertTrue(
        failure.get() instanceof AnomalyException refused
            && refused.anomaly().category() == Anomaly.Category.INCORRECT,
        "" + failure.get());
  }
}
