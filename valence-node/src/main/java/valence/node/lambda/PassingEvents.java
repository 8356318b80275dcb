package valence.node.lambda;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Entrance;
import valence.node.app.Serving;

/// Events that are kept in memory alone, and end with the process: for a system that does, too.
final class PassingEvents implements Events {
  private static final Logger LOG = LoggerFactory.getLogger(PassingEvents.class);

  /// Before an event that failed is tried again.
  private static final List<Duration> RETRY_PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));

  @Override
  public void accept(
      Serving.Call call, Application.Lambda lambda, String payload, LambdaContext context) {
    post(call, lambda, payload, context, 0);
  }

  /// Lets an event run when it can, on the code that serves now; twice more, after a pause, when it
  /// fails.
  private static void post(
      Serving.Call call,
      Application.Lambda lambda,
      String payload,
      LambdaContext context,
      int attempt) {
    Serving.Call held = call.again();
    try {
      call.application()
          .post(
              Entrance.EVENT,
              lambda.function(),
              lambda.events(),
              () -> {
                Outcome outcome = Outcome.of(lambda, payload, context); // logs a failure
                if (outcome.failed() && attempt < RETRY_PAUSES.size()) {
                  again(held, lambda, payload, context, attempt);
                }
                return outcome;
              },
              held::close);
    } catch (AnomalyException e) {
      held.close();
      throw e;
    }
  }

  private static void again(
      Serving.Call call,
      Application.Lambda lambda,
      String payload,
      LambdaContext context,
      int attempt) {
    Serving.Call held = call.again();
    Thread.ofVirtual().name("event-retry").start(() -> {
      try (held) {
        Thread.sleep(RETRY_PAUSES.get(attempt));
        post(held, lambda, payload, context, attempt + 1);
      } catch (AnomalyException | InterruptedException e) {
        LOG.error(
            "lambda-event-lost function={} request={}",
            context.functionName(),
            context.requestId(),
            e);
      }
    });
  }
}
