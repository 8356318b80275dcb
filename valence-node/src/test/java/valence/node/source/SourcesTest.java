package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueSettings;
import valence.wire.json.PlainJson;

final class SourcesTest {
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

  private static Map<?, ?> record(String payload) {
    return (Map<?, ?>) ((List<?>) ((Map<?, ?>) PlainJson.read(payload)).get("Records")).getFirst();
  }

  private void send(String body) {
    system.queues.open("orders", QueueSettings.DEFAULT).send(List.of(new Draft(body)));
  }

  @Test
  void messagesOfAQueueComeInTheShapeOfSqs() throws Exception {
    system.deploy("v1", ":orders {:type :queue :queue \"orders\" :lambda :note}");
    system
        .queues
        .open("orders", QueueSettings.DEFAULT)
        .send(List.of(new Draft(
            "hi",
            "{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"x\"}}",
            java.time.Duration.ZERO)));
    Map<?, ?> record = record(system.awaitPayloads(1).getFirst());
    assertThat(record.get("body")).isEqualTo("hi");
    assertThat(record.get("eventSource")).isEqualTo("aws:sqs");
    assertThat(record.get("md5OfBody")).isEqualTo("49f68a5c8493ec2c0bf489821c21fc3b");
    assertThat(((Map<?, ?>) record.get("messageAttributes")).get("kind").toString())
        .contains("stringValue=x", "dataType=String");
    assertThat(((Map<?, ?>) record.get("attributes")).get("ApproximateReceiveCount"))
        .isEqualTo("1");
    system.await(() -> system.status("orders", "lag").equals(0L), system.sources::status);
    assertThat(system.status("orders", "delivered")).isEqualTo(1L);
  }

  @Test
  void whatFailsTooOftenIsADeadLetterUntilItIsReplayed() throws Exception {
    system.deploy(
        "v1",
        ":orders {:type :queue :queue \"orders\" :fn ev.Events/fragile :retries 2"
            + " :batch-size 1}");
    send("poison");
    send("fine");
    assertThat(record(system.awaitPayloads(1).getFirst()).get("body")).isEqualTo("fine");
    system.await(() -> system.status("orders", "dead").equals(1L), system.sources::status);
    assertThat(system.sources.dead("orders", 10)).satisfiesExactly(dead -> {
      assertThat(dead.body()).isEqualTo("poison");
      assertThat(dead.received()).isEqualTo(3);
      assertThat(dead.why()).contains("poisoned");
    });
    assertThat(system.status("orders", "failed")).isEqualTo(3L);
    system.deploy("v2", ":orders {:type :queue :queue \"orders\" :lambda :note}");
    system.await(
        () -> system.status("orders", "failed").equals(0L), // it is the new one
        system.sources::status);
    system.await(
        () -> system.sources.replay("orders") >= 0
            && system.payloads().stream().anyMatch(payload -> payload.contains("poison")),
        system.sources::status);
    assertThat(system.status("orders", "dead")).isEqualTo(0L);
  }

  @Test
  void aFunctionCanSayWhichMessagesFailed() throws Exception {
    system
        .queues
        .open("orders", QueueSettings.DEFAULT)
        .send(List.of(new Draft("good"), new Draft("bad"), new Draft("better")));
    system.deploy("v1", ":orders {:type :queue :queue \"orders\" :fn ev.Events/partly :retries 1}");
    assertThat(system.awaitPayloads(2).getFirst()).contains("good", "bad", "better");
    assertThat(system.payloads().get(1)).contains("bad").doesNotContain("good");
    system.await(() -> system.status("orders", "dead").equals(1L), system.sources::status);
    assertThat(system.sources.dead("orders", 10)).extracting("body").containsExactly("bad");
  }

  @Test
  void aSourceWaitsWhilePausedAlsoOverARestart() throws Exception {
    String config = ":orders {:type :queue :queue \"orders\" :lambda :note}";
    system.deploy("v1", config);
    system.await(() -> system.status("orders", "state").equals(kw("running")), () -> "");
    system.sources.pause("orders");
    system.crash();
    system.run();
    system.await(
        () -> system.status("orders", "state").equals(kw("paused")), system.sources::status);
    send("later");
    assertThat(system.payloads()).isEmpty();
    system.sources.resume("orders");
    assertThat(system.awaitPayloads(1)).hasSize(1);
    assertThatThrownBy(() -> system.sources.pause("none"))
        .hasMessageContaining("No source none runs");
  }

