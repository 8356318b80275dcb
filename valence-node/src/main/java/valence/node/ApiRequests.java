package valence.node;

import static valence.api.Valence.kw;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.node.access.Guard;
import valence.node.console.ConsoleRequests;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.http.Watched;
import valence.node.lambda.Invocations;
import valence.node.live.LiveRequests;
import valence.node.operation.OpenApi;
import valence.node.operation.Operations;
import valence.node.operation.Uploads;
import valence.node.source.sqs.SqsRequests;
import valence.wire.Format;

/// The api door: says whether the node is up, and hands on what it is there for.
final class ApiRequests implements Endpoint {
  /// What answers once the node is up.
  record Parts(
      Guard guard,
      Operations operations,
      Uploads uploads,
      Invocations invocations,
      LiveRequests live,
      SqsRequests queues,
      MetricsRequests metrics) {}

  private final Life life;
  private final ConsoleRequests console = new ConsoleRequests();
  private final AtomicReference<@Nullable Parts> parts = new AtomicReference<>();

  ApiRequests(Life life) {
    this.life = life;
  }

  void serve(Parts answering) {
    parts.set(answering);
  }

  @Override
  public Reply answer(Exchange exchange) throws Exception {
    String path = exchange.path();
    Format format = exchange.answerFormat();
    switch (path) {
      case "/health", "/ready" -> {
        return stage(format, life.stage() == Life.Stage.UP);
      }
      case "/live" -> {
        return stage(format, true);
      }
      case OpenApi.PATH -> {
        return Reply.of(200, Format.JSON.mediaType(), OpenApi.json());
      }
      default -> {}
    }
    if (ConsoleRequests.concerns(exchange) && !SqsRequests.concerns(exchange)) {
      return console.answer(exchange);
    }
    Parts answering = parts.get();
    if (life.stage() != Life.Stage.UP || answering == null) {
      return Operations.reply(
          format,
          Anomaly.of(
                  Anomaly.Category.UNAVAILABLE,
                  "The node is " + stage() + ".",
                  "Try again when its /ready says that it is up.")
              .withError("node.error/not-serving"));
    }
    if (Invocations.concerns(exchange)) {
      return answering
          .guard()
          .api(
              exchange,
              refusal -> Invocations.refused(exchange, refusal),
              _ -> answering.invocations().answer(exchange));
    }
    if (SqsRequests.concerns(exchange)) {
      return answering
          .guard()
          .queue(
              exchange,
              refusal -> SqsRequests.refused(exchange, refusal),
              _ -> answering.queues().answer(exchange));
    }
    return answering
        .guard()
        .api(exchange, refusal -> Operations.reply(format, refusal), admission -> {
          if (path.equals(MetricsRequests.PATH)) {
            return answering.metrics().answer(exchange, admission);
          }
          if (path.startsWith(Uploads.PATH)) {
            return answering.uploads().answer(exchange);
          }
          return LiveRequests.concerns(exchange)
              ? answering.live().answer(exchange, admission)
              : answering.operations().answer(exchange, admission);
        });
  }

  /// What a request asks for, out of few names.
  static String operation(Exchange exchange) {
    String path = exchange.path();
    if (path.startsWith(Operations.PATH)) {
      String name = path.substring(Operations.PATH.length());
      return Guard.operations().contains(name) ? name : "other";
    }
    if (Invocations.concerns(exchange)) {
      return "invoke";
    }
    if (path.startsWith(Uploads.PATH)) {
      return "upload";
    }
    if (SqsRequests.concerns(exchange)) {
      return "queue";
    }
    return path.equals(MetricsRequests.PATH) ? "metrics" : Watched.UNTRACED;
  }

  /// Whether the node serves, or only lives: a balancer asks the one, who restarts it the other.
  private Reply stage(Format format, boolean good) {
    return Reply.of(
        good ? 200 : 503, format.mediaType(), format.encode(Map.of(kw("status"), kw(stage()))));
  }

  private String stage() {
    return life.stage().name().toLowerCase(Locale.ROOT);
  }
}
