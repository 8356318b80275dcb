package valence.node.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import valence.node.telemetry.Cause;
import valence.node.telemetry.Histogram;
import valence.node.telemetry.Span;
import valence.node.telemetry.SpanContext;
import valence.node.telemetry.Telemetry;

/// Measures the requests of a door, and says to all that works for one whom it works for.
public final class Watched implements Endpoint {
  /// The name of requests that nobody wants to see in a trace, such as those of a balancer.
  public static final String UNTRACED = "health";

  private record Ended(String operation, int status) {}

  private final String door;
  private final Function<Exchange, String> naming;
  private final Telemetry telemetry;
  private final Endpoint endpoint;
  private final Map<String, Histogram> times = new ConcurrentHashMap<>();
  private final Map<Ended, LongAdder> counts = new ConcurrentHashMap<>();
  private final LongAdder running = new LongAdder();
  private final LongAdder lasting = new LongAdder();

  /// @param naming what a request asks for, out of few names
  public Watched(
      String door, Function<Exchange, String> naming, Telemetry telemetry, Endpoint endpoint) {
    this.door = door;
    this.naming = naming;
    this.telemetry = telemetry;
    this.endpoint = endpoint;
    telemetry
        .metrics()
        .source(samples -> samples.gauge(
            "valence_requests_in_flight",
            "Requests that are being answered.",
            running.sum(),
            "door",
            door));
    telemetry
        .metrics()
        .source(samples -> samples.gauge(
            "valence_streams_in_flight",
            "Answers that last until they are ended, such as streams of events.",
            lasting.sum(),
            "door",
            door));
  }

  /// Where a request is counted: as one that is being answered, or whose answer lasts. For the
  /// request's own thread.
  private final class Counted {
    private final String operation;
    private final long begin = System.nanoTime();
    private boolean lasts;

    Counted(String operation) {
      this.operation = operation;
      running.increment();
    }

    void last() {
      if (!lasts) {
        lasts = true;
        running.decrement();
        lasting.increment();
        time();
      }
    }

    void end() {
      if (lasts) {
        lasting.decrement();
      } else {
        running.decrement();
        time();
      }
    }

    private void time() {
      times.computeIfAbsent(operation, Watched.this::time).record(System.nanoTime() - begin);
    }
  }

  @Override
  public Reply answer(Exchange exchange) throws Exception {
    String operation = naming.apply(exchange);
    if (operation.equals(UNTRACED)) {
      return endpoint.answer(exchange);
    }
    int status = 500; // as the door answers what is thrown
    Counted counted = new Counted(operation);
    exchange.whenLasting(counted::last);
    Span span = telemetry.tracer().request(door + " " + operation, caller(exchange));
    span.with("http.request.method", exchange.method());
    span.with("valence.request", exchange.requestId());
    try {
      Reply reply = new Cause(exchange.requestId(), span.context(), null, null, null)
          .call(() -> endpoint.answer(exchange));
      status = reply.status();
      return reply;
    } catch (Throwable e) { // the door answers it; it is to be seen in the trace as well
      span.failed(e);
      throw e;
    } finally {
      counted.end();
      span.with("http.response.status_code", (long) status).close();
      counts.computeIfAbsent(new Ended(operation, status), this::count).increment();
    }
  }

  private static @org.jspecify.annotations.Nullable SpanContext caller(Exchange exchange) {
    return exchange
        .header("traceparent")
        .map(parent -> SpanContext.parse(
            parent,
            exchange.header("tracestate").orElse(null),
            exchange.header("baggage").orElse(null)))
        .orElse(null);
  }

  private Histogram time(String operation) {
    return telemetry
        .metrics()
        .histogram(
            "valence_request_seconds",
            "Requests, from when they were read to when their answer was made, or began to last.",
            "door",
            door,
            "operation",
            operation);
  }

  private LongAdder count(Ended ended) {
    return telemetry
        .metrics()
        .counter(
            "valence_requests_total",
            "Requests that were answered.",
            "door",
            door,
            "operation",
            ended.operation(),
            "status",
            Integer.toString(ended.status()));
  }
}
