package valence.node.source;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.node.source.queue.DeadLetter;
import valence.node.source.queue.Queue;
import valence.node.source.queue.Queues;
import valence.node.telemetry.Samples;
import valence.wire.ion.Origin;
import valence.wire.ion.SourceConfig;

/// A source whose events wait in a queue.
final class EventSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(EventSource.class);
  private static final Backoff FEED_BACKOFF =
      new Backoff(Duration.ofMillis(500), Duration.ofMinutes(1));

  private final String name;
  private final SourceConfig config;
  private final SourceFacts facts;
  private final Queues queues;
  private final Queue queue;
  private final Pump pump;
  private final Optional<? extends Feeder> feeder;
  private final Gate gate;
  private final Tally tally;
  private final Clock clock;
  private final List<Thread> threads = new ArrayList<>();

  EventSource(
      String name,
      SourceConfig config,
      SourceFacts facts,
      Queues queues,
      Queue queue,
      Pump pump,
      Optional<? extends Feeder> feeder,
      Gate gate,
      Tally tally,
      Clock clock) {
    this.name = name;
    this.config = config;
    this.facts = facts;
    this.queues = queues;
    this.queue = queue;
    this.pump = pump;
    this.feeder = feeder;
    this.gate = gate;
    this.tally = tally;
    this.clock = clock;
  }

  EventSource start() {
    threads.add(Thread.ofVirtual().name("source " + name).start(this::deliver));
    feeder.ifPresent(
        each -> threads.add(Thread.ofVirtual().name("feeder " + name).start(() -> feed(each))));
    return this;
  }

  private void deliver() {
    try {
      pump.run();
    } catch (InterruptedException e) {
      LOG.debug("source-interrupted source={}", name);
    }
  }

  private void feed(Feeder from) {
    int failures = 0;
    try {
      while (gate.pass()) {
        Duration pause;
        try {
          pause = from.feed();
          failures = 0;
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          String why =
              e instanceof AnomalyException known ? known.anomaly().message() : e.toString();
          if (failures == 0) {
            LOG.warn("source-not-fed source={} why={}", name, why);
          }
          tally.trouble(why);
          pause = FEED_BACKOFF.after(++failures, ThreadLocalRandom.current());
        }
        gate.await(pause);
      }
    } catch (InterruptedException e) {
      LOG.debug("feeder-interrupted source={}", name);
    }
  }

  Queue queue() {
    return queue;
  }

  @Override
  public SourceConfig config() {
    return config;
  }

  @Override
  public Map<Keyword, Object> status() {
    Queue.Counts counts = queue.counts();
    Map<Keyword, Object> status = new LinkedHashMap<>();
    status.put(kw("state"), gate.isPaused() ? kw("paused") : kw("running"));
    status.put(kw("position"), feeder.map(Feeder::position).orElse(""));
    status.put(kw("lag"), (long) counts.waiting());
    queue.oldest().ifPresent(oldest -> status.put(kw("lag-millis"), age(oldest)));
    status.put(kw("in-flight"), (long) counts.inFlight());
    status.put(kw("delivered"), tally.delivered.get());
    status.put(kw("failed"), tally.failed.get());
    status.put(kw("dead"), (long) dead(counts));
    if (tally.lastDeliveredMillis() > 0) {
      status.put(kw("last-delivered"), new Date(tally.lastDeliveredMillis()));
    }
    if (!tally.lastError().isEmpty()) {
      status.put(kw("last-error"), tally.lastError());
    }
    return status;
  }

  @Override
  public void tell(Samples samples, String source) {
    Queue.Counts counts = queue.counts();
    tally.tell(samples, source, queue.sentCount(), tally.dead.get() + queue.tiredCount());
    samples.gauge(
        "valence_source_waiting", "Events not done yet.", counts.waiting(), "source", source);
    samples.gauge(
        "valence_source_in_flight",
        "Events that calls are under way for.",
        counts.inFlight(),
        "source",
        source);
    samples.gauge(
        "valence_source_dead_letters", "Events put aside.", dead(counts), "source", source);
    samples.gauge(
        "valence_source_oldest_seconds",
        "Since when the oldest event waits.",
        queue.oldest().map(this::age).orElse(0L) / 1e3,
        "source",
        source);
    feeder.ifPresent(each -> {
      if (config.origin() instanceof Origin.Schedule) {
        samples.counter(
            "valence_schedule_missed_total",
            "Times that came while nobody could run them.",
            each.missed(),
            "source",
            source);
      }
    });
  }

  private long age(Instant sent) {
    return Math.max(0, clock.millis() - sent.toEpochMilli());
  }

  private int dead(Queue.Counts counts) {
    return counts.dead() + deadQueue().map(each -> each.counts().waiting()).orElse(0);
  }

  /// The queue of its dead letters, if its own has one.
  private Optional<Queue> deadQueue() {
    return queue.settings().receivedMax() > 0
        ? queues.find(queue.settings().deadLetters())
        : Optional.empty();
  }

  @Override
  public void pause() {
    facts.setPaused(true);
    gate.pause(true);
  }

  @Override
  public void resume() {
    facts.setPaused(false);
    gate.pause(false);
  }

  @Override
  public List<DeadLetter> dead(int countMax) {
    List<DeadLetter> letters = new ArrayList<>(queue.dead(countMax));
    deadQueue().ifPresent(dead -> letters.addAll(dead.waiting(countMax - letters.size())));
    return letters;
  }

  @Override
  public int replay() {
    return queue.replay() + deadQueue().map(dead -> dead.moveAllTo(queue)).orElse(0);
  }

  @Override
  public void end() {
    gate.end();
  }

  @Override
  public void awaitEnd(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        thread.interrupt();
        thread.join();
      }
    }
    if (!pump.awaitIdle(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
      LOG.warn("source-calls-left source={}", name);
    }
  }
}
