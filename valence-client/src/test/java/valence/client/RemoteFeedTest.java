package valence.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.wire.Answer;
import valence.wire.Fields;
import valence.wire.Format;
import valence.wire.RowsWriter;

/// A node that tells, stops telling and comes back, as a script says.
final class RemoteFeedTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final RemoteFeed.Patience PATIENT =
      new RemoteFeed.Patience(SOON, SOON, Duration.ofMillis(100));

  /// What a connection is used for.
  @FunctionalInterface
  private interface Script {
    void play(Fields request, OutputStream to) throws IOException, InterruptedException;
  }

  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Fields> asked = new LinkedBlockingQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private NodeClient node;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    node =
        NodeClient.connect(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    Object body = Format.BINARY.decode(exchange.getRequestBody().readAllBytes(), Edn.DEPTH_MAX);
    Fields request = Fields.of("x", body);
    asked.add(request);
    try (exchange) {
      Script script = scripts.take();
      exchange.getResponseHeaders().set("content-type", Format.BINARY.rowsMediaType());
      exchange.getResponseHeaders().set("valence-t", "4");
      exchange.sendResponseHeaders(200, 0);
      script.play(request, exchange.getResponseBody());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @AfterEach
  void stop() {
    over.countDown();
    node.close();
    server.stop(0);
    threads.close();
  }

  private RemoteFeed<Object> feed(RemoteFeed.Patience patience) {
    return new RemoteFeed<>(
        new Requests(node),
        "tx-feed",
        new LinkedHashMap<>(Map.of(kw("db-name"), "x", kw("start"), 5L)),
        patience,
        told -> new RemoteFeed.Telling<>(told, (Long) told.get(kw("t")), told.get(kw("at"))));
  }

  private static void tell(OutputStream to, Map<?, ?>... rows) throws IOException {
    RowsWriter writer = new RowsWriter(Format.BINARY, 100);
    for (Map<?, ?> row : rows) {
      writer.add(row);
    }
    to.write(writer.take());
    to.flush();
  }

  private static void end(OutputStream to, Answer answer) throws IOException {
    to.write(new RowsWriter(Format.BINARY, 1).end(answer));
    to.flush();
  }

  private static Map<Keyword, Object> said(long t) {
    return Map.of(kw("t"), t, kw("at"), new java.util.Date(t));
  }

  private Fields asked() throws InterruptedException {
    Fields request = asked.poll(60, TimeUnit.SECONDS);
    assertThat(request).as("nothing was asked").isNotNull();
    return request;
  }

  @Test
  void whatEndsOrBreaksOffIsGoneOnWithAfterWhatWasHeard() throws Exception {
    scripts.add((_, to) -> {
      tell(to);
      tell(to, said(5), said(6));
      end(to, new Answer.Success(2L));
    });
    scripts.add((_, to) -> {
      tell(to, said(7));
      to.write(0); // the begin of a chunk that doesn't come
    });
    scripts.add((_, to) -> {
      tell(to, said(8));
      over.await();
    });
    try (RemoteFeed<Object> feed = feed(PATIENT)) {
      assertThat(feed.t()).hasValue(4);
      for (long t = 5; t <= 8; t++) {
        assertThat(feed.next(SOON)).contains(said(t));
        assertThat(feed.t()).hasValue(t);
      }
      assertThat(asked().value("start")).isEqualTo(5L);
      Fields second = asked();
      assertThat(second.value("start")).isNull();
      assertThat(second.value("after")).isEqualTo(6L);
      assertThat(second.value("after-instant")).isEqualTo(new java.util.Date(6));
      assertThat(asked().value("after")).isEqualTo(7L);
    }
  }

  @Test
  void aSilentConnectionIsGivenUp() throws Exception {
    for (int i = 0; i < 100; i++) {
      scripts.add((request, to) -> {
        tell(to, said(request.number("after", 0, 100, 4) + 1));
        over.await(); // and nothing more
      });
    }
    var impatient = new RemoteFeed.Patience(SOON, Duration.ofMillis(200), SOON);
    try (RemoteFeed<Object> feed = feed(impatient)) {
      assertThat(feed.next(SOON)).contains(said(5));
      assertThat(feed.next(SOON)).contains(said(6));
      assertThat(feed.next(SOON)).contains(said(7));
    }
  }

  @Test
  void whatCameInPartsIsOneAndIsAskedForAgainWhenAPartIsMissing() throws Exception {
    Map<?, ?> begin = Map.of(kw("t"), 5L, kw("data"), List.of(1L, 2L), kw("more"), true);
    Map<?, ?> rest = Map.of(kw("t"), 5L, kw("data"), List.of(3L));
    scripts.add((_, to) -> tell(to, begin));
    scripts.add((_, to) -> {
      tell(to, begin);
      tell(to, rest);
      over.await();
    });
    try (RemoteFeed<Object> feed = feed(PATIENT)) {
      assertThat(feed.next(SOON)).contains(Map.of(kw("t"), 5L, kw("data"), List.of(1L, 2L, 3L)));
      asked();
      assertThat(asked().value("after")).isEqualTo(4L);
    }
  }

  @Test
  void aReaderWhoIsBehindHasNoConnectionUntilItHasCaughtUp() throws Exception {
    CountDownLatch givenUp = new CountDownLatch(1);
    scripts.add((_, to) -> {
      try {
        for (long t = 5; ; t++) {
          tell(to, said(t));
        }
      } catch (IOException e) {
        givenUp.countDown();
      }
    });
    try (RemoteFeed<Object> feed = feed(PATIENT)) {
      assertThat(givenUp.await(60, TimeUnit.SECONDS)).isTrue();
      asked();
      assertThat(asked).isEmpty();
      scripts.add((_, to) -> over.await());
      while (asked.isEmpty()) {
        feed.next(Duration.ofMillis(100));
      }
      long last = feed.t().orElseThrow();
      assertThat(asked().number("after", 0, Long.MAX_VALUE)).isGreaterThanOrEqualTo(last);
    }
  }

  @Test
  void aRefusalIsForEverAndAnAbsenceUntilItIsAskedAgain() throws Exception {
    scripts.add((_, to) -> end(
        to,
        new Answer.Failure(
            Anomaly.of(Anomaly.Category.UNAVAILABLE, "The log was replaced while it was read."))));
    var impatient = new RemoteFeed.Patience(Duration.ofMillis(1), SOON, SOON);
    scripts.add((_, to) ->
        end(to, new Answer.Failure(Anomaly.of(Anomaly.Category.UNAVAILABLE, "Not now, either."))));
    try (RemoteFeed<Object> feed = feed(impatient)) {
      assertThatThrownBy(() -> {
            while (true) { // the first may have come within the time
              feed.next(SOON);
            }
          })
          .isInstanceOfSatisfying(
              AnomalyException.class,
              e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.UNAVAILABLE));
      scripts.clear();
      Script last = (_, to) -> {
        tell(to, said(5));
        end(to, new Answer.Failure(Anomaly.of(Anomaly.Category.FORBIDDEN, "You may no more.")));
      };
      scripts.add(last);
      while (true) {
        try {
          assertThat(feed.next(SOON)).contains(said(5));
          break;
        } catch (AnomalyException e) {
          assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
          scripts.add(last);
        }
      }
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> feed.next(SOON)).hasMessageContaining("You may no more.");
      }
    }
  }

  @Test
  void aClosedFeedEndsWaitsAndItsConnection() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    scripts.add((_, to) -> {
      try {
        while (true) {
          tell(to);
          Thread.onSpinWait();
        }
      } catch (IOException e) {
        gone.countDown();
      }
    });
    RemoteFeed<Object> feed = feed(PATIENT);
    var waiting = threads.submit(() -> feed.next(SOON));
    feed.close();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isEmpty();
    assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
