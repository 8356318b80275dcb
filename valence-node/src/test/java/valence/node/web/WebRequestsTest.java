package valence.node.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.testing.Gate;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestApplication;
import valence.wire.ion.IonConfig;

final class WebRequestsTest {
  @TempDir
  Path directory;

  private final Client system = MemorySystem.open();
  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private final WebRequests web = new WebRequests(serving);
  private Door door;
  private Requests requests;

  @BeforeEach
  void open() {
    door = Door.open(
        "http",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        web);
    requests = new Requests(door.port());
  }

  @AfterEach
  void close() {
    requests.close();
    web.close();
    door.close();
    serving.close();
  }

  private void deploy(String version, IonConfig config) throws IOException {
    serving.swap(TestApplication.load(directory, version, config, system));
  }

  @Test
  void beforeTheFirstDeploymentTheDoorSaysSo() throws Exception {
    HttpResponse<String> answer = requests.get("/");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("No application is deployed");
  }

  @Test
  void anyMethodAndPathReachesTheHandler() throws Exception {
    deploy("v1", TestApplication.config());
    for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      HttpResponse<String> answer =
          requests.send(method, "/echo?a=b%20c", "body", "X-Test", "1", "x-test", "2");
      assertThat(answer.body()).isEqualTo(method + " a=b%20c 1, 2 body");
      assertThat(answer.headers().firstValue("x-app")).contains("shop");
      assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }
    assertThat(requests.get("/other/%C3%A4").body()).isEqualTo("nothing at /other/ä");
    assertThat(requests.send("HEAD", "/echo", "").statusCode()).isEqualTo(200);
    assertThat(requests.get("/no-content").statusCode()).isEqualTo(204);
  }

  @Test
  void whatTheHandlerThrowsStaysInTheLog() throws Exception {
    deploy("v1", TestApplication.config());
    for (String path : List.of("/fail", "/error", "/null", "/split")) {
      HttpResponse<String> answer = requests.get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(500);
      assertThat(answer.body())
          .contains(answer.headers().firstValue("x-request-id").orElseThrow())
          .doesNotContain("secret");
    }
    assertThat(requests.get("/busy").statusCode()).isEqualTo(429);
    assertThat(requests.get("/version").body()).isEqualTo("v1");
  }

  @Test
  void aFullQueueIsAnsweredAsConfigured() throws Exception {
    deploy("v1", TestApplication.config());
    try (var gate = new Gate();
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ExecutorCompletionService<HttpResponse<String>>(tasks);
      for (int i = 0; i < 8; i++) {
        answers.submit(() -> requests.get("/gate?" + gate.port()));
      }
      gate.awaitArrivals(2); // two are at work, one waits
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> refused = answers.take().get();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).isEqualTo("come back later");
      }
      gate.open();
      for (int i = 0; i < 3; i++) {
        assertThat(answers.take().get().statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void aHandlerPastItsTimeIsGivenUp() throws Exception {
    deploy("v1", TestApplication.hastyConfig());
    try (var gate = new Gate()) {
      assertThat(requests.get("/gate?" + gate.port()).statusCode()).isEqualTo(504);
    }
  }

  @Test
  void noRequestFailsWhileRevisionsAreSwappedUnderLoad() throws Exception {
    deploy("v0", TestApplication.wideConfig());
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(16);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        callers.add(tasks.submit(() -> {
          int count = 0;
          while (!stop.get()) {
            HttpResponse<String> answer = requests.get(count % 8 == 0 ? "/long" : "/version");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            count++;
            started.countDown();
          }
          return count;
        }));
      }
      started.await();
      for (int version = 1; version <= 10; version++) {
        deploy("v" + version, TestApplication.wideConfig());
      }
      assertThat(requests.get("/version").body()).isEqualTo("v10");
      stop.set(true);
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isPositive();
      }
    }
  }
}
