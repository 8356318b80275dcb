package valence.node.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Entrance;
import valence.node.app.Serving;
import valence.node.http.Lane;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.Queues;
import valence.node.telemetry.Samples;

/// Events that are durable when they are taken in: each function has a queue of them.
///
/// An event is tried [#ATTEMPTS_MAX] times, after pauses, on the code that serves then; a node that
/// ends while it runs counts as one of them, so that an event that ends its node doesn't do so for
/// ever. Then it goes to the queue that the function names as `:on-failure`, as AWS tells of it
/// there, in the transaction that deletes it; or it is logged, and gone.
public final class QueuedEvents implements Events, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueuedEvents.class);

  /// What the name of a function's queue ends with.
  private static final String OF_FUNCTION = Queues.OWNED + "invocations";

  /// Calls of one function at once, unless its configuration allows fewer.
  private static final int RUNNING_MAX = 100;

  private static final Duration RECEIVE_WAIT = Duration.ofMillis(500);
  private static final Duration LATER = Duration.ofMillis(100);

  /// For which an event stays handed out after the function's time is over.
  private static final Duration VISIBILITY_MARGIN = Duration.ofSeconds(30);

  private final Serving serving;
  private final Queues queues;
  private final Clock clock;
  private final Duration pause;
  private final Duration drainTimeout;
  private final ConcurrentHashMap<String, Worker> workers = new ConcurrentHashMap<>();
  private volatile boolean isEnding;

  /// @param pause before an event that failed is tried again; twice that before the last time
  /// @param drainTimeout how long [#close] waits for calls under way
  public QueuedEvents(
      Serving serving, Queues queues, Clock clock, Duration pause, Duration drainTimeout) {
    this.serving = serving;
    this.queues = queues;
    this.clock = clock;
    this.pause = pause;
    this.drainTimeout = drainTimeout;
  }

  /// Takes up the events that were left.
  public QueuedEvents start() {
    for (Queue queue : queues.all()) {
      if (queue.name().endsWith(OF_FUNCTION)) {
        worker(queue.name().substring(0, queue.name().length() - OF_FUNCTION.length()));
      }
    }
    return this;
  }

  @Override
  public void accept(
      Serving.Call call, Application.Lambda lambda, String payload, LambdaContext context) {
    Worker worker = worker(context.functionName());
    worker.queue.send(List.of(new Draft(new Event(context, payload).text())));
  }

  private Worker worker(String function) {
    return workers.computeIfAbsent(function, name -> new Worker(name).start());
  }

  /// Ends: nothing more is taken up, and what is under way is waited for. What isn't done then is
  /// done again by the next process.
  @Override
  public void close() {
    isEnding = true;
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    try {
      for (Worker worker : workers.values()) {
        worker.thread.join();
        if (!worker.free.tryAcquire(
            RUNNING_MAX, Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          LOG.warn("lambda-events-left function={}", worker.function);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// How a try ended.
  private sealed interface Tried {
    record Done() implements Tried {}

    record Failed(Outcome outcome) implements Tried {}

    /// It wasn't called: there is no such function now, or it has too much to do.
    record Later() implements Tried {}
  }

  /// What delivers the events of one function.
  private final class Worker {
    private final String function;
    private final Queue queue;
    private final Semaphore free = new Semaphore(RUNNING_MAX);
    private final Thread thread;

    Worker(String function) {
      this.function = function;
      this.queue = queues.open(function + OF_FUNCTION, QueueSettings.OF_SOURCE);
      this.thread = Thread.ofVirtual().name("events " + function).unstarted(this::work);
    }

    Worker start() {
      thread.start();
      return this;
    }

    private void work() {
      while (!isEnding) {
        try {
          Optional<Duration> limit = limit();
          if (limit.isEmpty()) {
            Thread.sleep(LATER);
            continue;
          }
          receive(limit.get());
        } catch (InterruptedException e) {
          return;
        } catch (AnomalyException e) { // of the database that holds the queue
          LOG.error("lambda-events-not-received function={}", function, e);
          try {
            Thread.sleep(pause);
          } catch (InterruptedException interrupted) {
            return;
          }
        }
      }
    }

    /// How long a call may take; empty when none can be made now.
    private Optional<Duration> limit() {
      return serving
          .current()
          .flatMap(application -> application.lambda(function))
          .filter(lambda -> RUNNING_MAX - free.availablePermits()
              < lambda.config().concurrency().orElse(RUNNING_MAX))
          .map(lambda -> Duration.ofSeconds(lambda.config().timeoutSecs()));
    }

    private void receive(Duration limit) throws InterruptedException {
      free.acquire();
      boolean handed = false;
      try {
        for (Message message : queue.receiveHere(1, limit.plus(VISIBILITY_MARGIN), RECEIVE_WAIT)) {
          handed = true;
          Thread.ofVirtual().name("event " + function).start(() -> {
            try {
              deliver(message);
            } catch (AnomalyException e) { // it is handed out again when its time is over
              LOG.error("lambda-event-not-done function={}", function, e);
            } finally {
              free.release();
            }
          });
        }
      } finally {
        if (!handed) {
          free.release();
        }
      }
    }

    private void deliver(Message message) {
      Event event = Event.of(message.body());
      if (message.received() > ATTEMPTS_MAX) {
        giveUp(message, event, new Outcome(true, "null".getBytes(UTF_8)));
        return;
      }
      switch (tried(event)) {
        case Tried.Done _ -> queue.delete(List.of(message.handle()));
        case Tried.Later _ -> {
          LockSupport.parkNanos(LATER.toNanos());
          queue.giveBack(message.handle());
        }
        case Tried.Failed(Outcome outcome) -> {
          if (message.received() >= ATTEMPTS_MAX) {
            giveUp(message, event, outcome);
          } else {
            queue.changeVisibility(message.handle(), pause.multipliedBy(message.received()));
          }
        }
      }
    }

    private Tried tried(Event event) {
      Serving.Call call = serving.begin().orElse(null);
      if (call == null) {
        return new Tried.Later();
      }
      try (call) {
        Application.Lambda lambda = call.application().lambda(function).orElse(null);
        if (lambda == null) {
          return new Tried.Later();
        }
        Duration limit = Duration.ofSeconds(lambda.config().timeoutSecs());
        LambdaContext context = event.context(
            function, clock.instant().plus(limit), call.application().info());
        return tried(call.application(), lambda, limit, event, context);
      }
    }

    private Tried tried(
        Application application,
        Application.Lambda lambda,
        Duration limit,
        Event event,
        LambdaContext context) {
      try {
        Outcome outcome = application.perform(
            Entrance.EVENT,
            lambda.function(),
            lambda.events(),
            limit,
            () -> Outcome.of(lambda, event.payload(), context)); // logs a failure
        return outcome.failed() ? new Tried.Failed(outcome) : new Tried.Done();
      } catch (AnomalyException e) {
        if (!Lane.isTimeout(e.anomaly())) {
          return new Tried.Later();
        }
        LOG.warn("lambda-timed-out function={} request={}", function, context.requestId());
        return new Tried.Failed(Outcome.timedOut(lambda.config().timeoutSecs()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Tried.Later();
      } catch (Exception e) {
        throw Anomaly.fault("A call of " + function + " failed as it can't.").toException(e);
      }
    }

    private void giveUp(Message message, Event event, Outcome outcome) {
      String target = serving
          .current()
          .flatMap(application -> application.lambda(function))
          .map(lambda -> lambda.config().onFailure())
          .orElse("");
      int tries = Math.min(message.received(), ATTEMPTS_MAX);
      if (target.isEmpty()) {
        queue.delete(List.of(message.handle()));
      } else {
        queue.replace(
            message.handle(),
            queues.open(target, QueueSettings.of(target)),
            new Draft(event.failed(tries, outcome, clock.instant())));
      }
      LOG.error(
          "lambda-event-failed function={} request={} tries={} on-failure={}",
          function,
          event.requestId(),
          tries,
          target);
    }
  }

  /// How many events wait, of each function that was ever sent some.
  public void tell(Samples samples) {
    workers.forEach((function, worker) -> samples.gauge(
        "valence_lambda_events_waiting",
        "Invocations that nobody waits for and that aren't done yet.",
        worker.queue.counts().waiting(),
        "function",
        function));
  }
}
