package valence.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.wire.Answer;
import valence.wire.Fields;
import valence.wire.Format;

/// What is called again, and what isn't.
final class RequestsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Answer OVERLOADED = new Answer.Failure(
      Anomaly.of(Anomaly.Category.BUSY, "Too much.").withError("node.error/overloaded"));
  private static final Answer DONE = new Answer.Success(7L);

  /// No answer: the connection is closed.
  private static final Answer BROKEN = new Answer.Success("broken");

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<Long> timeouts = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private NodeClient node;
  private Requests requests;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      Object body = Format.BINARY.decode(exchange.getRequestBody().readAllBytes(), Edn.DEPTH_MAX);
      timeouts.add(Fields.of("x", body).number("timeout", 1, Long.MAX_VALUE));
      Answer answer = answers.size() > 1 ? answers.pop() : answers.element();
      if (answer != BROKEN) {
        byte[] bytes = answer.encode(Format.BINARY);
        exchange.getResponseHeaders().set("content-type", Format.BINARY.mediaType());
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
      exchange.close();
    });
    server.start();
    node =
        NodeClient.connect(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    requests = new Requests(node);
  }

  @AfterEach
  void stop() {
    node.close();
    server.stop(0);
  }

  private Object call(Duration timeout, Requests.Harm harm, Answer... given) {
    answers.clear();
    answers.addAll(Arrays.asList(given));
    timeouts.clear();
    Object answer = requests.call("x", Map.of(kw("a"), 1L), timeout, harm);
    return answer == null ? "nil" : answer;
  }

  @Test
  void whatWasRefusedIsAskedAgainWithTheTimeThatIsLeft() {
    assertThat(call(LONG, Requests.Harm.POSSIBLE, OVERLOADED, OVERLOADED, DONE)).isEqualTo(7L);
    assertThat(timeouts).hasSize(3);
    assertThat(timeouts.get(2)).isLessThanOrEqualTo(timeouts.get(0));
  }

  @Test
  void aLostAnswerIsAskedForAgainWhereThatDoesNoHarm() {
    assertThat(call(LONG, Requests.Harm.NONE, BROKEN, DONE)).isEqualTo(7L);
    assertThatThrownBy(() -> call(LONG, Requests.Harm.POSSIBLE, BROKEN, DONE))
        .hasMessageContaining("whether it did what was asked is unknown");
    assertThat(timeouts).hasSize(1);
  }

  @Test
  void whatIsTheCallersMistakeIsntAskedAgain() {
    Answer wrong = new Answer.Failure(Anomaly.incorrect("db.error/x", "Wrong."));
    assertThatThrownBy(() -> call(LONG, Requests.Harm.NONE, wrong)).hasMessage("Wrong.");
    Answer memory = new Answer.Failure(Anomaly.of(Anomaly.Category.BUSY, "Too large a query."));
    assertThatThrownBy(() -> call(LONG, Requests.Harm.NONE, memory))
        .hasMessage("Too large a query.");
    assertThat(timeouts).hasSize(1);
  }

  @Test
  void itIsAskedNoLongerThanTheDeadline() {
    long begin = System.nanoTime();
    assertThatThrownBy(() -> call(Duration.ofMillis(300), Requests.Harm.NONE, OVERLOADED))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.BUSY));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    assertThat(timeouts).hasSizeGreaterThan(1);
  }
}
