package valence.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;
import valence.ion.Cast;

@ValenceTest(
    database = "shop",
    facts = {"shop.edn", "items.edn"},
    now = "2026-01-01T00:00:00Z")
class ValenceExtensionTest {
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  private static Object free(Db db, String sku) {
    return db.pull("[:item/free]", List.of(kw("item/sku"), sku)).get(kw("item/free"));
  }

  private static Object said(Db db, long t, String attribute) {
    return db.pull(List.of(kw(attribute)), Valence.toTx(t)).get(kw(attribute));
  }

  @RepeatedTest(3)
  void whatATestSaysNoOtherSees(Connection connection) {
    assertThat(free(connection.db(), "tea")).isEqualTo(10L);
    connection.transact("[[valence.test.Shop/take \"tea\" 4]]");
    assertThat(free(connection.db(), "tea")).isEqualTo(6L);
    try (var log = connection.txRange(null, null)) {
      // The bootstrap, two resources, and what was said here.
      assertThat(log.count()).isEqualTo(4);
    }
  }

  @Test
  void transactionsAreSaidAtTheTimeOfTheTest(Connection connection, TestClock clock) {
    assertThat(said(connection.db(), connection.db().basisT(), "db/txInstant"))
        .isEqualTo(Date.from(NEW_YEAR));
    clock.advance(Duration.ofDays(3));
    var report = connection.transact("[[:db/add [:item/sku \"tea\"] :item/free 1]]");
    assertThat(said(report.dbAfter(), report.dbAfter().basisT(), "db/txInstant"))
        .isEqualTo(Date.from(NEW_YEAR.plus(Duration.ofDays(3))));
    Db yesterday = report.dbAfter().asOf(Date.from(NEW_YEAR.plus(Duration.ofDays(2))));
    assertThat(free(yesterday, "tea")).isEqualTo(10L);
    assertThat(free(report.dbAfter(), "tea")).isEqualTo(1L);
  }

