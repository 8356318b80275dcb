package valence.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.api.TxFeed;
import valence.api.Valence;

/// The feed of transactions, the calls that wait, and points in time.
class TxFeedTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Client client =
      Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));
  private Connection connection;

  @BeforeEach
  void create() {
    client.createDatabase("feed");
    connection = client.connect("feed");
  }

  @AfterEach
  void close() {
    client.close();
  }

  private long say(String doc) {
    return connection.transact(List.of(Map.of(kw("db/doc"), doc))).dbAfter().basisT();
  }

  /// On a thread of its own: the common pool may have one thread only.
  private static CompletableFuture<Void> runAsync(Runnable call) {
    return CompletableFuture.runAsync(call, Thread::startVirtualThread);
  }

  private static Anomaly refusal(Throwable thrown) {
    assertThat(thrown).isInstanceOf(AnomalyException.class);
    return ((AnomalyException) thrown).anomaly();
  }

  @Test
  void aFeedGivesWhatWasSaidAndThenWhatIsSaidEachOnceInOrder() throws Exception {
    say("1");
    say("2");
    try (TxFeed feed = connection.txFeed(1)) {
      assertThat(feed.t()).isZero();
      List<Long> read = new ArrayList<>();
      CompletableFuture<Void> reader = runAsync(() -> {
        while (read.size() < 500) {
          LogEntry entry = feed.next(LONG).orElseThrow();
          assertThat(connection.db().basisT()).isGreaterThanOrEqualTo(entry.t());
          assertThat(entry.data()).extracting(Datom::t).containsOnly(entry.t());
          read.add(entry.t());
        }
      });
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        writers.add(runAsync(() -> {
          for (int i = 0; i < 125; i++) {
            say("more");
          }
        }));
      }
      for (CompletableFuture<Void> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }
      reader.get(60, TimeUnit.SECONDS);
      for (int i = 0; i < read.size(); i++) {
        assertThat(read.get(i)).isEqualTo(i + 1);
      }
      assertThat(feed.t()).isEqualTo(500);
    }
  }

  @Test
  void aFeedGoesOnWhereAnotherEnded() {
    say("1");
    say("2");
    say("3");
    long last;
    try (TxFeed feed = connection.txFeed(2)) {
      assertThat(feed.next(Duration.ZERO)).map(LogEntry::t).contains(2L);
      last = feed.t();
    }
    try (TxFeed feed = connection.txFeed(last + 1)) {
      assertThat(feed.next(Duration.ZERO)).map(LogEntry::t).contains(3L);
      assertThat(feed.next(Duration.ZERO)).isEmpty();
      say("4");
      assertThat(feed.next(Duration.ZERO)).map(LogEntry::t).contains(4L);
    }
  }

  @Test
  void closingAFeedEndsTheWaitOfItsReader() throws Exception {
    TxFeed feed = connection.txFeed(1);
    CompletableFuture<Optional<LogEntry>> waiting =
        Valence.async(() -> feed.next(LONG)).toCompletableFuture();
    feed.close();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isEmpty();
    say("unheard");
    assertThat(feed.next(LONG)).isEmpty();
  }

  @Test
  void deletingTheDatabaseEndsTheWaitWithNotFound() {
    TxFeed feed = connection.txFeed(1);
    CompletableFuture<Optional<LogEntry>> waiting =
        Valence.async(() -> feed.next(LONG)).toCompletableFuture();
    client.deleteDatabase("feed");
    assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .satisfies(thrown -> assertThat(refusal(thrown.getCause()).category())
            .isEqualTo(Anomaly.Category.NOT_FOUND));
  }

  @Test
  void syncShowsWhatIsInTheLog() {
    long t = say("1");
    assertThat(connection.sync().basisT()).isEqualTo(t);
    assertThat(connection.withDb()).isEqualTo(connection.db());
    assertThat(connection.syncAsync(t).toCompletableFuture().join().basisT()).isEqualTo(t);
  }

  @Test
  void aCallWithoutWaitingFailsWithTheAnomalyItself() {
    assertThatThrownBy(() -> connection
            .db()
            .pullAsync("[:no", kw("db/doc"))
            .toCompletableFuture()
            .join())
        .isInstanceOf(CompletionException.class)
        .satisfies(thrown -> assertThat(refusal(thrown.getCause()).category())
            .isEqualTo(Anomaly.Category.INCORRECT));
  }

  @Test
  void cancellingACallInterruptsIt() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CompletableFuture<Void> started = new CompletableFuture<>();
    CompletableFuture<Optional<LogEntry>> call = Valence.async(() -> {
          started.complete(null);
          try (TxFeed feed = connection.txFeed(1)) {
            return feed.next(LONG);
          } catch (AnomalyException e) {
            interrupted.complete(e.anomaly().category() == Anomaly.Category.INTERRUPTED);
            throw e;
          }
        })
        .toCompletableFuture();
    started.get(60, TimeUnit.SECONDS);
    call.cancel(true);
    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void everyKindOfTimePointNamesTheSameTransaction() {
    connection.transact(
        "[{:db/id \"datomic.tx\" :db/txInstant #inst \"2024-01-01T00:00:00.500\"}]");
    connection.transact(
        "[{:db/id \"datomic.tx\" :db/txInstant #inst \"2024-01-01T00:00:00.501\"}]");
    Db db = connection.db();
    Instant first = Instant.parse("2024-01-01T00:00:00.500Z");
    for (Object point :
        List.of(1, 1L, Valence.toTx(1), java.util.Date.from(first), first, first.plusNanos(999))) {
      assertThat(db.asOf(point).asOfT()).as("%s", point).hasValue(1);
      assertThat(db.since(point).sinceT()).as("%s", point).hasValue(1);
      assertThat(db.txAt(point)).as("%s", point).hasValue(Valence.toTx(1));
    }
    assertThat(ts(first, null)).isEqualTo(List.of(1L, 2L));
    assertThat(ts(first.plusNanos(1), null)).as("rounded up").isEqualTo(List.of(2L));
    assertThat(ts(1, first.plusNanos(1))).isEqualTo(List.of(1L));
    assertThat(ts(Instant.MAX, null)).isEmpty();
    assertThat(ts(Instant.MIN, 2)).isEqualTo(List.of(0L, 1L));
    assertThat(db.txAt(Instant.MIN)).isEmpty();
    assertThat(db.txAt(Instant.MAX)).hasValue(Valence.toTx(2));
  }

  private List<Long> ts(Object start, Object end) {
    try (var entries = connection.txRange(start, end)) {
      return entries.map(LogEntry::t).toList();
    }
  }

  @Test
  void whatIsNoPointInTimeIsIncorrect() {
    Db db = connection.db();
    long entity =
        connection.transact("[{:db/id \"x\" :db/doc \"x\"}]").tempids().get("x");
    for (Object point : new Object[] {null, "2024", kw("now"), 1.5, List.of(), entity}) {
      for (Runnable call : List.<Runnable>of(
          () -> db.asOf(point),
          () -> db.since(point),
          () -> db.txAt(point),
          () -> connection.txFeed(point))) {
        assertThatThrownBy(call::run)
            .satisfies(thrown ->
                assertThat(refusal(thrown).error()).contains(kw("db.error/invalid-time-point")));
      }
    }
  }

  @Test
  void aValueIsReadByKeys() {
    say("1");
    Db db = connection.db().asOf(1).since(0);
    assertThat(db.valAt(kw("db-name"))).isEqualTo("feed");
    assertThat(db.valAt(kw("t"))).isEqualTo(1L);
    assertThat(db.valAt(kw("next-t"))).isEqualTo(2L);
    assertThat(db.valAt(kw("as-of"))).isEqualTo(1L);
    assertThat(db.valAt(kw("since"))).isEqualTo(0L);
    assertThat(db.valAt(kw("history"))).isEqualTo(false);
    assertThat(db.history().valAt(kw("history"))).isEqualTo(true);
    assertThat(db.valAt(kw("no"), 5)).isEqualTo(5);
    assertThat(connection.db().valAt(kw("as-of"))).isNull();
  }

  @Test
  void aDatomIsAListAndARowOfAQuery() {
    say("1");
    Db db = connection.db();
    Datom datom =
        db.datoms(valence.api.Index.AVET, kw("db/doc"), "1").findFirst().orElseThrow();
    List<Object> list = List.of(datom.e(), datom.a(), datom.v(), datom.tx(), true);
    assertThat((Object) datom).isEqualTo(list).hasSameHashCodeAs(list);
    assertThat((Object) list).isEqualTo(datom);
    assertThat(datom.valAt(kw("t"))).isEqualTo(1L);
    assertThat(datom.nth(2)).isEqualTo("1");
    assertThatThrownBy(() -> datom.add("more")).isInstanceOf(UnsupportedOperationException.class);
    Object found = db.q("[:find ?v . :in $ [[_ _ ?v]]]", List.of(datom));
    assertThat(found).isEqualTo("1");
  }

  @Test
  void squuidsBeginWithTheirTime() {
    long before = System.currentTimeMillis() / 1000 * 1000;
    java.util.UUID squuid = Valence.squuid();
    assertThat(Valence.squuidTimeMillis(squuid)).isBetween(before, System.currentTimeMillis());
    assertThat(squuid.version()).isEqualTo(4);
  }
}