  @Test
  void aDeploymentChangesWhatIsCalledAndWhatRuns() throws Exception {
    system.deploy(
        "v1",
        ":a {:type :queue :queue \"a\" :lambda :note}"
            + " :b {:type :queue :queue \"b\" :lambda :note :enabled false}");
    system.queues.open("a", QueueSettings.DEFAULT).send(List.of(new Draft("1")));
    system.awaitPayloads(1);
    assertThat(system.status("b", "state")).isEqualTo(kw("disabled"));
    system.deploy("v2", ":a {:type :queue :queue \"a\" :lambda :note}");
    system.queues.open("a", QueueSettings.DEFAULT).send(List.of(new Draft("2")));
    system.awaitPayloads(2);
    assertThat(system.noted.db().<List<Object>>q("[:find [?by ...] :where [_ :noted/by ?by]]"))
        .containsExactlyInAnyOrder("v1", "v2");
    system.deploy("v3", "");
    system.await(() -> system.sources.status().isEmpty(), system.sources::status);
    system.queues.existing("a").send(List.of(new Draft("3")));
    assertThat(system.queues.existing("a").counts().ready()).isEqualTo(1);
    assertThat(system.payloads()).hasSize(2);
  }

  @Test
  void filesAreToldOfOnceAlsoOverACrash() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("in/sub dir")).getParent();
    Files.writeString(folder.resolve("sub dir/a b.csv"), "1");
    Files.writeString(folder.resolve("skip.txt"), "1");
    Files.writeString(folder.resolve(".hidden.csv"), "1");
    Path outside = Files.writeString(directory.resolve("outside.csv"), "secret");
    Files.createSymbolicLink(folder.resolve("link.csv"), outside);
    String config = ":uploads {:type :directory :path \"/nowhere\" :path-param \"in\" :lambda :note"
        + " :match \"**.csv\" :changes [:created :modified :removed] :settle-millis 20}";
    system.parameters.put("in", folder.toString());
    system.deploy("v1", config);
    Map<?, ?> record = record(system.awaitPayloads(1).getFirst());
    Map<?, ?> s3 = (Map<?, ?>) record.get("s3");
    assertThat(((Map<?, ?>) s3.get("object")).get("key")).isEqualTo("sub+dir/a+b.csv");
    assertThat(((Map<?, ?>) s3.get("bucket")).get("name")).isEqualTo("uploads");
    assertThat(record.get("eventName")).isEqualTo("ObjectCreated:Put");
    assertThat(((Map<?, ?>) record.get("valence")).get("path"))
        .isEqualTo(folder.toRealPath().resolve("sub dir/a b.csv").toString());
    system.await(() -> system.status("uploads", "lag").equals(0L), system.sources::status);
    system.crash();
    Files.writeString(folder.resolve("new.csv"), "2");
    Files.delete(folder.resolve("sub dir/a b.csv"));
    system.run();
    system.await(
        () -> String.join("", system.payloads()).contains("ObjectRemoved:Delete")
            && String.join("", system.payloads()).contains("new.csv"),
        system::payloads);
    List<String> payloads = system.payloads();
    assertThat(String.join("", payloads.subList(1, payloads.size())))
        .contains("new.csv", "ObjectRemoved:Delete")
        .doesNotContain("link.csv", "skip", "hidden");
    Files.writeString(folder.resolve("new.csv"), "changed");
    system.await(
        () -> String.join("", system.payloads()).contains("\"modified\""), system::payloads);
  }

  @Test
  void aDirectoryThatIsntThereIsSaidAndWaitedFor() throws Exception {
    Path folder = directory.resolve("later");
    system.deploy(
        "v1",
        ":uploads {:type :directory :path \"" + folder + "\" :lambda :note :settle-millis 0}");
    system.await(
        () -> system.status("uploads", "last-error").toString().contains("later"),
        system.sources::status);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("x"), "1");
    assertThat(system.awaitPayloads(1).getFirst()).contains("\"key\":\"x\"");
  }

  private static String hmac(String secret, String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
  }

  private WebhookInbox webhook(String name) {
    system.await(() -> system.sources.webhook(name).isPresent(), system.sources::status);
    return system.sources.webhook(name).orElseThrow();
  }

  @Test
  void aWebhookTakesWhatIsSignedOnce() throws Exception {
    system.deploy(
        "v1",
        ":github {:type :webhook :secret-param \"gh\" :lambda :note}"
            + " :stripe {:type :webhook :signature :stripe :secret-param \"st\" :lambda :note"
            + " :as :body}"
            + " :other {:type :webhook :signature :header :header \"X-Sign\" :secret-param \"ot\""
            + " :lambda :note :as :sns}");
    String body = "{\"id\":\"evt_1\",\"action\":\"opened\"}";
    Map<String, String> headers =
        Map.of("x-hub-signature-256", "sha256=" + hmac("s1", body), "x-github-delivery", "d-1");
    assertThatThrownBy(
            () -> webhook("github").take("/webhook/github", headers, body.getBytes(UTF_8)))
        .hasMessageContaining("needs the parameter gh");
    system.parameters.putAll(Map.of("gh", "s1", "st", "s2", "ot", "s3"));
    assertThat(webhook("github").take("/webhook/github", headers, body.getBytes(UTF_8)))
        .isEqualTo(WebhookInbox.Taken.NEW);
    assertThat(webhook("github").take("/webhook/github", headers, body.getBytes(UTF_8)))
        .isEqualTo(WebhookInbox.Taken.KNOWN);
    assertThatThrownBy(
            () -> webhook("github").take("/webhook/github", headers, "{}".getBytes(UTF_8)))
        .hasMessageContaining("signature doesn't hold");
    assertThatThrownBy(
            () -> webhook("github").take("/webhook/github", Map.of(), body.getBytes(UTF_8)))
        .hasMessageContaining("x-hub-signature-256 is missing");
    assertThat(system.awaitPayloads(1).getFirst())
        .contains("\"rawPath\":\"/webhook/github\"", "\"x-github-delivery\":\"d-1\"", "evt_1");
    system.await(() -> system.status("github", "lag").equals(0L), system.sources::status);
    system.crash();
    system.run();
    assertThat(webhook("github").take("/webhook/github", headers, body.getBytes(UTF_8)))
        .as("after a crash")
        .isEqualTo(WebhookInbox.Taken.KNOWN);

    long now = Instant.now().getEpochSecond();
    Map<String, String> stripe =
        Map.of("stripe-signature", "t=" + now + ",v1=00,v1=" + hmac("s2", now + "." + body));
    assertThat(webhook("stripe").take("/webhook/stripe", stripe, body.getBytes(UTF_8)))
        .isEqualTo(WebhookInbox.Taken.NEW);
    long old = now - 301;
    Map<String, String> late =
        Map.of("stripe-signature", "t=" + old + ",v1=" + hmac("s2", old + "." + body));
    assertThatThrownBy(() -> webhook("stripe").take("/webhook/stripe", late, body.getBytes(UTF_8)))
        .hasMessageContaining("301 s old");
    assertThat(system.awaitPayloads(2).get(1)).isEqualTo(body);

    Map<String, String> other = Map.of("x-sign", hmac("s3", "hello"));
    webhook("other").take("/webhook/other", other, "hello".getBytes(UTF_8));
    webhook("other").take("/webhook/other", other, "hello".getBytes(UTF_8));
    Map<?, ?> record = record(system.awaitPayloads(4).get(2));
    assertThat(record.get("EventSource")).isEqualTo("aws:sns");
    assertThat(((Map<?, ?>) record.get("Sns")).get("Message")).isEqualTo("hello");
  }

  @Test
  void aScheduleRuns() throws Exception {
    system.deploy("v1", ":tick {:type :schedule :cron \"rate(1 second)\" :lambda :note}");
    Map<?, ?> event = (Map<?, ?>) PlainJson.read(system.awaitPayloads(2).getFirst());
    assertThat(event.get("detail-type")).isEqualTo("Scheduled Event");
    assertThat(event.get("source")).isEqualTo("aws.events");
    assertThat(event.get("resources").toString()).contains("rule/tick");
    assertThat(system.payloads()).doesNotHaveDuplicates();
    assertThat(system.status("tick", "position").toString()).startsWith("next ");
  }

  @Test
  void theStatusNamesEachSource() throws Exception {
    system.deploy(
        "v1",
        ":a {:type :queue :queue \"a\" :lambda :note} :t {:type :trigger :db \"shop\""
            + " :where [[?i :item/free ?n]] :fn ev.Events/low}");
    system.await(() -> system.status("t", "state").equals(kw("running")), system.sources::status);
    List<Map<Keyword, Object>> status = system.sources.status();
    assertThat(status).extracting(each -> each.get(kw("name"))).containsExactly("a", "t");
    assertThat(status.get(1).get(kw("position")))
        .isEqualTo("t " + system.shop().db().basisT());
  }

  @Test
  void aFunctionWithARecordForItsParameterGetsTheEventInIt() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("typed"));
    Files.writeString(folder.resolve("a b+c.csv"), "12345");
    system.parameters.put("s", "secret");
    system.deploy(
        "v1",
        ":files {:type :directory :path \"" + folder + "\" :settle-millis 0 :fn ev.Events/files}"
            + " :messages {:type :queue :queue \"m.fifo\" :fn ev.Events/messages}"
            + " :notices {:type :webhook :secret-param \"s\" :as :sns :fn ev.Events/notices}"
            + " :time {:type :schedule :cron \"@every 1s\" :fn ev.Events/time}");
    system.await(() -> system.queues.find("m.fifo").isPresent(), system.sources::status);
    webhook("notices")
        .take(
            "/webhook/notices",
            Map.of("x-hub-signature-256", "sha256=" + hmac("secret", "news")),
            "news".getBytes(UTF_8));
    system
        .queues
        .existing("m.fifo")
        .send(List.of(new Draft(
            UUID.randomUUID(),
            "hello",
            "{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"x\"}}",
            Duration.ZERO,
            new Draft.Place("g", "1"))));
    system.await(
        () -> system
            .payloads()
            .containsAll(List.of(
                "a b+c.csv true files 5",
                "hello 1 g [x]",
                "news false true",
                "Scheduled Event aws.events 0 {}1")),
        () -> system.payloads() + " " + system.sources.status());
  }

  @Test
  void whatSourcesDidAndWhatWaitsIsMeasured() throws Exception {
    system.deploy(
        "v1",
        ":orders {:type :queue :queue \"orders\" :retries 0 :batch-size 1"
            + " :fn ev.Events/fragile}"
            + " :low {:type :trigger :db \"shop\" :fn ev.Events/low :from :beginning"
            + " :where [[?i :item/free ?n] [(< ?n 5)]]}"
            + " :daily {:type :schedule :cron \"@daily\" :fn ev.Events/fragile}");
    system.await(() -> system.queues.find("orders").isPresent(), system.sources::status);
    Queue orders = system.queues.existing("orders");
    orders.send(List.of(new Draft("fine")));
    orders.send(List.of(new Draft("poison")));
    system.shop().transact("[{:item/sku \"tea\" :item/free 1}]");
    system.await(
        () -> system
            .measured()
            .containsAll(List.of(
                "valence_source_received_total{source=\"orders\"} 2",
                "valence_source_delivered_total{source=\"orders\"} 1",
                "valence_source_failed_total{source=\"orders\"} 1",
                "valence_source_dead_letters_total{source=\"orders\"} 1",
                "valence_source_dead_letters{source=\"orders\"} 1",
                "valence_source_waiting{source=\"orders\"} 0",
                "valence_source_in_flight{source=\"orders\"} 0",
                "valence_source_oldest_seconds{source=\"orders\"} 0",
                "valence_source_delivered_total{source=\"low\"} 1",
                "valence_trigger_lag{source=\"low\"} 0",
                "valence_trigger_stopped{source=\"low\"} 0",
                "valence_schedule_missed_total{source=\"daily\"} 0")),
        system::measured);
    system.sources.pause("orders");
    orders.send(List.of(new Draft("waits")));
    system.await(
        () -> system.measured().contains("valence_source_waiting{source=\"orders\"} 1"),
        system::measured);
  }
}
