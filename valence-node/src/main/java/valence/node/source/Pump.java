package valence.node.source;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.node.source.queue.Message;
import valence.node.source.queue.Queue;
import valence.wire.ion.SourceConfig;

/// Takes events out of a queue and delivers them, some at once, until it is ended.
final class Pump {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  /// For which an event stays handed out after the function's time is over.
  private static final Duration VISIBILITY_MARGIN = Duration.ofSeconds(30);

  private static final Duration RECEIVE_WAIT = Duration.ofMillis(500);
  private static final Duration ROOM_WAIT = Duration.ofMillis(20);

  /// What makes a payload of events, and reads which of them failed out of an answer.
  interface Shape {
    String payload(List<Message> messages);

    /// The ids of the messages that are to be delivered again, of those that were delivered.
    default Set<UUID> failures(List<Message> messages, Delivery.Outcome.Done done) {
      return Set.of();
    }
  }

  private final String source;
  private final SourceConfig config;
  private final Queue queue;
  private final Shape shape;
  private final Delivery delivery;
  private final Duration visibility;
  private final Backoff backoff;
  private final Gate gate;
  private final Tally tally;
  private final Clock clock;
  private final Semaphore free;

  /// @param limit of one call of the function
  Pump(
      String source,
      SourceConfig config,
      Queue queue,
      Shape shape,
      Delivery delivery,
      Duration limit,
      Backoff backoff,
      Gate gate,
      Tally tally,
      Clock clock) {
    this.source = source;
    this.config = config;
    this.queue = queue;
    this.shape = shape;
    this.delivery = delivery;
    this.visibility = limit.plus(VISIBILITY_MARGIN);
    this.backoff = backoff;
    this.gate = gate;
    this.tally = tally;
    this.clock = clock;
    this.free = new Semaphore(config.delivery().concurrency());
  }

  /// Works until the gate is ended, or the thread interrupted.
  void run() throws InterruptedException {
    int failures = 0;
    while (gate.pass()) {
      free.acquire();
      boolean handed = false;
      try {
        List<Message> messages = receive();
        failures = 0;
        if (gate.isPaused() || gate.isEnding()) {
          giveBack(messages);
        } else if (!messages.isEmpty()) {
          Thread.ofVirtual().name("source " + source).start(() -> {
            try {
              deliver(messages);
            } finally {
              free.release();
            }
          });
          handed = true;
        }
      } catch (AnomalyException e) { // of the database that holds the queue
        tally.trouble(e.anomaly().message());
        LOG.error("source-not-received source={}", source, e);
        gate.await(backoff.after(++failures, ThreadLocalRandom.current()));
      } finally {
        if (!handed) {
          free.release();
        }
      }
    }
  }

  private List<Message> receive() throws InterruptedException {
    while (!delivery.hasRoom()) {
      gate.await(ROOM_WAIT);
      if (gate.isEnding() || gate.isPaused()) {
        return List.of();
      }
    }
    return queue.receiveHere(config.delivery().batchSize(), visibility, RECEIVE_WAIT);
  }

  /// Waits until what is being delivered is through; false when it isn't in time.
  boolean awaitIdle(Duration wait) throws InterruptedException {
    return free.tryAcquire(config.delivery().concurrency(), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void deliver(List<Message> messages) {
    try {
      Delivery.Outcome outcome =
          delivery.deliver(shape.payload(messages), UUID.randomUUID().toString());
      switch (outcome) {
        case Delivery.Outcome.Done done -> done(messages, shape.failures(messages, done));
        case Delivery.Outcome.Failed(String why) -> failed(messages, why);
        case Delivery.Outcome.Later _ -> giveBack(messages);
      }
    } catch (AnomalyException e) {
      // They are handed out again when their time is over.
      tally.trouble(e.anomaly().message());
      LOG.error("source-not-acknowledged source={} messages={}", source, messages.size(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the same
    }
  }

  private void done(List<Message> messages, Set<UUID> failures) {
    List<Message> failed = new ArrayList<>();
    List<String> done = new ArrayList<>();
    for (Message message : messages) {
      if (failures.contains(message.id())) {
        failed.add(message);
      } else {
        done.add(message.handle());
      }
    }
    queue.delete(done);
    tally.delivered(done.size(), clock.instant());
    if (!failed.isEmpty()) {
      failed(failed, "The function said so, under batchItemFailures.");
    }
  }

  private void failed(List<Message> messages, String why) {
    tally.failed(why);
    // A queue with a queue for its dead letters has its own idea of how often is too often.
    boolean redriven = queue.settings().receivedMax() > 0;
    List<String> dead = new ArrayList<>();
    int tries = 1;
    for (Message message : messages) {
      tries = Math.max(tries, message.received());
    }
    Duration pause = backoff.after(tries, ThreadLocalRandom.current());
    for (Message message : messages) {
      if (!redriven && message.received() > config.delivery().retries()) {
        dead.add(message.handle());
      } else {
        queue.changeVisibility(message.handle(), pause);
      }
    }
    if (!dead.isEmpty()) {
      queue.kill(dead, why);
      tally.dead.addAndGet(dead.size());
      LOG.warn("source-dead-letters source={} messages={} why={}", source, dead.size(), why);
    }
  }

  /// The function wasn't called, so that this was no try.
  private void giveBack(List<Message> messages) {
    messages.forEach(message -> queue.giveBack(message.handle()));
  }
}
