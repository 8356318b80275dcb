package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;

/// The queues of a system, by name. Safe for many threads.
public final class Queues {
  /// How many queues a system may have.
  public static final int COUNT_MAX = 1_000;

  /// Between the name of what a queue belongs to and what it is of it: no caller's name has one.
  public static final char OWNED = '.';

  /// For which a message can have been told to wait.
  private static final Duration WAIT_MAX = Duration.ofSeconds(QueueSettings.VISIBILITY_SECS_MAX);

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
    facts.say(List.of(Map.of(NAME, name, CREATED, Date.from(now), SETTINGS, settings.text())));
    Queue made = new Queue(facts, this, name, now, settings, clock);
    byName.put(name, made);
    return made;
  }

  /// Deletes a queue with its messages; `not-found` when there is none.
  public synchronized void delete(String name) {
    Queue queue = existing(name);
    byName.remove(name);
    queue.end();
    int messages = queue.purge();
    queue.forgetSentIds();
    facts.say(List.of(List.of(kw("db/retractEntity"), List.of(NAME, name))));
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
    Map<Long, Instant> created = new HashMap<>();
    Map<Long, QueueSettings> settings = new HashMap<>();
    facts.datoms(CREATED).forEach(datom -> created.put(datom.e(), ((Date) datom.v()).toInstant()));
    facts
        .datoms(SETTINGS)
        .forEach(datom -> settings.put(datom.e(), QueueSettings.parse(datom.v())));
    for (Datom datom : facts.datoms(NAME)) {
      String name = (String) datom.v();
      byName.put(
          name,
          new Queue(
              facts,
              this,
              name,
              created.getOrDefault(datom.e(), Instant.EPOCH),
              settings.getOrDefault(datom.e(), QueueSettings.DEFAULT),
              clock));
    }
    restoreMessages();
    restoreSentIds();
  }

  private void restoreMessages() {
    Map<Long, Long> sent = longs(MessageFacts.SENT);
    Map<Long, Long> due = longs(MessageFacts.DUE);
    Map<Long, Long> received = longs(MessageFacts.RECEIVED);
    Map<Long, Long> first = longs(MessageFacts.FIRST_RECEIVED);
    Map<Long, Long> sequence = longs(MessageFacts.SEQUENCE);
    Map<Long, String> queueOf = texts(MessageFacts.QUEUE);
    Map<Long, String> dead = texts(MessageFacts.DEAD);
    Map<Long, String> group = texts(MessageFacts.GROUP);
    Map<Long, String> deduplication = texts(MessageFacts.DEDUPLICATION);
    long now = clock.millis();
    for (Datom datom : facts.datoms(MessageFacts.ID)) {
      Long entity = datom.e();
      Queue queue = byName.get(queueOf.getOrDefault(entity, ""));
      if (queue == null) {
        continue; // of a queue that was being deleted
      }
      Entry entry = new Entry(
          (UUID) datom.v(),
          sent.getOrDefault(entity, now),
          sequence.getOrDefault(entity, 0L),
          new Draft.Place(group.getOrDefault(entity, ""), deduplication.getOrDefault(entity, "")));
      entry.received = received.getOrDefault(entity, 0L).intValue();
      entry.firstReceivedMillis = first.getOrDefault(entity, 0L);
      entry.dead = dead.getOrDefault(entity, "");
      // A clock that was set back doesn't keep a message for longer than can have been meant.
      long wait = Math.clamp(due.getOrDefault(entity, 0L) - now, 0, WAIT_MAX.toMillis());
      queue.restore(entry, Duration.ofMillis(wait));
    }
  }

  private void restoreSentIds() {
    Map<Long, String> keys = texts(SentIds.KEY);
    Map<Long, Long> sequence = longs(SentIds.SEQUENCE);
    Map<Long, UUID> message = new HashMap<>();
    facts.datoms(SentIds.MESSAGE).forEach(datom -> message.put(datom.e(), (UUID) datom.v()));
    List<Map.Entry<Long, Long>> oldestFirst =
        new ArrayList<>(longs(SentIds.UNTIL).entrySet());
    oldestFirst.sort(Map.Entry.comparingByValue());
    for (Map.Entry<Long, Long> each : oldestFirst) {
      String key = keys.getOrDefault(each.getKey(), "");
      UUID id = message.get(each.getKey());
      if (!key.isEmpty() && id != null) {
        find(SentIds.queueOf(key))
            .ifPresent(queue -> queue
                .sentIds()
                .restore(key, id, sequence.getOrDefault(each.getKey(), 0L), each.getValue()));
      }
    }
  }

  private Map<Long, String> texts(Keyword attribute) {
    Map<Long, String> found = new HashMap<>();
    facts.datoms(attribute).forEach(datom -> found.put(datom.e(), (String) datom.v()));
    return found;
  }

  /// The fact that a queue has settings.
  static Map<Keyword, Object> settings(String queue, QueueSettings settings) {
    return Map.of(NAME, queue, SETTINGS, settings.text());
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
