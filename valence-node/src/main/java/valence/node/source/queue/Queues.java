package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.TxReport;

/// The queues of a system, by name. Safe for many threads.
public final class Queues {
  /// How many queues a system may have.
  public static final int COUNT_MAX = 1_000;

  /// Between the name of what a queue belongs to and what it is of it: no caller's name has one.
  public static final char OWNED = '.';

  private static final Logger LOG = LoggerFactory.getLogger(Queues.class);
  private static final Keyword NAME = kw("queue/name");
  private static final Keyword CREATED = kw("queue/created");
  private static final Keyword SETTINGS = kw("queue/settings");

  private final QueueFacts facts;
  private final Clock clock;
  private final ConcurrentSkipListMap<String, Queue> byName = new ConcurrentSkipListMap<>();

  private Queues(QueueFacts facts, Clock clock) {
    this.facts = facts;
    this.clock = clock;
  }

  /// The queues that the facts tell of, with their messages.
  public static Queues open(QueueFacts facts, Clock clock) {
    Queues queues = new Queues(facts, clock);
    queues.restore();
    return queues;
  }

  public Optional<Queue> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The queue of a name; `not-found` when there is none.
  public Queue existing(String name) {
    return find(name).orElseThrow(() -> missing(name));
  }

  /// The queues, by name.
  public List<Queue> all() {
    return new ArrayList<>(byName.values());
  }

  /// The queue of a name, made with these settings when it isn't there.
  public synchronized Queue open(String name, QueueSettings settings) {
    Queue known = byName.get(name);
    if (known != null) {
      return known;
    }
    if (byName.size() >= COUNT_MAX) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "There are " + byName.size() + " queues already.",
              "A system can have " + COUNT_MAX + ".",
              "Delete one of them.")
          .withError("ion.error/queue-full")
          .toException();
    }
    Instant now = clock.instant();
    TxReport report = facts.say(List.of(Map.of(
        QueueFacts.ID, "queue", NAME, name, CREATED, Date.from(now), SETTINGS, settings.text())));
    long entity = java.util.Objects.requireNonNull(report.tempids().get("queue"));
    Queue made = new Queue(facts, this, entity, name, now, settings, clock);
    byName.put(name, made);
    return made;
  }

  /// Deletes a queue with its messages; `not-found` when there is none.
  public synchronized void delete(String name) {
    Queue queue = existing(name);
    byName.remove(name);
    queue.end();
    int messages = queue.purge();
    facts.say(List.of(List.of(kw("db/retractEntity"), queue.entity())));
    LOG.info("queue-deleted queue={} messages={}", name, messages);
  }

  /// Deletes what queues have kept long enough.
  public void expire() {
    for (Queue queue : byName.values()) {
      int expired = queue.expire();
      if (expired > 0) {
        LOG.info("messages-expired queue={} messages={}", queue.name(), expired);
      }
    }
  }

  private void restore() {
    Map<Long, Queue> byEntity = new HashMap<>();
    Map<Long, Instant> created = new HashMap<>();
    Map<Long, QueueSettings> settings = new HashMap<>();
    facts.datoms(CREATED).forEach(datom -> created.put(datom.e(), ((Date) datom.v()).toInstant()));
    facts
        .datoms(SETTINGS)
        .forEach(datom -> settings.put(datom.e(), QueueSettings.parse(datom.v())));
    for (Datom datom : facts.datoms(NAME)) {
      String name = (String) datom.v();
      Queue queue = new Queue(
          facts,
          this,
          datom.e(),
          name,
          created.getOrDefault(datom.e(), Instant.EPOCH),
          settings.getOrDefault(datom.e(), QueueSettings.DEFAULT),
          clock);
      byName.put(name, queue);
      byEntity.put(datom.e(), queue);
    }
    restoreMessages(byEntity);
  }

  private void restoreMessages(Map<Long, Queue> byEntity) {
    Map<Long, Long> sent = longs(Queue.SENT);
    Map<Long, Long> due = longs(Queue.DUE);
    Map<Long, Long> received = longs(Queue.RECEIVED);
    Map<Long, Long> first = longs(Queue.FIRST_RECEIVED);
    Map<Long, Long> queueOf = longs(Queue.OF_QUEUE);
    Map<Long, String> dead = new HashMap<>();
    facts.datoms(Queue.DEAD).forEach(datom -> dead.put(datom.e(), (String) datom.v()));
    Map<Long, UUID> ids = new TreeMap<>(); // as entities were made, so they came
    facts.datoms(Queue.MESSAGE_ID).forEach(datom -> ids.put(datom.e(), (UUID) datom.v()));
    List<Map.Entry<Long, UUID>> inOrder = new ArrayList<>(ids.entrySet());
    inOrder.sort(Comparator.comparingLong(each -> sent.getOrDefault(each.getKey(), 0L)));
    long now = clock.millis();
    long sequence = 0;
    for (Map.Entry<Long, UUID> each : inOrder) {
      Long entity = each.getKey();
      Queue queue = byEntity.get(queueOf.getOrDefault(entity, 0L));
      if (queue == null) {
        continue; // of a queue that was being deleted
      }
      Entry entry = new Entry(entity, each.getValue(), sent.getOrDefault(entity, now), ++sequence);
      entry.received = received.getOrDefault(entity, 0L).intValue();
      entry.firstReceivedMillis = first.getOrDefault(entity, 0L);
      entry.dead = dead.getOrDefault(entity, "");
      queue.restore(entry, Duration.ofMillis(Math.max(0, due.getOrDefault(entity, 0L) - now)));
    }
  }

  private Map<Long, Long> longs(Keyword attribute) {
    Map<Long, Long> found = new HashMap<>();
    facts.datoms(attribute).forEach(datom -> found.put(datom.e(), (Long) datom.v()));
    return found;
  }

  static AnomalyException missing(String name) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND, "There is no queue " + name + ".", "Create it first.")
        .withError("ion.error/no-queue")
        .toException();
  }
}
