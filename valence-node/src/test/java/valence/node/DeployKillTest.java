package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;
import static valence.node.testing.NodeSession.sha;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.edn.Edn;
import valence.node.testing.Gate;
import valence.node.testing.NodeSession;
import valence.node.testing.TestJar;
import valence.wire.DbValue;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;

/// A node that is killed while it deploys: the next one takes it up, or says that it failed.
final class DeployKillTest {
  private static final String SOURCE = """
      package shop;

      import valence.ion.*;

      public final class App {
        static {
          %s
        }

        private static boolean pass(int port) {
          try (var gate = new java.net.Socket("127.0.0.1", port)) {
            gate.getInputStream().read();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          return true;
        }

        public static HttpResponse handle(HttpRequest request) {
          if (request.path().equals("/gate")) {
            pass(Integer.parseInt(request.query()));
          }
          return HttpResponse.text(200, "%s");
        }

        public static boolean ready() {
          return %s;
        }
      }
      """;

  private static final IonConfig CONFIG =
      IonConfig.parse("{:app-name \"shop\" :http-direct {:handler-fn shop.App/handle}"
          + " :check {:fn shop.App/ready}}");

  @TempDir
  Path directory;

  private Process process;
  private NodeSession session;

  private void start() throws Exception {
    Path ready = directory.resolve("ready.edn");
    Files.deleteIfExists(ready);
    process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "valence.node.Main",
            "--system",
            "test",
            "--folder",
            directory.resolve("system").toString(),
            "--api-port",
            "0",
            "--http-port",
            "0",
            "--ready-file",
            ready.toString())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
    while (!Files.exists(ready)) {
      assertThat(process.isAlive()).as(log()).isTrue();
      LockSupport.parkNanos(5_000_000);
    }
    Fields ports = Fields.of("ready", Edn.read(Files.readString(ready)));
    session = new NodeSession(
        (int) ports.number("api-port", 1, 65_535), (int) ports.number("http-port", 1, 65_535));
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  private void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    session.close();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      kill();
    }
  }

  private void push(String version, IonConfig config, String loading, String check)
      throws IOException {
    session.push(
        sha(version),
        config,
        TestJar.compile(
            directory,
            "shop-" + version,
            Map.of("shop.App", SOURCE.formatted(loading, version, check))));
  }

  private Map<Object, Object> ended(Object deployment) {
    return session.ended(requireNonNull(deployment));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "load  | pass(%d); | true",
        "check |           | pass(%d)",
        "drain |           | true"
      })
  void whatANodeLeavesWhenItIsKilledTheNextOneTakesUp(String phase, String loading, String check)
      throws Exception {
    start();
    push("v1", CONFIG, "", "true");
    assertThat(session.deploy(sha("v1"))).containsEntry(kw("deploy-status"), kw("succeeded"));
    try (Gate gate = new Gate()) {
      push(
          "v2",
          CONFIG,
          loading == null ? "" : loading.formatted(gate.port()),
          check.formatted(gate.port()));
      if (phase.equals("drain")) {
        Thread.ofVirtual().start(() -> {
          try {
            session.http().get("/gate?" + gate.port());
          } catch (IOException | InterruptedException _) {
            Thread.currentThread().interrupt(); // as its node is killed
          }
        });
        gate.awaitArrivals(1);
      }
      Object deployment = session.begin(sha("v2"));
      while (session.status(deployment).get(kw("phase")) != kw(phase)) {
        Thread.onSpinWait();
      }
      kill();
      gate.open();
      start();
      assertThat(ended(deployment)).containsEntry(kw("deploy-status"), kw("succeeded"));
      assertThat(session.http().get("/").body()).isEqualTo("v2");
      assertThat(log()).contains("deployment-ended");
    }
  }

  @Test
  void aRevisionThatKillsItsNodeIsGivenUp() throws Exception {
    start();
    push("v1", CONFIG, "", "true");
    assertThat(session.deploy(sha("v1"))).containsEntry(kw("deploy-status"), kw("succeeded"));
    // As a crash of native code would; to ask for an end is refused.
    String dies = "try { var me = Long.toString(ProcessHandle.current().pid());"
        + " new ProcessBuilder(\"kill\", \"-9\", me).start().waitFor(); }"
        + " catch (Exception e) { throw new IllegalStateException(e); }";
    push("v2", CONFIG, dies, "true");
    Object deployment = session.begin(sha("v2"));
    int deaths = 0;
    do {
      process.waitFor();
      deaths++;
      session.close();
      try {
        start();
      } catch (AssertionError diedAgain) {
        continue;
      }
    } while (deaths < 3);
    Map<Object, Object> status = ended(deployment);
    assertThat(status).containsEntry(kw("deploy-status"), kw("aborted"));
    assertThat((String) status.get(kw("cause"))).contains("ended 3 times", "in phase load");
    assertThat(session.http().get("/").body()).isEqualTo("v1");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void killedAnywhereADeploymentIsDoneOrFailedAndWhatServesIsWhatIsRecorded(long seed)
      throws Exception {
    var random = new SplittableRandom(seed);
    start();
    push("v0", CONFIG, "", "true");
    push("v1", CONFIG, "", "true");
    session.deploy(sha("v0"));
    Object last = UUID.randomUUID();
    long until = System.nanoTime() + random.nextLong(5_000_000, 250_000_000);
    for (int i = 1; System.nanoTime() < until; i++) {
      last = session.begin(sha("v" + i % 2));
      LockSupport.parkNanos(random.nextLong(1_000_000, 20_000_000));
    }
    kill();
    start();
    Map<Object, Object> status = ended(last);
    assertThat(status).as("seed " + seed).containsEntry(kw("deploy-status"), kw("succeeded"));
    List<?> running = (List<?>) session.call(
        "q",
        "query",
        requireNonNull(Edn.read("[:find [?rev ...] :where [_ :group/deployment ?d]"
            + " [?d :deployment/revision ?r] [?r :revision/name ?rev]]")),
        "args",
        List.of(DbValue.newest("valence-control")));
    assertThat((Object) running).isEqualTo(List.of(requireNonNull(status.get(kw("rev")))));
    assertThat(sha(session.http().get("/").body())).isEqualTo(status.get(kw("rev")));
  }
}
