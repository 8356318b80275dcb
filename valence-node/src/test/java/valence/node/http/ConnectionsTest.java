package valence.node.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.access.TestAccess;
import valence.node.testing.Requests;
import valence.wire.HttpStatus;

/// Connections that hold a place and get nowhere, over real sockets.
final class ConnectionsTest {
  private static final Patience SHORT =
      new Patience(Duration.ofMillis(600), Duration.ofMillis(200), Duration.ofMillis(300), 10_000);

  /// How long a test waits for the end of a connection; far above what is configured.
  private static final int WAIT_MILLIS = 20_000;

  @TempDir
  Path directory;

  private static Door open(Tls tls, Endpoint endpoint) {
    return open(tls, SHORT, endpoint);
  }

  private static Door open(Tls tls, Patience patience, Endpoint endpoint) {
    return Door.open(
        "test",
        "127.0.0.1",
        0,
        Duration.ofSeconds(20),
        new BodyBudget(64 << 20, Duration.ofSeconds(60)),
        tls,
        patience,
        endpoint);
  }

  private static Reply echo(Exchange exchange) {
    try {
      return Reply.text(200, "read " + exchange.body(10_000_000).length);
    } catch (valence.api.AnomalyException e) {
      return Reply.text(HttpStatus.of(e.anomaly()), e.anomaly().message());
    }
  }

  private static Socket socket(Door door) throws IOException {
    Socket socket = new Socket("127.0.0.1", door.port());
    socket.setSoTimeout(WAIT_MILLIS);
    return socket;
  }

