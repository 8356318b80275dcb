package valence.node.operation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.node.app.CodeStore;
import valence.node.control.Control;
import valence.node.deploy.Deployer;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Lane;
import valence.node.http.Reply;
import valence.wire.Answer;
import valence.wire.EdnBody;
import valence.wire.Fields;

/// `POST /api/<operation>`: a request in EDN, an answer in EDN.
public final class Operations implements Endpoint {
  public static final String PATH = "/api/";

  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final int RUNNING_MAX = 32;
  private static final int WAITING_MAX = 127;

  /// Above the limits of queries and transactions, so that their own anomaly is what is answered.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final Duration LIMIT = Duration.ofSeconds(60).plus(MARGIN);

  private final Map<String, Operation> byName = new HashMap<>();
  private final Lane lane = new Lane("operations", RUNNING_MAX, WAITING_MAX);

  /// @param status   what `status` answers
  /// @param shutdown begins the end of the node, and returns at once
  public Operations(
      Client client,
      CodeStore store,
      Control control,
      Deployer deployer,
      Supplier<Map<?, ?>> status,
      Runnable shutdown) {
    byName.putAll(new DatabaseOperations(client).byName());
    byName.putAll(new ApplicationOperations(store, control, deployer).byName());
    byName.put("status", _ -> status.get());
    byName.put("shutdown", _ -> {
      shutdown.run();
      return true;
    });
  }

  @Override
  public Reply answer(Exchange exchange) {
    Answer answer;
    try {
      answer = new Answer.Success(value(exchange));
    } catch (AnomalyException e) {
      answer = failure(exchange, e);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
      answer = new Answer.Failure(
          Anomaly.fault("The node failed; its log has why under " + exchange.requestId() + "."));
    }
    return reply(exchange, answer);
  }

  /// An anomaly as a reply, in EDN.
  public static Reply reply(Anomaly anomaly) {
    var answer = new Answer.Failure(anomaly);
    return Reply.of(answer.status(), EdnBody.MEDIA_TYPE, answer.encode());
  }

  private static Reply reply(Exchange exchange, Answer answer) {
    try {
      return Reply.of(answer.status(), EdnBody.MEDIA_TYPE, answer.encode());
    } catch (AnomalyException e) { // what was asked for is too long or too deep to be sent
      return reply(failure(exchange, e).anomaly());
    }
  }

  private static Answer.Failure failure(Exchange exchange, AnomalyException e) {
    if (e.anomaly().category() == Anomaly.Category.FAULT) {
      LOG.error("operation-failed path={} request={}", exchange.path(), exchange.requestId(), e);
    }
    return new Answer.Failure(e.anomaly());
  }

  private @org.jspecify.annotations.Nullable Object value(Exchange exchange) throws Exception {
    String name = exchange.path().substring(PATH.length());
    Operation operation = byName.get(name);
    if (operation == null) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no operation " + name + ".",
              "Check its name, and that client and node are of one version.")
          .toException();
    }
    if (!exchange.method().equals("POST")) {
      throw Anomaly.incorrect(
              "db.error/invalid-request",
              "The operation " + name + " was asked for with " + exchange.method() + ".",
              "Expected POST.")
          .toException();
    }
    Fields request = Fields.of(name, EdnBody.decode(exchange.body(EdnBody.BYTES_MAX)));
    return lane.call(limit(request), () -> new Answer.Success(operation.answer(request)))
        .value();
  }

  private static Duration limit(Fields request) {
    long millis = request.number(
        "timeout", 1, DatabaseOperations.QUERY_TIMEOUT_MAX.toMillis(), LIMIT.toMillis());
    return Duration.ofMillis(Math.max(millis, LIMIT.toMillis())).plus(MARGIN);
  }
}
