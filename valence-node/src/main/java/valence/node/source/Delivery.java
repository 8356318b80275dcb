package valence.node.source;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.engine.code.EntryPoint;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Entrance;
import valence.node.app.Serving;
import valence.node.app.SourceFunction;
import valence.node.http.Lane;

/// Calls a source's function on the revision that serves, within the function's limits.
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  /// How a call ended.
  sealed interface Outcome {
    /// @param answer what the function returned
    record Done(@Nullable Object answer) implements Outcome {}

    /// @param why for people
    record Failed(String why) implements Outcome {}

    /// The function wasn't called: there is none now, or it has too much to do.
    record Later(String why) implements Outcome {}
  }

  private final Serving serving;
  private final String source;
  private final Clock clock;

  Delivery(Serving serving, String source, Clock clock) {
    this.serving = serving;
    this.source = source;
    this.clock = clock;
  }

  /// The qualified symbol of the function, as a transaction of its says; empty when there is none.
  String functionName() {
    return serving
        .current()
        .flatMap(application -> Optional.ofNullable(application.sources().get(source)))
        .map(function -> switch (function) {
          case SourceFunction.OfEvents events ->
            events.lambda().function().name().toString();
          case SourceFunction.OfFacts facts -> facts.function().name().toString();
        })
        .orElse("");
  }

  /// Whether the function could be called now, as far as can be told.
  boolean hasRoom() {
    return serving
        .current()
        .flatMap(application -> Optional.ofNullable(application.sources().get(source)))
        .map(function -> switch (function) {
          case SourceFunction.OfEvents events -> !events.lambda().calls().full();
          case SourceFunction.OfFacts facts -> !facts.lane().full();
        })
        .orElse(false);
  }

  /// Calls the function with the payload of an event.
  Outcome deliver(String payload, String requestId) throws InterruptedException {
    return call((application, function) -> switch (function) {
      case SourceFunction.OfEvents(_, String name, Application.Lambda lambda) -> {
        Duration limit = Duration.ofSeconds(lambda.config().timeoutSecs());
        var context = new LambdaContext(name, requestId, clock.instant().plus(limit));
        yield run(
            application,
            lambda.function(),
            lambda.calls(),
            limit,
            requestId,
            () -> lambda.call(payload, context));
      }
      case SourceFunction.OfFacts _ -> new Outcome.Later("The function takes facts, not events.");
    });
  }

  /// Calls a function of facts with a database and rows; one of events with a payload instead.
  Outcome deliver(Db after, List<?> rows, String requestId, Callable<String> payload)
      throws InterruptedException {
    return call((application, function) -> switch (function) {
      case SourceFunction.OfFacts(var config, var entry, var lane) ->
        run(
            application,
            entry,
            lane,
            Duration.ofSeconds(config.delivery().timeoutSecs()),
            requestId,
            () -> entry.call(after, rows));
      case SourceFunction.OfEvents _ -> deliver(payload.call(), requestId);
    });
  }

  private interface Work {
    Outcome on(Application application, SourceFunction function) throws Exception;
  }

  private Outcome call(Work work) throws InterruptedException {
    Serving.Call call = serving.begin().orElse(null);
    if (call == null) {
      return new Outcome.Later("No application is deployed.");
    }
    try (call) {
      SourceFunction function = call.application().sources().get(source);
      return function == null
          ? new Outcome.Later("The revision that serves has no such source.")
          : work.on(call.application(), function);
    } catch (AnomalyException e) { // of the lane: what the function throws is an outcome already
      return switch (e.anomaly().category()) {
        case BUSY -> new Outcome.Later(e.anomaly().message());
        case UNAVAILABLE,
            INTERRUPTED,
            INCORRECT,
            FORBIDDEN,
            UNSUPPORTED,
            NOT_FOUND,
            CONFLICT,
            FAULT -> new Outcome.Failed(e.anomaly().message());
      };
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return new Outcome.Failed(String.valueOf(e));
    }
  }

  private Outcome run(
      Application application,
      EntryPoint entry,
      Lane lane,
      Duration limit,
      String requestId,
      Callable<? extends @Nullable Object> function)
      throws Exception {
    return application.perform(
        Entrance.EVENT, entry, lane, limit, () -> outcome(requestId, function));
  }

  private Outcome outcome(String requestId, Callable<? extends @Nullable Object> function) {
    try {
      return new Outcome.Done(function.call());
    } catch (Throwable e) { // an application's code: nothing it throws may harm the node
      LOG.error("source-delivery-failed source={} request={}", source, requestId, e);
      return new Outcome.Failed(Tally.shortened(String.valueOf(e)));
    }
  }
}
