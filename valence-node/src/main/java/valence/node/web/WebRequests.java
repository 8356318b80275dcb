package valence.node.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.wire.HttpStatus;

/// Carries requests to the application's HTTP handler and its answers back.
public final class WebRequests implements Endpoint {
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

  private final Serving serving;
  private final Duration limit;

  /// @param limit after which a request is given up
  public WebRequests(Serving serving, Duration limit) {
    this.serving = serving;
    this.limit = limit;
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
      return handled(exchange, application, web, request(exchange));
    } catch (AnomalyException e) {
      return Reply.text(HttpStatus.of(e.anomaly()), e.getMessage() + "\n");
    }
  }

  private Reply handled(
      Exchange exchange, Application application, Application.Web web, HttpRequest request) {
    try {
      return web.lane().call(limit, () -> application.run(() -> called(exchange, web, request)));
    } catch (AnomalyException e) {
      return switch (e.anomaly().category()) {
        case BUSY -> throttled(web);
        case UNAVAILABLE -> {
          LOG.warn("handler-timed-out request={}", exchange.requestId());
          yield Reply.text(504, "The application took too long.\n");
        }
        case INCORRECT, FORBIDDEN, UNSUPPORTED, NOT_FOUND, CONFLICT, FAULT, INTERRUPTED -> throw e;
      };
    } catch (Exception e) {
      return failed(exchange, e);
    }
  }

  /// The handler's answer, or what stands for what it threw.
  private static Reply called(Exchange exchange, Application.Web web, HttpRequest request) {
    try {
      return web.handler().call(request) instanceof HttpResponse response
          ? reply(response)
          : failed(exchange, new NullPointerException("the handler returned null"));
    } catch (AnomalyException e) {
      Anomaly anomaly = e.anomaly();
      if (anomaly.category().retriable()) {
        LOG.warn("handler-refused request={} anomaly={}", exchange.requestId(), anomaly);
        return Reply.text(HttpStatus.of(anomaly), anomaly.message() + "\n");
      }
      return failed(exchange, e);
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      return failed(exchange, e);
    }
  }

  private static Reply failed(Exchange exchange, Throwable thrown) {
    LOG.error(
        "handler-failed method={} request={}", exchange.method(), exchange.requestId(), thrown);
    return Reply.text(
        500, "The application failed; the log has why under " + exchange.requestId() + ".\n");
  }

  private static Reply throttled(Application.Web web) {
    return Reply.text(
        web.config().pendingOpsExceededCode(), web.config().pendingOpsExceededMessage());
  }

  private static HttpRequest request(Exchange exchange) {
    return new HttpRequest(
        exchange.method(),
        exchange.path(),
        exchange.query(),
        exchange.headers(),
        exchange.body(BODY_BYTES_MAX),
        exchange.remoteAddress());
  }

  private static Reply reply(HttpResponse response) {
    if (response.status() < 200) {
      throw new IllegalArgumentException(
          "the handler answered status " + response.status() + ", which ends no request");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    response.headers().forEach((name, value) -> {
      if (!CONNECTION_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        headers.put(checked(name), checked(value));
      }
    });
    return new Reply(response.status(), headers, response.body());
  }

  /// A header's text, which must not be able to begin another header.
  private static String checked(String text) {
    if (text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
      throw new IllegalArgumentException("the handler answered a header with a control character");
    }
    return text;
  }
}
