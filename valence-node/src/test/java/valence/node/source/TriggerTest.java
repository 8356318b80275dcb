package valence.node.source;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.wire.json.PlainJson;

final class TriggerTest {
  @TempDir
  Path directory;

  private EventSystem system;

  @BeforeEach
  void open() {
    system = new EventSystem(directory);
  }

  @AfterEach
  void close() {
    system.close();
  }

  private void deploy(String function, String more) throws Exception {
    system.deploy(
        "v1", ":low {:type :trigger :db \"shop\" :fn ev.Events/" + function + " " + more + "}");
    system.await(() -> system.status("low", "state").equals(kw("running")), system.sources::status);
  }

  private long say(String facts) {
    return system.shop().transact(facts).dbAfter().basisT();
  }

  private void awaitPosition(long t) {
    system.await(() -> system.status("low", "position").equals("t " + t), system.sources::status);
  }

  private static final String WHERE =
      ":where [[?i :item/free ?n] [?i :item/sku ?sku] [(< ?n 5)]]" + " :find [?sku ?n]";

  @Test
  void aTransactionThatMeetsTheConditionCallsTheFunction() throws Exception {
    say("[{:item/sku \"old\" :item/free 1}]");
    deploy("low", WHERE);
    say("[{:item/sku \"tea\" :item/free 9}]");
    long first = say("[{:item/sku \"tea\" :item/free 3} {:item/sku \"oat\" :item/free 4}]");
    say("[{:item/sku \"tea\" :other/thing 7}]");
    say("[{:item/sku \"none\" :item/free 8}]");
    long second = say("[{:item/sku \"tea\" :item/free 2}]");
    long last = say("[[:db/retract [:item/sku \"tea\"] :item/free 2]]");
    awaitPosition(last);
    assertThat(system.ts()).containsExactly(first, second);
    assertThat(system.payloads().getFirst()).contains("[\"tea\" 3]", "[\"oat\" 4]");
    assertThat(system.payloads().get(1)).isEqualTo("[[\"tea\" 2]]");
    assertThat(system.status("low", "delivered")).isEqualTo(2L);
    assertThat(system.status("low", "lag")).isEqualTo(0L);
  }

  @Test
  void constantsAndTheFactsThemselvesCanBeNamed() throws Exception {
    deploy("low", ":where [[?i :item/kind :kind/tea] [?i :item/sku ?sku]] :find [?sku]");
    say("[{:item/sku \"a\" :item/kind :kind/oat}]");
    long tea = say("[{:item/sku \"b\" :item/kind :kind/tea}]");
    awaitPosition(tea);
    assertThat(system.ts()).containsExactly(tea);
    system.deploy(
        "v2",
        ":low {:type :trigger :db \"shop\" :fn ev.Events/low"
            + " :where [[$new ?i :item/free ?before _ false] [$new ?i :item/free ?after _ true]"
            + " [(< ?after ?before)]] :find [?before ?after]}");
    system.await(
        () -> system.status("low", "delivered").equals(0L), // of the new one
        system.sources::status);
    awaitPosition(tea);
    say("[{:item/sku \"a\" :item/free 5}]");
    say("[{:item/sku \"a\" :item/free 6}]");
    long down = say("[{:item/sku \"a\" :item/free 2}]");
    awaitPosition(down);
    assertThat(system.payloads().getLast()).isEqualTo("[[6 2]]");
    assertThat(system.ts()).containsExactly(tea, down);
  }

  @Test
  void aLambdaGetsTheRowsAsAnEvent() throws Exception {
    system.deploy(
        "v1", ":low {:type :trigger :db \"shop\" :lambda :note :from :beginning " + WHERE + "}");
    long t = say("[{:item/sku \"tea\" :item/free 3}]");
    Map<?, ?> event = (Map<?, ?>) PlainJson.read(system.awaitPayloads(1).getFirst());
    assertThat(event.get("source")).isEqualTo("valence.trigger");
    Map<?, ?> detail = (Map<?, ?>) event.get("detail");
    assertThat(detail.get("t")).isEqualTo(t);
    assertThat(detail.get("rows")).isEqualTo(List.of(List.of("tea", 3L)));
  }

