package valence.node.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;
import valence.node.app.Application;
import valence.node.app.Entrance;
import valence.node.app.Serving;
import valence.node.app.UnderWay;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Lasting;
import valence.node.http.Reply;
import valence.wire.HttpStatus;

/// Carries requests to the application's HTTP handler and its answers back.
public final class WebRequests implements Endpoint, AutoCloseable {
  /// How many bytes a request's body may have.
  public static final int BODY_BYTES_MAX = 16 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(WebRequests.class);

  /// Headers that concern the connection, which isn't the application's.
  private static final Set<String> CONNECTION_HEADERS = Set.of(
      "connection",
      "content-length",
      "keep-alive",
      "te",
      "trailer",
      "transfer-encoding",
      "upgrade");

  /// Answers that are written as they are made, at once.
  private static final int OUTFLOWS_MAX = 1_000;

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private final Serving serving;
  private final Semaphore places = new Semaphore(OUTFLOWS_MAX);
  private final Lasting events = new Lasting("node.error/overloaded");
  private final Set<Outflow> outflows = ConcurrentHashMap.newKeySet();
  private final Thread heart;
  private volatile boolean closing;

  public WebRequests(Serving serving) {
    this.serving = serving;
    this.heart = Thread.ofVirtual().name("events").start(this::beat);
  }

  /// Ends streams of events, whose callers come again; other answers may finish.
  @Override
  public void close() {
    closing = true;
    heart.interrupt();
    events.close();
  }

  /// Keeps streams of events alive while their application serves.
  private void beat() {
    while (!closing) {
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
      Application now = serving.current().orElse(null);
      for (Outflow each : outflows) {
        if (each.isEvents()) {
          if (closing || each.application() != now || !each.isLetIn()) {
            each.end();
          } else {
            each.beat();
          }
        }
      }
    }
  }

  /// A refusal to let a request come to the application.
  public static Reply refused(Anomaly anomaly) {
    return Reply.text(HttpStatus.of(anomaly), anomaly.message() + "\n");
  }

  @Override
  public Reply answer(Exchange exchange) {
    return reply(exchange).withHeader("x-request-id", exchange.requestId());
  }

  private Reply reply(Exchange exchange) {
    Serving.Call call = serving.begin().orElse(null);
    if (call == null) {
      return Reply.text(503, "No application is deployed here yet.\n");
    }
    try (call) {
      Application application = call.application();
      Application.Web web = application.web().orElse(null);
      if (web == null) {
        return Reply.text(
            404, "The application " + application.info().appName() + " has no HTTP handler.\n");
      }
      if (web.lane().full()) {
        return throttled(web);
      }
      Duration limit = Duration.ofSeconds(web.config().timeoutSecs());
      var arrival = new Arrival(exchange, limit);
      arrival.readEarly();
      return switch (handled(exchange, application, web, limit, arrival)) {
        case Answer.Ready(Reply reply) -> reply;
        case Answer.Flowing(HttpResponse response) -> flow(exchange, application, web, response);
      };
    } catch (AnomalyException e) {
      return Reply.text(HttpStatus.of(e.anomaly()), e.getMessage() + "\n");
    }
  }

  /// What a handler's answer comes to.
  private sealed interface Answer {
    record Ready(Reply reply) implements Answer {}

    /// To be written once the handler's place is free.
    record Flowing(HttpResponse response) implements Answer {}
  }

  private static Answer handled(
      Exchange exchange,
      Application application,
      Application.Web web,
      Duration limit,
      Arrival arrival) {
    try {
      return application.perform(
          Entrance.HTTP, web.handler(), web.lane(), limit, () -> called(exchange, web, arrival));
    } catch (AnomalyException e) {
      return new Answer.Ready(
          switch (e.anomaly().category()) {
            case BUSY -> throttled(web);
            case UNAVAILABLE -> {
              if (!Lane.isTimeout(e.anomaly())) {
                yield Reply.text(503, e.getMessage() + "\n");
              }
              LOG.warn("handler-timed-out request={}", exchange.requestId());
              yield Reply.text(504, "The application took too long.\n");
            }
            case INCORRECT, FORBIDDEN, UNSUPPORTED, NOT_FOUND, CONFLICT, FAULT, INTERRUPTED ->
              throw e;
          });
    } catch (Exception e) {
      return new Answer.Ready(failed(exchange, e));
    }
  }

