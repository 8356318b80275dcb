package valence.node.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.Queues;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Origin;

final class FeedersTest {
  private final Client client = MemorySystem.open();
  private final QueueFacts facts = QueueFacts.open(client);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:30Z"));
  private final Clock clock = InstantSource.system().withZone(ZoneOffset.UTC);
  private final Clock owned = new Clock() {
    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now.get();
    }
  };
  private final Queue queue = Queues.open(facts, clock).open("events", QueueSettings.OF_SOURCE);

  @AfterEach
  void close() {
    client.close();
  }

  private static Origin origin(String source) {
    return IonConfig.parse("{:app-name \"a\" :sources {:s " + source + "}}")
        .sources()
        .get("s")
        .origin();
  }

  private ScheduleFeeder schedule(String text) {
    return new ScheduleFeeder(
        "s", (Origin.Schedule) origin(text), SourceFacts.of(facts, "s"), queue, owned);
  }

  private List<String> taken() throws InterruptedException {
    return queue.receive(1_000, Duration.ofHours(1), Duration.ZERO).stream()
        .map(Message::body)
        .toList();
  }

  @Test
  void eachTimeIsAnEventOnceHoweverManyLook() throws Exception {
    String daily = "{:type :schedule :cron \"0 3 * * *\" :fn a.B/c}";
    ScheduleFeeder one = schedule(daily);
    ScheduleFeeder other = schedule(daily);
    assertThat(one.feed()).isEqualTo(Duration.ofSeconds(30));
    assertThat(taken()).isEmpty();
    now.set(Instant.parse("2026-01-01T03:00:00Z"));
    other.feed();
    one.feed();
    other.feed();
    assertThat(taken()).singleElement().asString().contains("\"time\":\"2026-01-01T03:00:00Z\"");
  }

  @Test
  void timesThatWereMissedAreOneEventOrNone() throws Exception {
    schedule("{:type :schedule :cron \"0 * * * *\" :fn a.B/c}").feed();
    now.set(Instant.parse("2026-03-01T00:10:00Z"));
    schedule("{:type :schedule :cron \"0 * * * *\" :fn a.B/c}").feed();
    assertThat(taken()).singleElement().asString().contains("\"time\":\"2026-03-01T00:00:00Z\"");
    now.set(Instant.parse("2026-05-01T00:10:00Z"));
    ScheduleFeeder skipping =
        schedule("{:type :schedule :cron \"0 * * * *\" :missed :skip :fn a.B/c}");
    skipping.feed();
    assertThat(taken()).isEmpty();
    assertThat(skipping.position()).isEqualTo("next 2026-05-01T01:00:00Z");
    now.set(Instant.parse("2026-05-01T01:00:00.500Z"));
    skipping.feed();
    assertThat(taken()).hasSize(1);
  }

  private static boolean present(String command) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return true;
      }
    }
    return false;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        assertThat(System.nanoTime()).as("moto_server on %d", port).isLessThan(deadline);
        java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
      }
    }
  }

  @Test
  void objectsOfABucketAreToldOfPageByPage() throws Exception {
    assumeTrue(present("moto_server"), "moto_server isn't on the PATH");
    int port = freePort();
    Process moto = new ProcessBuilder("moto_server", "-H", "127.0.0.1", "-p", "" + port)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (Requests s3 = new Requests(port)) {
      awaitPort(port);
      s3.send("PUT", "/prices", "");
      int count = 1_005; // a page of S3 has 1000
      for (int i = 0; i < count; i++) {
        s3.send("PUT", "/prices/in/" + i + "%20a", "x");
      }
      s3.send("PUT", "/prices/out", "x");
      SourceFacts own = SourceFacts.of(facts, "s");
      Origin.Bucket origin = (Origin.Bucket)
          origin("{:type :bucket :bucket \"prices\" :prefix \"in/\" :endpoint-param \"at\""
              + " :access-key \"k\" :secret-key-param \"secret\" :changes [:created :removed]"
              + " :fn a.B/c}");
      Map<String, String> values = Map.of("at", "http://127.0.0.1:" + port, "secret", "test");
      BucketFeeder feeder = new BucketFeeder(
          "s",
          origin,
          name -> Optional.ofNullable(values.get(name)),
          new Sightings(own, queue, origin.changes()),
          clock);
      assertThat(feeder.feed()).isEqualTo(Duration.ofSeconds(60));
      feeder.feed();
      assertThat(queue.counts().ready()).isEqualTo(count);
      assertThat(String.join("", taken())).contains("\"key\":\"in/7+a\"", "\"name\":\"prices\"");
      taken();
      assertThat(s3.send(
                  "DELETE",
                  "/prices/in/7%20a",
                  "",
                  "authorization",
                  "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request,"
                      + " SignedHeaders=host, Signature=0")
              .statusCode())
          .isEqualTo(204);
      feeder.feed();
      assertThat(feeder.position()).isEqualTo("1004 objects");
      assertThat(taken()).singleElement().asString().contains("ObjectRemoved:Delete", "in/7+a");
    } finally {
      moto.descendants().forEach(ProcessHandle::destroy);
      moto.destroy();
      moto.waitFor();
    }
  }
}