  @Test
  void itsOwnTransactionsCanBeLeftOut() throws Exception {
    deploy("refill", ":where [[?i :item/free ?n] [(< ?n 5)]] :own :skip");
    say("[{:item/sku \"tea\" :item/free 3}]");
    system.awaitPayloads(1);
    long marker = say("[{:item/sku \"tea\" :other/thing 1}]");
    system.await(
        () -> Long.parseLong(system.status("low", "position").toString().substring(2)) >= marker,
        system.sources::status);
    assertThat(system.payloads()).hasSize(1);
  }

  @Test
  void whatFailsTooOftenStopsItUntilItIsResumed() throws Exception {
    deploy("broken", WHERE + " :retries 2");
    long t = say("[{:item/sku \"tea\" :item/free 3}]");
    long next = say("[{:item/sku \"oat\" :item/free 2}]");
    system.await(() -> system.status("low", "state").equals(kw("failed")), system.sources::status);
    assertThat(system.status("low", "last-error").toString())
        .startsWith("Failed at t " + t + ": ")
        .contains("broken at");
    assertThat(system.status("low", "failed")).isEqualTo(3L);
    system.crash();
    system.run();
    system.await(() -> system.status("low", "state").equals(kw("failed")), system.sources::status);
    system.deploy("v2", ":low {:type :trigger :db \"shop\" :fn ev.Events/low " + WHERE + "}");
    system.sources.resume("low");
    system.await(() -> system.ts().equals(List.of(t, next)), system.sources::status);
  }

  @Test
  void whatFailsTooOftenCanBePutAside() throws Exception {
    deploy("broken", WHERE + " :retries 0 :on-failure :dead-letter");
    long t = say("[{:item/sku \"tea\" :item/free 3}]");
    awaitPosition(t);
    assertThat(system.sources.dead("low", 10))
        .extracting("body")
        .containsExactly("{\"t\":" + t + "}");
    system.deploy("v2", ":low {:type :trigger :db \"shop\" :fn ev.Events/low " + WHERE + "}");
    system.await(() -> system.sources.replay("low") == 1, () -> system.sources.dead("low", 10));
    assertThat(system.ts()).containsExactly(t);
    system.await(() -> system.status("low", "dead").equals(0L), system.sources::status);
  }

  @Test
  void aDatabaseThatIsMadeLaterIsFollowedFromItsBeginning() throws Exception {
    system.deploy("v1", ":low {:type :trigger :db \"later\" :fn ev.Events/low " + WHERE + "}");
    system.await(
        () -> system.status("low", "last-error").toString().contains("later"),
        system.sources::status);
    system.client.createDatabase("later");
    var later = system.client.connect("later");
    later.transact(EventSystem.SHOP);
    later.transact("[{:item/sku \"tea\" :item/free 3}]");
    assertThat(system.awaitPayloads(1)).containsExactly("[[\"tea\" 3]]");
  }

  /// Transactions, failures of the function and crashes at random: each transaction that meets the
  /// condition calls at least once, and for the first time in the order of t.
  @Test
  void eachIsDeliveredAtLeastOnceAndInOrder() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> expected = new ArrayList<>();
    deploy("shaky", WHERE + " :retries 100");
    for (int i = 0; i < 60; i++) {
      int kind = random.nextInt(10);
      if (kind < 6) {
        int free = random.nextInt(10);
        long before = system.shop().db().basisT();
        long t = say("[{:item/sku \"s" + i + "\" :item/free " + free + "}]");
        assertThat(t).isEqualTo(before + 1);
        if (free < 5) {
          expected.add(t);
        }
      } else if (kind < 8) {
        say("[{:item/sku \"s\" :other/thing " + i + "}]");
      } else {
        system.crash();
        system.run();
      }
    }
    system.await(
        () -> system.ts().containsAll(expected),
        () -> "-Dseed=" + seed + " " + system.ts() + " of " + expected);
    assertThat(List.copyOf(new LinkedHashSet<>(system.ts())))
        .as("-Dseed=%d", seed)
        .isEqualTo(expected);
  }
}