  /// Reads until the other side ends the connection, however it does.
  private static String rest(Socket socket) throws IOException {
    StringBuilder read = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        read.append((char) next);
      }
    } catch (SocketException reset) {
      return read.toString();
    }
    return read.toString();
  }

  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  @Test
  void workForACallerWhoHasGoneIsToldSo() throws Exception {
    var begun = new CountDownLatch(1);
    var gone = new CountDownLatch(1);
    Endpoint endpoint = exchange -> exchange.forCaller(
        () -> {
          begun.countDown();
          return Reply.text(200, "gone: " + gone.await(WAIT_MILLIS, TimeUnit.MILLISECONDS));
        },
        gone::countDown);
    try (Door door = open(new Tls.None(), endpoint)) {
      try (Socket socket = socket(door)) {
        socket.getOutputStream().write(GET.getBytes(UTF_8));
        assertThat(begun.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(gone.getCount()).isEqualTo(1);
      }
      assertThat(gone.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
  }

  @Test
  void whatACallerSendsWhileItWaitsIsReadAfterwards() throws Exception {
    var gone = new AtomicInteger();
    Endpoint endpoint = exchange -> exchange.forCaller(
        () -> {
          // Longer than it takes to look for the caller several times.
          LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
          return Reply.text(200, "end of " + exchange.path());
        },
        gone::incrementAndGet);
    try (Door door = open(new Tls.None(), endpoint);
        Socket socket = socket(door)) {
      OutputStream out = socket.getOutputStream();
      out.write(GET.replace("/ ", "/1 ").getBytes(UTF_8));
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      String filler = "X-Filler: " + "x".repeat(3000) + "\r\n\r\n";
      out.write(GET.replace("/ ", "/2 ").replace("\r\n\r\n", "\r\n" + filler).getBytes(UTF_8));
      String read = rest(socket);
      assertThat(read).contains("end of /1").contains("end of /2");
      assertThat(gone.get()).isZero();
    }
  }

  @Test
  void aConnectionThatSaysNothingIsEnded() throws Exception {
    try (Door door = open(new Tls.None(), ConnectionsTest::echo);
        Socket socket = socket(door)) {
      assertThat(rest(socket)).isEmpty();
    }
  }

  @Test
  void aHeaderThatDripsIsEnded() throws Exception {
    try (Door door = open(new Tls.None(), ConnectionsTest::echo);
        Socket socket = socket(door);
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      OutputStream out = socket.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(UTF_8));
      long begun = System.nanoTime();
      tasks.submit(() -> {
        for (int i = 0; ; i++) { // until the connection is ended
          out.write(("X-" + i + ": y\r\n").getBytes(UTF_8));
          Thread.yield();
          LockSupport.parkNanos(50_000_000);
        }
      });
      assertThat(rest(socket)).doesNotContain(" 200 ");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
    }
  }

  @Test
  void aHandshakeThatStopsHalfWayIsEnded() throws Exception {
    TestAccess.certificate(directory);
    Tls tls = new Tls.Pem(directory.resolve("certificate.pem"), directory.resolve("key.pem"));
    try (Door door = open(tls, ConnectionsTest::echo);
        Socket socket = socket(door)) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1}); // the begin of a hello
      assertThat(rest(socket)).isEmpty();
    }
  }

  @Test
  void aBodyThatCrawlsIsAnsweredTooSlow() throws Exception {
    try (Door door = open(new Tls.None(), ConnectionsTest::echo);
        Socket socket = socket(door);
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      OutputStream out = socket.getOutputStream();
      out.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".getBytes(UTF_8));
      tasks.submit(() -> {
        while (true) { // until the connection is ended
          out.write(new byte[10]);
          LockSupport.parkNanos(20_000_000);
        }
      });
      assertThat(rest(socket)).startsWith("HTTP/1.1 408");
    }
  }

  /// Reads all that still comes, and counts it.
  private static long drained(InputStream in) throws IOException {
    byte[] some = new byte[1 << 16];
    long count = 0;
    try {
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        count += read;
      }
    } catch (SocketException reset) {
      return count;
    }
    return count;
  }

  @Test
  void anAnswerThatIsntTakenInIsEnded() throws Exception {
    byte[] answer = new byte[60_000_000]; // far more than the system keeps on its way
    Patience quick = new Patience(
        Duration.ofMillis(300), Duration.ofMillis(200), Duration.ofMillis(300), 1 << 30);
    try (Door door = Door.open(
            "test",
            "127.0.0.1",
            0,
            Duration.ofSeconds(20),
            new BodyBudget(64 << 20, Duration.ofSeconds(60)),
            new Tls.None(),
            quick,
            _ -> Reply.of(200, "text/plain", answer));
        Socket socket = socket(door)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      // Takes a little now and then, which would keep the library's own limit of time away.
      InputStream in = socket.getInputStream();
      long taken = 0;
      try {
        for (int i = 0; i < 60; i++) {
          taken += Math.max(0, in.read(new byte[512]));
          LockSupport.parkNanos(50_000_000);
        }
      } catch (SocketException ended) {
        assertThat(ended).hasMessageContaining("reset");
      }
      taken += drained(in); // what was on its way when the connection was ended
      assertThat(taken).isLessThan(answer.length);
    }
  }

  @Test
  void whoSaysNothingKeepsNobodyOut() throws Exception {
    try (Door door = open(new Tls.None(), ConnectionsTest::echo);
        var requests = new Requests(door.port())) {
      List<Socket> silent = new ArrayList<>();
      try {
        for (int i = 0; i < 300; i++) {
          silent.add(socket(door));
        }
        assertThat(requests.send("POST", "/", "hello").body()).isEqualTo("read 5");
      } finally {
        for (Socket each : silent) {
          each.close();
        }
      }
    }
  }

  @Test
  void aConnectionThatIsUsedStays() throws Exception {
    // Long beside the pauses below, so that a busy machine doesn't make one of them too long.
    Patience patience =
        new Patience(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(3), 10_000);
    try (Door door = open(new Tls.None(), patience, ConnectionsTest::echo);
        Socket socket = socket(door)) {
      for (int i = 0; i < 9; i++) { // longer together than a quiet connection lives
        socket
            .getOutputStream()
            .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab".getBytes(UTF_8));
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("read 2")) {
          int next = socket.getInputStream().read();
          assertThat(next).as(answer.toString()).isNotNegative();
          answer.append((char) next);
        }
        LockSupport.parkNanos(400_000_000);
      }
    }
  }
}