  /// The handler's answer, or what stands for what it threw.
  private static Answer called(Exchange exchange, Application.Web web, Arrival arrival) {
    try {
      HttpRequest request = request(exchange, arrival);
      Object given = web.takesMap()
          ? web.handler().call(RingMaps.of(request, exchange.rawPath()))
          : web.handler().call(request);
      HttpResponse response = switch (given) {
        case HttpResponse typed -> typed;
        case Map<?, ?> map -> RingMaps.response(map);
        case null -> throw new NullPointerException("the handler returned null");
        default ->
          throw new IllegalArgumentException(
              "the handler returned a " + given.getClass().getName());
      };
      if (response.body() instanceof HttpResponse.Bytes(byte[] bytes)) {
        return new Answer.Ready(new Reply(response.status(), headers(response), bytes));
      }
      headers(response); // what can't be sent is refused while the answer can still say so
      return new Answer.Flowing(response);
    } catch (AnomalyException e) {
      Anomaly anomaly = e.anomaly();
      if (arrival.refused().filter(refused -> refused == e).isPresent()) {
        return new Answer.Ready(Reply.text(HttpStatus.of(anomaly), anomaly.message() + "\n"));
      }
      if (anomaly.category().retriable()) {
        UnderWay.failed(e);
        LOG.warn("handler-refused request={} anomaly={}", exchange.requestId(), anomaly);
        return new Answer.Ready(Reply.text(HttpStatus.of(anomaly), anomaly.message() + "\n"));
      }
      return new Answer.Ready(failed(exchange, e));
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      return new Answer.Ready(failed(exchange, e));
    }
  }

  /// Writes an answer as it is made; a caller of `HEAD` gets its headers alone.
  private Reply flow(
      Exchange exchange, Application application, Application.Web web, HttpResponse response) {
    if (exchange.method().equals("HEAD")) {
      return new Reply(response.status(), headers(response), new byte[0]);
    }
    Outflow outflow = new Outflow(exchange, application);
    if (response.body() instanceof HttpResponse.Events) {
      try (Lasting.Place place = events.begin(outflow::end)) {
        assert !place.isToEnd();
        exchange.lasts();
        return written(exchange, application, web, response, outflow);
      }
    }
    if (!places.tryAcquire()) {
      return throttled(web);
    }
    try {
      return written(exchange, application, web, response, outflow);
    } finally {
      places.release();
    }
  }

  private Reply written(
      Exchange exchange,
      Application application,
      Application.Web web,
      HttpResponse response,
      Outflow outflow) {
    outflows.add(outflow);
    try {
      Map<String, String> headers = headers(response);
      headers.put("x-request-id", exchange.requestId());
      exchange.forCaller(
          () -> application.run(() -> web.handler().within(() -> {
            outflow.write(response, headers);
            return true;
          })),
          outflow::end);
      return Reply.written(response.status());
    } catch (Outflow.BrokenOff e) {
      LOG.debug("answer-not-finished request={}", exchange.requestId(), e);
      return Reply.brokenOff(response.status());
    } catch (Exception e) {
      return failed(exchange, e);
    } finally {
      outflows.remove(outflow);
    }
  }

  private static Reply failed(Exchange exchange, Throwable thrown) {
    UnderWay.failed(thrown);
    LOG.error(
        "handler-failed method={} request={}", exchange.method(), exchange.requestId(), thrown);
    return Reply.text(
        500, "The application failed; the log has why under " + exchange.requestId() + ".\n");
  }

  private static Reply throttled(Application.Web web) {
    return Reply.text(
        web.config().pendingOpsExceededCode(), web.config().pendingOpsExceededMessage());
  }

  private static HttpRequest request(Exchange exchange, Arrival arrival) {
    return new HttpRequest(
        exchange.method(),
        exchange.path(),
        exchange.query(),
        exchange.headers(),
        arrival,
        new HttpRequest.Origin(
            exchange.remoteAddress(),
            exchange.isSecure() ? "https" : "http",
            exchange.serverName(),
            exchange.serverPort(),
            exchange.protocol(),
            exchange.requestId()));
  }

  /// The headers of an answer; several values of one name on a line each, as [Reply] has them.
  private static Map<String, String> headers(HttpResponse response) {
    if (response.status() < 200) {
      throw new IllegalArgumentException(
          "the handler answered status " + response.status() + ", which ends no request");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    response.headers().forEach((name, values) -> {
      if (!CONNECTION_HEADERS.contains(name)) {
        values.forEach(WebRequests::checked);
        headers.put(checked(name), String.join("\n", values));
      }
    });
    return headers;
  }

  /// A header's text, which must not be able to begin another header.
  private static String checked(String text) {
    if (text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
      throw new IllegalArgumentException("the handler answered a header with a control character");
    }
    return text;
  }
}
