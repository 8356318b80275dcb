package valence.node.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.source.queue.DeadLetter;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.Queues;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;
import valence.wire.json.PlainJson;

/// Invocations that nobody waits for, over restarts.
final class QueuedEventsTest {
  private static final String SOURCE = """
      package ev;

      import java.nio.file.*;

      public final class App {
        public static String fail(String payload) {
          throw new IllegalArgumentException("no " + payload);
        }

        public static String write(String path) throws Exception {
          Files.writeString(Path.of(path.replace("\\"", "")), "x",
              StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          return "null";
        }

        public static String second(String path) throws Exception {
          write(path);
          if (Files.size(Path.of(path.replace("\\"", ""))) < 2) {
            throw new IllegalStateException("the first time");
          }
          return "null";
        }

        public static String forever(String payload) throws Exception {
          new java.util.concurrent.CountDownLatch(1).await();
          return "null";
        }
      }
      """;

  private static final IonConfig CONFIG = IonConfig.parse("""
      {:app-name "ev"
       :lambdas {:fail {:fn ev.App/fail :on-failure "failed"}
                 :lost {:fn ev.App/fail}
                 :write {:fn ev.App/write}
                 :second {:fn ev.App/second}
                 :forever {:fn ev.App/forever :timeout-secs 1 :on-failure "failed"}}}
      """);

  @TempDir
  Path directory;

  private final Client client = MemorySystem.open();
  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private QueueFacts facts;
  private Queues queues;
  private QueuedEvents events;
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() {
    facts = QueueFacts.open(client);
    queues = Queues.open(facts, Clock.systemUTC());
    events = new QueuedEvents(
            serving, queues, Clock.systemUTC(), Duration.ofMillis(20), Duration.ofSeconds(5))
        .start();
    door = Door.open(
        "api",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        new Invocations(serving, events));
    requests = new Requests(door.port());
  }

  @AfterEach
  void close() {
    requests.close();
    door.close();
    events.close();
    facts.close();
    serving.close();
  }

  private void deploy(String version) throws Exception {
    serving.swap(Application.load(
        new AppInfo("ev", "solo", version),
        CONFIG,
        List.of(TestJar.compile(directory, "ev-" + version, Map.of("ev.App", SOURCE))),
        client));
  }

  private void invoke(String function, String payload) throws Exception {
    assertThat(requests
            .send(
                "POST",
                "/2015-03-31/functions/solo-" + function + "/invocations",
                payload,
                "x-amz-invocation-type",
                "Event")
            .statusCode())
        .isEqualTo(202);
  }

  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it comes").isLessThan(deadline);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private int left(String function) {
    return queues.existing("solo-" + function + ".invocations").counts().waiting();
  }

  private Map<?, ?> failed() {
    queues.open("failed", QueueSettings.DEFAULT);
    await(() -> queues.existing("failed").counts().ready() == 1);
    DeadLetter letter = queues.existing("failed").waiting(1).getFirst();
    return (Map<?, ?>) PlainJson.read(letter.body());
  }

  @Test
  void whatWasAcceptedRunsAfterARestart() throws Exception {
    Path written = directory.resolve("written");
    deploy("v1");
    events.close(); // so that nothing takes it up before the end
    invoke("write", '"' + written.toString() + '"');
    assertThat(written).doesNotExist();
    close();
    open();
    deploy("v2"); // what serves then is what runs it
    await(() -> Files.exists(written) && left("write") == 0);
    assertThat(written).hasContent("x");
  }

  @Test
  void whatFailsIsTriedAgain() throws Exception {
    Path written = directory.resolve("second");
    deploy("v1");
    invoke("second", '"' + written.toString() + '"');
    await(() -> left("second") == 0);
    assertThat(written).hasContent("xx");
  }

  @Test
  void whatFailedThreeTimesGoesWhereTheFunctionSays() throws Exception {
    deploy("v1");
    invoke("lost", "1");
    invoke("fail", "{\"a\":1}");
    Map<?, ?> record = failed();
    assertThat(record.get("requestPayload")).isEqualTo(Map.of("a", 1L));
    assertThat(((Map<?, ?>) record.get("responsePayload")).get("errorMessage"))
        .isEqualTo("no {\"a\":1}");
    Map<?, ?> context = (Map<?, ?>) record.get("requestContext");
    assertThat(context.get("condition")).isEqualTo("RetriesExhausted");
    assertThat(context.get("approximateInvokeCount")).isEqualTo(3L);
    assertThat(context.get("functionArn").toString()).endsWith(":function:solo-fail");
    await(() -> left("fail") == 0 && left("lost") == 0);
    assertThat(queues.existing("failed").counts().ready()).isEqualTo(1);
  }

  @Test
  void whatPassesItsTimeFailed() throws Exception {
    deploy("v1");
    invoke("forever", "1");
    assertThat(((Map<?, ?>) failed().get("responsePayload")).get("errorType"))
        .isEqualTo("Sandbox.Timedout");
  }
}
