package valence.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.node.testing.Requests;
import valence.wire.HttpStatus;

final class DoorTest {
  private static final int BODY_MAX = 1_000;

  private static Door open(Endpoint endpoint) {
    return open(endpoint, new BodyBudget(1 << 20, BodyBudget.TIMEOUT_DEFAULT));
  }

  private static Door open(Endpoint endpoint, BodyBudget budget) {
    return Door.open("test", "127.0.0.1", 0, Duration.ofSeconds(20), budget, endpoint);
  }

  private static Reply echo(Exchange exchange) {
    try {
      return Reply.text(
          200,
          exchange.method()
              + " "
              + exchange.path()
              + " ? "
              + exchange.query()
              + " "
              + exchange.header("x-test").orElse("-")
              + " "
              + new String(exchange.body(BODY_MAX), UTF_8));
    } catch (AnomalyException e) {
      return Reply.text(HttpStatus.of(e.anomaly()), e.anomaly().message());
    }
  }

  @Test
  void aRequestArrivesWhole() throws Exception {
    try (var door = open(DoorTest::echo);
        var requests = new Requests(door.port())) {
      HttpResponse<String> answer = requests.send("PUT", "/a%20b?c=d%20e", "body", "X-Test", "yes");
      assertThat(answer.body()).isEqualTo("PUT /a b ? c=d%20e yes body");
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    try (var door = open(DoorTest::echo);
        var requests = new Requests(door.port())) {
      HttpResponse<String> answer = requests.send("HEAD", "/x", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
      assertThat(requests.get("/next").body()).startsWith("GET /next");
    }
  }

  @Test
  void aBodyTooLongIsRefusedAndTheDoorGoesOn() throws Exception {
    try (var door = open(DoorTest::echo);
        var requests = new Requests(door.port())) {
      assertThat(requests.send("POST", "/", "x".repeat(5_000_000)).statusCode()).isEqualTo(413);
      assertThat(requests.send("POST", "/", "small").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void bodiesThatTakeTooMuchMemoryAreAnsweredBusyAndTheMemoryIsGivenBack() throws Exception {
    try (var door = open(DoorTest::echo, new BodyBudget(500, BodyBudget.TIMEOUT_DEFAULT));
        var requests = new Requests(door.port())) {
      assertThat(requests.send("POST", "/", "x".repeat(900)).statusCode()).isEqualTo(429);
      for (int i = 0; i < 10; i++) {
        assertThat(requests.send("POST", "/", "x".repeat(400)).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void aBodyThatDoesNotComeIsAnsweredInTimeAndTheDoorGoesOn() throws Exception {
    var budget = new BodyBudget(1 << 20, Duration.ofMillis(200));
    try (var door = open(DoorTest::echo, budget);
        var socket = new Socket("127.0.0.1", door.port());
        var requests = new Requests(door.port())) {
      socket.setSoTimeout(20_000); // less than a connection may idle
      socket
          .getOutputStream()
          .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".getBytes(UTF_8));
      var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(answer.readLine()).startsWith("HTTP/1.1 408");
      assertThat(requests.send("POST", "/", "whole").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aHeaderTooLongIsRefused() throws Exception {
    try (var door = open(DoorTest::echo);
        var requests = new Requests(door.port())) {
      assertThat(requests.send("GET", "/", "", "x-test", "y".repeat(40_000)).statusCode())
          .isEqualTo(431);
    }
  }

  @Test
  void whatIsNoHttpIsRefused() throws Exception {
    try (var door = open(DoorTest::echo);
        var socket = new Socket("127.0.0.1", door.port())) {
      socket.getOutputStream().write("\u0001\u0002 nonsense\r\n\r\n".getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readAllBytes(), UTF_8)).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void whatAnEndpointThrowsIsAnswered500WithTheRequestsId() throws Exception {
    try (var door = open(exchange -> {
          throw new IllegalStateException("secret " + exchange.path());
        });
        var requests = new Requests(door.port())) {
      HttpResponse<String> answer = requests.get("/x");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains("the log has why under").doesNotContain("secret");
    }
  }

  @Test
  void closingFinishesWhatHasBegunAndTakesNothingNew() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var door = open(_ -> {
      begun.countDown();
      goOn.await();
      return Reply.text(200, "finished");
    });
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor();
        var requests = new Requests(door.port())) {
      Future<HttpResponse<String>> slow = tasks.submit(() -> requests.get("/slow"));
      begun.await();
      int port = door.port();
      Future<?> closing = tasks.submit(door::close);
      while (true) { // until the port is shut
        try (var socket = new Socket("127.0.0.1", port)) {
          assertThat(socket.isConnected()).isTrue();
          Thread.onSpinWait();
        } catch (java.net.SocketException refused) { // or reset, while it is shut
          break;
        }
      }
      assertThat(closing.isDone()).isFalse();
      goOn.countDown();
      assertThat(slow.get().body()).isEqualTo("finished");
      closing.get();
    }
  }

  @Test
  void aTakenPortIsAnAnomalyThatSaysSo() throws Exception {
    try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> Door.open(
              "api",
              "127.0.0.1",
              taken.getLocalPort(),
              Duration.ofSeconds(1),
              new BodyBudget(1, BodyBudget.TIMEOUT_DEFAULT),
              DoorTest::echo))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("The api port " + taken.getLocalPort());
    }
  }
}
