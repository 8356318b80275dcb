package valence.node.source;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.app.SourceFunction;
import valence.node.source.queue.DeadLetter;
import valence.node.source.queue.Queue;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.QueueSettings;
import valence.node.source.queue.Queues;
import valence.node.telemetry.Samples;
import valence.wire.ion.Origin;
import valence.wire.ion.SourceConfig;

/// Runs the sources of the revision that serves. Safe for many threads.
///
/// It looks at what serves again and again: a source that is new is begun, one that is gone or is
/// otherwise now is ended, one that is as before goes on and calls the new code.
public final class Sources implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration UPKEEP = Duration.ofMinutes(5);

  /// A source with what else knows of it.
  private record Running(Source source, Optional<WebhookInbox> webhook) {}

  private final Serving serving;
  private final QueueFacts facts;
  private final Queues queues;
  private final Client client;
  private final SettingValues parameters;
  private final Clock clock;
  private final Backoff backoff;
  private final Duration drainTimeout;
  private final Gate gate = new Gate(false);
  private final ConcurrentSkipListMap<String, Running> running = new ConcurrentSkipListMap<>();

  /// Why a source isn't there that ought to be, by its name.
  private final ConcurrentSkipListMap<String, String> unstarted = new ConcurrentSkipListMap<>();

  private volatile Map<String, SourceConfig> configured = Map.of();
  private final Thread worker;

  /// @param client       what conditions and functions see of the system
  /// @param drainTimeout how long the end of a source waits for calls under way
  public Sources(
      Serving serving,
      QueueFacts facts,
      Queues queues,
      Client client,
      SettingValues parameters,
      Clock clock,
      Backoff backoff,
      Duration drainTimeout) {
    this.serving = serving;
    this.facts = facts;
    this.queues = queues;
    this.client = client;
    this.parameters = parameters;
    this.clock = clock;
    this.backoff = backoff;
    this.drainTimeout = drainTimeout;
    this.worker = Thread.ofVirtual().name("sources").unstarted(this::work);
  }

  public Sources start() {
    serving.beforeServing(this::expect);
    worker.start();
    return this;
  }

  /// Says where new triggers begin before their revision serves: what is said from then on is
  /// theirs, whenever they are begun.
  private void expect(Application next) {
    next.sources().forEach((name, function) -> {
      if (function.config().enabled()
          && function.config().origin() instanceof Origin.Trigger trigger) {
        try {
          TriggerSource.expect(trigger, client, SourceFacts.of(facts, name));
        } catch (AnomalyException e) { // it begins where it is when it can
          LOG.warn("trigger-not-expected source={} why={}", name, e.anomaly().message());
        }
      }
    });
  }

  private void work() {
    @Nullable Application seen = null;
    long upkeepNanos = System.nanoTime();
    try {
      while (!gate.isEnding()) {
        Application now = serving.current().orElse(null);
        if (now != seen) {
          follow(now == null ? Map.of() : now.sources());
          seen = now;
        }
        if (System.nanoTime() - upkeepNanos > UPKEEP.toNanos()) {
          upkeepNanos = System.nanoTime();
          upkeep();
        }
        gate.await(LOOK);
      }
    } catch (InterruptedException e) {
      LOG.debug("sources-interrupted");
    }
  }

  private void upkeep() {
    try {
      queues.expire();
      running.values().forEach(each -> each.webhook().ifPresent(WebhookInbox::forgetOld));
    } catch (AnomalyException e) { // it is tried again in a while
      LOG.error("sources-upkeep-failed", e);
    }
  }

  private void follow(Map<String, SourceFunction> functions) throws InterruptedException {
    Map<String, SourceConfig> configs = new LinkedHashMap<>();
    functions.forEach((name, function) -> configs.put(name, function.config()));
    List<Source> ending = new ArrayList<>();
    running.entrySet().removeIf(entry -> {
      boolean goes = !entry.getValue().source().config().equals(configs.get(entry.getKey()));
      if (goes) {
        ending.add(entry.getValue().source());
      }
      return goes;
    });
    end(ending);
    configured = configs;
    unstarted.clear();
    configs.forEach((name, config) -> {
      if (config.enabled() && !running.containsKey(name)) {
        start(name, config, limit(functions.get(name)));
      }
    });
  }

  private static Duration limit(@Nullable SourceFunction function) {
    return Duration.ofSeconds(
        switch (function) {
          case SourceFunction.OfEvents events -> events.lambda().config().timeoutSecs();
          case SourceFunction.OfFacts facts -> facts.config().delivery().timeoutSecs();
          case null -> 0;
        });
  }

  private void start(String name, SourceConfig config, Duration limit) {
    try {
      running.put(name, made(name, config, limit));
      LOG.info("source-runs source={} type={}", name, typeName(config));
    } catch (AnomalyException e) { // the others run nevertheless
      unstarted.put(name, e.anomaly().message());
      LOG.error("source-not-started source={}", name, e);
    }
  }

  private Running made(String name, SourceConfig config, Duration limit) {
    SourceFacts own = SourceFacts.of(facts, name);
    Gate pass = new Gate(own.isPaused());
    Delivery delivery = new Delivery(serving, name, clock);
    Queue queue = queue(name, config.origin());
    if (config.origin() instanceof Origin.Trigger trigger) {
      return new Running(
          new TriggerSource(
                  name, config, trigger, client, own, queue, delivery, backoff, pass, clock)
              .start(),
          Optional.empty());
    }
    Tally tally = new Tally();
    Pump pump = new Pump(
        name, config, queue, shape(config.origin()), delivery, limit, backoff, pass, tally, clock);
    EventSource source = new EventSource(
        name,
        config,
        own,
        queues,
        queue,
        pump,
        feeder(name, config.origin(), own, queue),
        pass,
        tally,
        clock);
    Optional<WebhookInbox> webhook = config.origin() instanceof Origin.Webhook origin
        ? Optional.of(new WebhookInbox(name, origin, parameters, own, queue, clock))
        : Optional.empty();
    return new Running(source.start(), webhook);
  }

  private Queue queue(String name, Origin origin) {
    return origin instanceof Origin.Queue(String queue)
        ? queues.open(queue, QueueSettings.of(queue))
        : queues.open(name + Queues.OWNED + "events", QueueSettings.OF_SOURCE);
  }

  private static Pump.Shape shape(Origin origin) {
    return switch (origin) {
      case Origin.Directory _, Origin.Bucket _ -> S3Event.SHAPE;
      case Origin.Queue(String queue) -> new SqsEvent(queue);
      case Origin.Schedule _ -> ScheduleFeeder.SHAPE;
      case Origin.Webhook _, Origin.Trigger _ -> WebhookInbox.SHAPE;
    };
  }

  private Optional<Feeder> feeder(String name, Origin origin, SourceFacts own, Queue queue) {
    return switch (origin) {
      case Origin.Directory directory ->
        Optional.of(new DirectoryFeeder(
            name, directory, parameters, new Sightings(own, queue, directory.changes()), clock));
      case Origin.Bucket bucket ->
        Optional.of(new BucketFeeder(
            name, bucket, parameters, new Sightings(own, queue, bucket.changes()), clock));
      case Origin.Schedule schedule ->
        Optional.of(new ScheduleFeeder(name, schedule, own, queue, clock));
      case Origin.Queue _, Origin.Webhook _, Origin.Trigger _ -> Optional.empty();
    };
  }

  public Queues queues() {
    return queues;
  }

  /// How each source stands, by name.
  public List<Map<Keyword, Object>> status() {
    List<Map<Keyword, Object>> all = new ArrayList<>();
    new java.util.TreeMap<>(configured).forEach((name, config) -> {
      Map<Keyword, Object> each = new LinkedHashMap<>();
      each.put(kw("name"), name);
      each.put(kw("type"), config.origin().type().keyword());
      Running runs = running.get(name);
      if (runs != null) {
        each.putAll(runs.source().status());
      } else {
        each.put(kw("state"), config.enabled() ? kw("waiting") : kw("disabled"));
        String why = unstarted.get(name);
        if (why != null) {
          each.put(kw("last-error"), why);
        }
      }
      all.add(each);
    });
    return all;
  }

  /// Says what its sources counted and what waits.
  public void tell(Samples samples) {
    running.forEach((name, runs) -> runs.source().tell(samples, name));
  }

  /// Lets a source wait until [#resume], also over restarts.
  public void pause(String name) {
    existing(name).pause();
    LOG.info("source-paused source={}", name);
  }

  /// Lets a source go on.
  public void resume(String name) {
    existing(name).resume();
    LOG.info("source-resumed source={}", name);
  }

  /// What a source couldn't deliver, oldest first.
  public List<DeadLetter> dead(String name, int countMax) {
    return existing(name).dead(countMax);
  }

  /// Delivers the dead letters of a source again; how many.
  public int replay(String name) {
    int count = existing(name).replay();
    LOG.info("source-replayed source={} messages={}", name, count);
    return count;
  }

  Optional<WebhookInbox> webhook(String name) {
    Running runs = running.get(name);
    return runs == null ? Optional.empty() : runs.webhook();
  }

  private Source existing(String name) {
    Running runs = running.get(name);
    if (runs == null) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "No source " + name + " runs.",
              "Those that do are " + running.keySet() + ".")
          .withError("ion.error/no-source")
          .toException();
    }
    return runs.source();
  }

  /// Ends all sources: nothing more is taken up, and what is under way is waited for.
  @Override
  public void close() {
    gate.end();
    try {
      if (worker.getState() != Thread.State.NEW) {
        worker.join();
      }
      end(running.values().stream().map(Running::source).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(List<Source> ending) throws InterruptedException {
    ending.forEach(Source::end);
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    for (Source source : ending) {
      source.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
  }

  private static String typeName(SourceConfig config) {
    return config.origin().type().name().toLowerCase(Locale.ROOT);
  }
}
