package valence.node;

import static valence.api.Valence.kw;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.node.access.Guard;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.lambda.Invocations;
import valence.node.operation.Operations;
import valence.node.operation.Uploads;
import valence.wire.EdnBody;

/// The api door: says whether the node is up, and hands on what it is there for.
final class ApiRequests implements Endpoint {
  /// What answers once the node is up.
  record Parts(Guard guard, Operations operations, Uploads uploads, Invocations invocations) {}

  private final Life life;
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
    if (path.equals("/health")) {
      return health();
    }
    Parts answering = parts.get();
    if (life.stage() != Life.Stage.UP || answering == null) {
      return Operations.reply(Anomaly.of(
          Anomaly.Category.UNAVAILABLE,
          "The node is " + stage() + ".",
          "Try again when its /health says that it is up."));
    }
    if (Invocations.concerns(exchange)) {
      return answering
          .guard()
          .api(
              exchange,
              refusal -> Invocations.refused(exchange, refusal),
              _ -> answering.invocations().answer(exchange));
    }
    return answering
        .guard()
        .api(
            exchange,
            Operations::reply,
            admission -> path.startsWith(Uploads.PATH)
                ? answering.uploads().answer(exchange)
                : answering.operations().answer(exchange, admission));
  }

  private Reply health() {
    return Reply.of(
        life.stage() == Life.Stage.UP ? 200 : 503,
        EdnBody.MEDIA_TYPE,
        EdnBody.encode(Map.of(kw("status"), kw(stage()))));
  }

  private String stage() {
    return life.stage().name().toLowerCase(Locale.ROOT);
  }
}
