package valence.node.source;

import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.lambda.Json;
import valence.wire.HttpStatus;

/// `POST /webhook/<name>` of the http port, for the webhooks that the serving revision names. Who
/// asks proves himself by the webhook's own signature.
public final class WebhookRequests implements Endpoint {
  /// How many bytes a request's body may have.
  public static final int BODY_BYTES_MAX = 6 << 20;

  private static final String PATH = "/webhook/";

  private final Sources sources;

  public WebhookRequests(Sources sources) {
    this.sources = sources;
  }

  /// Whether a request is one to a webhook that there is; all others are the application's.
  public boolean concerns(Exchange exchange) {
    return inbox(exchange).isPresent();
  }

  private Optional<WebhookInbox> inbox(Exchange exchange) {
    String path = exchange.path();
    return path.startsWith(PATH)
        ? sources.webhook(path.substring(PATH.length()))
        : Optional.empty();
  }

  @Override
  public Reply answer(Exchange exchange) {
    return reply(exchange).withHeader("x-request-id", exchange.requestId());
  }

  private Reply reply(Exchange exchange) {
    if (!exchange.method().equals("POST")) {
      return Reply.text(405, "Expected POST.\n").withHeader("allow", "POST");
    }
    try {
      WebhookInbox inbox = inbox(exchange)
          .orElseThrow(
              () -> Anomaly.of(Anomaly.Category.NOT_FOUND, "There is no such webhook any more.")
                  .toException());
      byte[] body = exchange.body(BODY_BYTES_MAX);
      WebhookInbox.Taken taken = inbox.take(exchange.path(), exchange.headers(), body);
      byte[] answer = Json.print(Map.of("accepted", taken == WebhookInbox.Taken.NEW))
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);
      return Reply.of(202, "application/json", answer);
    } catch (AnomalyException e) {
      boolean unsigned = e.anomaly().category() == Anomaly.Category.FORBIDDEN;
      return Reply.text(unsigned ? 401 : HttpStatus.of(e.anomaly()), e.anomaly().message() + "\n");
    }
  }
}
