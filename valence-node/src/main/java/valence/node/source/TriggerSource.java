package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.api.TxFeed;
import valence.api.Valence;
import valence.node.lambda.Json;
import valence.node.source.queue.DeadLetter;
import valence.node.source.queue.Draft;
import valence.node.source.queue.Queue;
import valence.node.telemetry.Samples;
import valence.wire.ion.Origin;
import valence.wire.ion.SourceConfig;

/// Calls a function for each transaction whose new facts meet a condition: in the order of t, each
/// at least once.
///
/// The position is the t of the last transaction that is done with, durable after each call, or,
/// while nothing is found or much is behind, every so often: what came after it is looked at again
/// after a restart. A transaction whose call has failed too often stops the trigger, or becomes a
/// dead letter, which has the t alone: replayed, it is asked and called for anew.
final class TriggerSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(TriggerSource.class);

  /// How many transactions may be looked at again after a restart.
  private static final int UNSAVED_MAX = 1_000;

  /// How many calls may be made again after a restart, of those made while more were behind.
  private static final int UNSAVED_CALLS_MAX = 16;

  private static final Duration FEED_WAIT = Duration.ofMillis(300);
  private static final Duration LATER_WAIT = Duration.ofMillis(50);
  private static final Backoff CONNECT_BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));
  private static final Keyword TX_FUNCTION = kw("valence.tx/function");

  private final String name;
  private final SourceConfig config;
  private final Origin.Trigger trigger;
  private final Client client;
  private final SourceFacts facts;
  private final Queue deadLetters;
  private final Delivery delivery;
  private final Backoff backoff;
  private final Gate gate;
  private final Tally tally = new Tally();
  private final Clock clock;
  private final Condition condition;
  private volatile String failed;
  private volatile long position = -1;
  private volatile long newest = -1;
  private volatile boolean isWaiting = true;
  private long saved = -1; // what follows is of the one thread
  private int unsaved;
  private int unsavedCalls;
  private long told; // the newest that it called for

  private final Thread thread;

  TriggerSource(
      String name,
      SourceConfig config,
      Origin.Trigger trigger,
      Client client,
      SourceFacts facts,
      Queue deadLetters,
      Delivery delivery,
      Backoff backoff,
      Gate gate,
      Clock clock) {
    this.name = name;
    this.config = config;
    this.trigger = trigger;
    this.client = client;
    this.facts = facts;
    this.deadLetters = deadLetters;
    this.delivery = delivery;
    this.backoff = backoff;
    this.gate = gate;
    this.clock = clock;
    this.condition = new Condition(trigger);
    this.failed = facts.failed();
    this.thread = Thread.ofVirtual().name("trigger " + name).unstarted(this::work);
  }

  /// Says durably where a trigger begins, unless that is known.
  static void expect(Origin.Trigger trigger, Client client, SourceFacts facts) {
    if (facts.position().isEmpty()) {
      facts.move(OptionalLong.empty(), trigger.beginning() ? 0 : newest(trigger, client));
    }
  }

  private static long newest(Origin.Trigger trigger, Client client) {
    try {
      return client.connect(trigger.db()).sync().basisT();
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.NOT_FOUND) {
        return 0; // all that will be said in it is new
      }
      throw e;
    }
  }

  TriggerSource start() {
    thread.start();
    return this;
  }

  private void work() {
    int failures = 0;
    try {
      while (gate.pass()) {
        if (!failed.isEmpty()) {
          gate.await(Duration.ofMinutes(1));
          continue;
        }
        try {
          follow();
          failures = 0;
        } catch (AnomalyException e) { // of the database, or of the one with our position
          isWaiting = true;
          if (failures == 0) {
            LOG.warn("trigger-waits source={} why={}", name, e.anomaly().message());
          }
          tally.trouble(e.anomaly().message());
          gate.await(CONNECT_BACKOFF.after(++failures, ThreadLocalRandom.current()));
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("trigger-interrupted source={}", name);
    }
  }

  /// Works from the durable position on, until the gate says otherwise or the trigger fails.
  private void follow() throws InterruptedException {
    expect(trigger, client, facts);
    Connection connection = client.connect(trigger.db());
    Db now = connection.sync();
    begin(now.basisT());
    isWaiting = false;
    try (TxFeed feed = connection.txFeed(position + 1)) {
      while (!gate.isEnding() && !gate.isPaused() && failed.isEmpty()) {
        Optional<LogEntry> next = feed.next(Duration.ZERO);
        if (next.isEmpty()) {
          save();
          next = feed.next(FEED_WAIT);
        }
        newest = Math.max(position, connection.db().basisT());
        if (next.isPresent() && !done(connection, next.get())) {
          break;
        }
      }
    } finally {
      save();
    }
  }

  private void begin(long basisT) {
    OptionalLong known = facts.position();
    if (known.orElse(0) > basisT) {
      LOG.warn("trigger-begins-anew source={} db={} position={}", name, trigger.db(), known);
      facts.move(known, 0); // another database of the same name
    }
    saved = facts.position().orElse(0);
    position = saved;
    unsaved = 0;
    unsavedCalls = 0;
  }

  private void save() {
    if (position > saved) {
      facts.move(OptionalLong.of(saved), position);
      saved = position;
    }
    unsaved = 0;
    unsavedCalls = 0;
  }

  /// Does what a transaction asks for; false when it isn't done with.
  private boolean done(Connection connection, LogEntry entry) throws InterruptedException {
    int failures = 0;
    while (true) {
      Delivery.Outcome outcome = attempt(connection, entry);
      switch (outcome) {
        case Delivery.Outcome.Done _ -> {
          pass(entry.t());
          return true;
        }
        case Delivery.Outcome.Later(String why) -> {
          tally.trouble(why);
          save();
          gate.await(LATER_WAIT);
        }
        case Delivery.Outcome.Failed(String why) -> {
          tally.failed(why);
          save();
          if (++failures > config.delivery().retries()) {
            return giveUp(entry.t(), why);
          }
          gate.await(backoff.after(failures, ThreadLocalRandom.current()));
        }
      }
      if (gate.isPaused() || gate.isEnding()) {
        return false;
      }
    }
  }

  private void pass(long t) {
    position = t;
    if (++unsaved >= UNSAVED_MAX || unsavedCalls >= UNSAVED_CALLS_MAX) {
      save();
    }
  }

  private Delivery.Outcome attempt(Connection connection, LogEntry entry)
      throws InterruptedException {
    List<List<?>> rows;
    Db now = connection.db();
    try {
      if (!trigger.own() && isOwn(now, entry)) {
        return new Delivery.Outcome.Done(null);
      }
      rows = condition.rows(entry, now, () -> after(connection, entry.t()));
    } catch (AnomalyException e) {
      return e.anomaly().category().retriable()
          ? new Delivery.Outcome.Later(e.anomaly().message())
          : new Delivery.Outcome.Failed("The condition can't be asked of t " + entry.t() + ": "
              + e.anomaly().message());
    }
    if (rows.isEmpty()) {
      return new Delivery.Outcome.Done(null);
    }
    unsavedCalls++;
    if (entry.t() > told) {
      told = entry.t();
      tally.received.incrementAndGet();
    }
    Delivery.Outcome outcome = delivery.deliver(
        after(connection, entry.t()), rows, request(entry.t()), () -> payload(entry, rows));
    if (outcome instanceof Delivery.Outcome.Done) {
      tally.delivered(1, clock.instant());
    }
    return outcome;
  }

  /// The id of the request that a call is, the same each time that it is made.
  private String request(long t) {
    return UUID.nameUUIDFromBytes((name + " " + t).getBytes(UTF_8)).toString();
  }

  /// The database after a transaction; its [Db#asOfT] is always the t.
  private static Db after(Connection connection, long t) {
    Db now = connection.db();
    return (now.basisT() < t ? connection.sync(t) : now).asOf(t);
  }

  /// Whether the function that is called made the transaction itself.
  private boolean isOwn(Db now, LogEntry entry) {
    long attribute = now.entid(TX_FUNCTION).orElse(-1);
    String function = delivery.functionName();
    for (Datom datom : entry.data()) {
      if (datom.a() == attribute && datom.v().equals(function)) {
        return true;
      }
    }
    return false;
  }

  private String payload(LogEntry entry, List<List<?>> rows) {
    Object instant = entry.data().stream()
        .filter(datom -> datom.e() == datom.tx() && datom.v() instanceof Date)
        .map(Datom::v)
        .findFirst()
        .orElse(new Date(0));
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("trigger", name);
    detail.put("db", trigger.db());
    detail.put("t", entry.t());
    detail.put("tx", Valence.toTx(entry.t()));
    detail.put("rows", rows);
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("version", "0");
    event.put("id", request(entry.t()));
    event.put("detail-type", "Transaction");
    event.put("source", "valence.trigger");
    event.put("time", instant);
    event.put("detail", detail);
    return Json.print(event);
  }

  private boolean giveUp(long t, String why) {
    if (trigger.stops()) {
      String told = "Failed at t " + t + ": " + why;
      facts.setFailed(told);
      failed = told;
      LOG.error("trigger-stopped source={} t={} why={}", name, t, why);
      return false;
    }
    deadLetters.sendDead(
        new Draft("{\"t\":" + t + "}"), why, List.of(facts.moved(OptionalLong.of(saved), t)));
    tally.dead.incrementAndGet();
    LOG.warn("source-dead-letters source={} t={} why={}", name, t, why);
    position = t;
    saved = t;
    return true;
  }

  @Override
  public SourceConfig config() {
    return config;
  }

  @Override
  public Map<Keyword, Object> status() {
    Map<Keyword, Object> status = new LinkedHashMap<>();
    status.put(kw("state"), state());
    status.put(kw("position"), position < 0 ? "" : "t " + position);
    status.put(kw("lag"), Math.max(0, newest - position));
    status.put(kw("in-flight"), 0L);
    status.put(kw("delivered"), tally.delivered.get());
    status.put(kw("failed"), tally.failed.get());
    status.put(kw("dead"), (long) deadLetters.counts().dead());
    if (tally.lastDeliveredMillis() > 0) {
      status.put(kw("last-delivered"), new Date(tally.lastDeliveredMillis()));
    }
    String error = failed.isEmpty() ? tally.lastError() : failed;
    if (!error.isEmpty()) {
      status.put(kw("last-error"), error);
    }
    return status;
  }

  @Override
  public void tell(Samples samples, String source) {
    tally.tell(samples, source, tally.received.get(), tally.dead.get());
    samples.gauge(
        "valence_source_dead_letters",
        "Events put aside.",
        deadLetters.counts().dead(),
        "source",
        source);
    samples.gauge(
        "valence_trigger_lag",
        "Transactions of its database that a trigger hasn't looked at.",
        Math.max(0, newest - position),
        "source",
        source);
    samples.gauge(
        "valence_trigger_stopped",
        "1 for a trigger that stopped because its calls failed too often.",
        failed.isEmpty() ? 0 : 1,
        "source",
        source);
  }

  private Keyword state() {
    if (!failed.isEmpty()) {
      return kw("failed");
    }
    return gate.isPaused() ? kw("paused") : isWaiting ? kw("waiting") : kw("running");
  }

  @Override
  public void pause() {
    facts.setPaused(true);
    gate.pause(true);
  }

  @Override
  public void resume() {
    facts.setPaused(false);
    if (!failed.isEmpty()) {
      facts.setFailed("");
      failed = "";
    }
    gate.pause(false);
  }

  @Override
  public List<DeadLetter> dead(int countMax) {
    return deadLetters.dead(countMax);
  }

  /// Calls for the transactions of dead letters, oldest first; those that fail again stay.
  @Override
  public int replay() {
    int done = 0;
    for (DeadLetter letter : deadLetters.dead(Queue.MESSAGES_MAX)) {
      try {
        if (replay(letter)) {
          done++;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return done;
      }
    }
    return done;
  }

  private boolean replay(DeadLetter letter) throws InterruptedException {
    long t = Long.parseLong(letter.body().replaceAll("[^0-9]", ""));
    Connection connection = client.connect(trigger.db());
    Optional<LogEntry> entry;
    try (var range = connection.txRange(t, t + 1)) {
      entry = range.findFirst();
    }
    if (entry.isPresent()) {
      Condition anew = new Condition(trigger); // the other is of the trigger's own thread
      List<List<?>> rows = anew.rows(entry.get(), connection.db(), () -> after(connection, t));
      if (!rows.isEmpty()
          && !(delivery.deliver(
                  after(connection, t), rows, request(t), () -> payload(entry.get(), rows))
              instanceof Delivery.Outcome.Done)) {
        return false;
      }
    }
    deadLetters.deleteDead(letter.id());
    return true;
  }

  @Override
  public void end() {
    gate.end();
  }

  @Override
  public void awaitEnd(Duration wait) throws InterruptedException {
    if (thread.getState() != Thread.State.NEW && !thread.join(wait)) {
      LOG.warn("source-calls-left source={}", name);
      thread.interrupt();
      thread.join();
    }
  }
}