  @Test
  void onlyWhatTheConfigurationAllowsIsCalled(Db db, Ions ions) throws Exception {
    assertThat(db.<Object>q(
            "[:find ?l . :where [_ :item/free ?f]" + " [(valence.test.Shop/level ?f) ?l]]"))
        .isEqualTo("good");
    assertThat(ions.call("valence.test.Shop/level", 2)).isEqualTo("low");
    assertThatThrownBy(() -> db.<Object>q("[:find ?l . :where [(valence.test.Shop/secret) ?l]]"))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.FORBIDDEN))
        .hasMessageContaining("not allowed by ion-config.edn");
  }

  @Test
  void lambdaFunctionsAreCalledAsByTheirCallers(Ions ions) {
    var echoed = ions.invoke("echo", "{\"a\": 1}");
    assertThat(echoed.status()).isEqualTo(200);
    assertThat(echoed.failed()).isFalse();
    assertThat(echoed.payload()).contains("\"{\\\"a\\\": 1}\"").contains("solo-echo");
    var failed = ions.invoke("echo", "\"fail\"");
    assertThat(failed.failed()).isTrue();
    assertThat(failed.payload()).contains("java.lang.IllegalStateException").contains("no tea");
    assertThat(ions.invoke("echo", "\"odd\"").payload()).contains("which JSON has no form for");
    assertThat(ions.invoke("echo", "\"large\"").payload()).contains("ResponseSizeTooLarge");
    assertThat(ions.invoke("echo", "{not json").status()).isEqualTo(400);
    assertThat(ions.invoke("nothing", "{}").status()).isEqualTo(404);
  }

  @Test
  void aLambdaFunctionIsGivenUpAfterItsTime(Ions ions) {
    Shop.arrived = new CountDownLatch(1);
    Shop.gate = new CountDownLatch(1);
    assertThat(ions.invoke("echo", "\"wait\"").payload()).contains("timed out after 1 seconds");
  }

  @Test
  void asManyCallsRunAsTheConfigurationSays(Ions ions) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    Shop.arrived = arrived;
    Shop.gate = gate;
    var first = CompletableFuture.supplyAsync(() -> ions.get("/wait"));
    arrived.await();
    assertThat(ions.get("/").status()).isEqualTo(429);
    assertThat(ions.get("/").text()).isEqualTo("Throttled");
    gate.countDown();
    assertThat(first.get().text()).isEqualTo("waited");
  }

  @Test
  void theHandlerIsAskedOverHttp(Ions ions) {
    assertThat(ions.get("/a?q=b%20c").text()).isEqualTo("GET b c");
    var posted = ions.post("/", "text/plain", "tee: grün");
    assertThat(posted.text()).isEqualTo("POST tee: grün");
    assertThat(posted.headers()).containsKey("x-request-id");
  }

  @Test
  void whatTheApplicationTransactsSaysWhichCodeDidIt(Connection connection, Ions ions) {
    assertThat(ions.get("/say").text()).isEqualTo("said");
    Db db = connection.db();
    assertThat(said(db, db.basisT(), "valence.tx/revision")).isEqualTo("test");
    assertThat(said(db, db.basisT(), "valence.tx/function"))
        .isEqualTo(List.of("valence.test.Shop/handle"));
    assertThat(ions.get("/take").text()).isEqualTo("taken");
    db = connection.db();
    assertThat(free(db, "tea")).isEqualTo(7L);
    assertThat(said(db, db.basisT(), "valence.tx/function"))
        .isEqualTo(List.of("valence.test.Shop/take"));
    assertThat(ions.get("/info").text()).contains("shop").contains("solo").contains("test");
  }

  @Test
  void castsAreKept(TestSystem system, Ions ions) {
    ions.get("/tea");
    Throwable broken = new IllegalStateException("broken");
    Cast.alert(Map.of("msg", "look", "ex", broken));
    Cast.dev(Map.of("x", 1));
    assertThat(system.casts("event"))
        .containsExactly(new Said("event", Map.of(kw("msg"), "asked", kw("shop/path"), "/tea")));
    assertThat(system.casts("alert").getFirst().get("ex")).isSameAs(broken);
    assertThat(system.casts()).extracting(Said::kind).containsExactly("event", "alert", "dev");
  }

  @Test
  void theStartUpCheckSaysWhatADeploymentWouldHear(TestSystem system, Ions ions)
      throws InterruptedException {
    assertThat(ions.check()).isEqualTo(new Ions.CheckAnswer(true, ""));
    system.environment("state", "closed");
    assertThat(ions.check())
        .isEqualTo(new Ions.CheckAnswer(
            false, "Its check valence.test.Shop/ready says that it isn't ready."));
    system.environment("state", "broken");
    assertThat(ions.check().reason()).contains("threw", "no shelf");
    system.environment("state", "stuck");
    assertThat(ions.check().reason()).contains("hadn't ended after 1 s");
  }

  @Test
  void whatEdnCannotCarryIsNoArgument(Ions ions) throws Exception {
    assertThat(ions.call("valence.test.Shop/labels", List.of("tea", "pot")))
        .isEqualTo(Map.of("class", "clojure.lang.PersistentVector", "first", "tea"));
    assertThatThrownBy(() -> ions.call("valence.test.Shop/labels", List.of(new Object())))
        .isInstanceOf(AnomalyException.class);
  }

  @Test
  void transactionsCallOnlyWhatIsAllowed(Connection connection) {
    assertThatThrownBy(() -> connection.transact("[[valence.test.Shop/secret]]"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("not allowed by ion-config.edn");
    assertThat(free(connection.db(), "tea")).isEqualTo(10L);
  }

  @Nested
  class Within {
    @Test
    void anInnerClassHasTheSame(Db db) {
      assertThat(free(db, "tea")).isEqualTo(10L);
    }
  }
}
