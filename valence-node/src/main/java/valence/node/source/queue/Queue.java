package valence.node.source.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.TxReport;
import valence.node.source.queue.Entry.State;

/// One durable queue. Safe for many threads.
///
/// Messages are handed out in the order in which they came, as far as they wait for nothing; with
/// delays, failures and several receivers there is no order.
public final class Queue {
  /// How many messages a queue may hold, dead ones included.
  public static final int MESSAGES_MAX = 200_000;

  /// How many messages may be handed out at once, as at AWS.
  public static final int IN_FLIGHT_MAX = 120_000;

  /// Of bodies that are kept in memory, in characters, of each queue.
  private static final long BODY_CHARACTERS_MAX = 8L << 20;

  static final Keyword MESSAGE_ID = kw("message/id");
  static final Keyword OF_QUEUE = kw("message/queue");
  static final Keyword BODY = kw("message/body");
  static final Keyword ATTRIBUTES = kw("message/attributes");
  static final Keyword SENT = kw("message/sent");
  static final Keyword DUE = kw("message/due");
  static final Keyword RECEIVED = kw("message/received");
  static final Keyword FIRST_RECEIVED = kw("message/first-received");
  static final Keyword DEAD = kw("message/dead");

  private static final Keyword ADD = kw("db/add");
  private static final Keyword RETRACT = kw("db/retract");
  private static final Keyword RETRACT_ENTITY = kw("db/retractEntity");

  /// A message that waits until some time; out of date when the message waits for another by now.
  private record Waiting(long nanos, Entry entry, int wake) {}

  /// How many messages are where.
  public record Counts(int ready, int delayed, int inFlight, int dead) {}

  private final QueueFacts facts;
  private final Queues queues;
  private final long entity;
  private final String name;
  private final Instant created;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock, all that follow.
  private final Map<UUID, Entry> byId = new HashMap<>();
  private final TreeMap<Long, Entry> ready = new TreeMap<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::nanos));
  private final TreeMap<Long, Entry> dead = new TreeMap<>();
  private QueueSettings settings;
  private long sequence;
  private int inFlight;
  private int delayed;
  private int sending;
  private long bodyCharacters;
  private boolean isDeleted;

  Queue(
      QueueFacts facts,
      Queues queues,
      long entity,
      String name,
      Instant created,
      QueueSettings settings,
      Clock clock) {
    this.facts = facts;
    this.queues = queues;
    this.entity = entity;
    this.name = name;
    this.created = created;
    this.settings = settings;
    this.clock = clock;
  }

  public String name() {
    return name;
  }

  public Instant created() {
    return created;
  }

  long entity() {
    return entity;
  }

  public QueueSettings settings() {
    lock.lock();
    try {
      return settings;
    } finally {
      lock.unlock();
    }
  }

  /// Changes the settings; messages that are waiting wait as they were told.
  public void set(QueueSettings next) {
    facts.say(List.of(List.of(ADD, entity, kw("queue/settings"), next.text())));
    lock.lock();
    try {
      settings = next;
    } finally {
      lock.unlock();
    }
  }

  public Counts counts() {
    lock.lock();
    try {
      promote();
      return new Counts(ready.size(), delayed, inFlight, dead.size());
    } finally {
      lock.unlock();
    }
  }

  /// When the oldest message that isn't dead was sent; empty when there is none.
  public Optional<Instant> oldest() {
    lock.lock();
    try {
      return byId.values().stream()
          .filter(entry -> entry.state != State.DEAD)
          .map(entry -> Instant.ofEpochMilli(entry.sentMillis))
          .min(Comparator.naturalOrder());
    } finally {
      lock.unlock();
    }
  }

  /// Takes messages in; returns when they are durable. `busy` when the queue is full.
  public void send(List<Draft> drafts) {
    send(drafts, List.of());
  }

  /// Takes messages in together with facts of their sender's: both, or none of them.
  public void send(List<Draft> drafts, List<?> with) {
    reserve(drafts.size());
    try {
      long now = clock.millis();
      List<Object> said = new ArrayList<>(with);
      for (Draft draft : drafts) {
        said.add(facts(draft, now));
      }
      TxReport report = facts.say(said);
      lock.lock();
      try {
        for (Draft draft : drafts) {
          long message = java.util.Objects.requireNonNull(report.tempids().get(tempid(draft)));
          Entry entry = new Entry(message, draft.id(), now, ++sequence);
          keep(entry, draft.body(), draft.attributes());
          add(entry, draft.delay());
        }
      } finally {
        lock.unlock();
      }
    } finally {
      unreserve(drafts.size());
    }
  }

  private Map<Keyword, Object> facts(Draft draft, long now) {
    Map<Keyword, Object> message = new LinkedHashMap<>();
    message.put(QueueFacts.ID, tempid(draft));
    message.put(MESSAGE_ID, draft.id());
    message.put(OF_QUEUE, entity);
    message.put(BODY, draft.body());
    message.put(SENT, now);
    if (!draft.attributes().isEmpty()) {
      message.put(ATTRIBUTES, draft.attributes());
    }
    if (!draft.delay().isZero()) {
      message.put(DUE, now + draft.delay().toMillis());
    }
    return message;
  }

  private static String tempid(Draft draft) {
    return draft.id().toString();
  }

  private void reserve(int count) {
    lock.lock();
    try {
      requireThere();
      if (byId.size() + sending + count > MESSAGES_MAX) {
        throw Anomaly.of(
                Anomaly.Category.BUSY,
                "The queue " + name + " holds " + byId.size() + " messages already.",
                "It can hold " + MESSAGES_MAX + ".",
                "Try again when some of them are worked off.")
            .withError("ion.error/queue-full")
            .toException();
      }
      sending += count;
    } finally {
      lock.unlock();
    }
  }

  private void unreserve(int count) {
    lock.lock();
    try {
      sending -= count;
    } finally {
      lock.unlock();
    }
  }

  /// Lets a message be known, on the thread that made it durable. Holding the lock.
  private void add(Entry entry, Duration delay) {
    byId.put(entry.id, entry);
    if (delay.isZero() || delay.isNegative()) {
      makeReady(entry);
    } else {
      entry.state = State.DELAYED;
      delayed++;
      wait(entry, delay);
    }
  }

  /// A message that was there when the system started.
  void restore(Entry entry, Duration delay) {
    lock.lock();
    try {
      if (!entry.dead.isEmpty()) {
        entry.state = State.DEAD;
        byId.put(entry.id, entry);
        dead.put(entry.sequence, entry);
      } else {
        add(entry, delay);
      }
      sequence = Math.max(sequence, entry.sequence);
    } finally {
      lock.unlock();
    }
  }

  private void makeReady(Entry entry) {
    entry.state = State.READY;
    entry.wake++;
    ready.put(entry.sequence, entry);
    changed.signal();
  }

  private void wait(Entry entry, Duration time) {
    entry.wakeNanos = System.nanoTime() + time.toNanos();
    entry.wake++;
    waiting.add(new Waiting(entry.wakeNanos - ORIGIN, entry, entry.wake));
    changed.signal(); // who waits for the next to wake waits for another now
  }

  /// So that times of the monotonic clock can be compared as numbers.
  private static final long ORIGIN = System.nanoTime();

  /// Makes ready what has waited long enough. Holding the lock.
  private void promote() {
    long now = System.nanoTime() - ORIGIN;
    while (!waiting.isEmpty() && waiting.peek().nanos() <= now) {
      Waiting next = waiting.poll();
      Entry entry = next.entry();
      if (next.wake() == entry.wake) {
        leaveWaiting(entry);
        makeReady(entry);
      }
    }
  }

  private void leaveWaiting(Entry entry) {
    switch (entry.state) {
      case DELAYED -> delayed--;
      case IN_FLIGHT -> inFlight--;
      case READY -> ready.remove(entry.sequence);
      case DEAD -> dead.remove(entry.sequence);
      case GONE -> {}
    }
  }

  /// Hands out messages, those first that came first, as soon as there are some; returns none when
  /// none came in time.
  ///
  /// @param countMax   of messages
  /// @param visibility for which they aren't handed out again; each, from when this returns
  /// @param wait       for the first of them
  public List<Message> receive(int countMax, Duration visibility, Duration wait)
      throws InterruptedException {
    List<Entry> taken = take(countMax, visibility, wait);
    if (taken.isEmpty()) {
      return List.of();
    }
    List<Entry> tired = new ArrayList<>();
    QueueSettings now = settings();
    if (now.receivedMax() > 0) {
      taken.removeIf(entry -> entry.received > now.receivedMax() && tired.add(entry));
      moveTo(now.deadLetters(), tired);
    }
    return taken.isEmpty() ? receive(countMax, visibility, Duration.ZERO) : handOut(taken);
  }

  private List<Entry> take(int countMax, Duration visibility, Duration wait)
      throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        requireThere();
        promote();
        List<Entry> taken = takeReady(countMax, visibility);
        long now = System.nanoTime();
        long left = deadline - now;
        if (!taken.isEmpty() || left <= 0) {
          return taken;
        }
        long next =
            waiting.isEmpty() ? left : Math.min(left, waiting.peek().nanos() - (now - ORIGIN));
        long remaining = changed.awaitNanos(Math.max(1, next));
        assert remaining <= next : "waiting takes time";
      }
    } finally {
      changed.signal(); // what this one was told, or leaves, is for the next
      lock.unlock();
    }
  }

  private List<Entry> takeReady(int countMax, Duration visibility) {
    List<Entry> taken = new ArrayList<>();
    while (taken.size() < countMax && inFlight < IN_FLIGHT_MAX && !ready.isEmpty()) {
      Entry entry = java.util.Objects.requireNonNull(ready.pollFirstEntry()).getValue();
      entry.state = State.IN_FLIGHT;
      inFlight++;
      entry.received++;
      if (entry.firstReceivedMillis == 0) {
        entry.firstReceivedMillis = clock.millis();
      }
      wait(entry, visibility);
      taken.add(entry);
    }
    return taken;
  }

  /// Makes durable that messages are handed out, and reads them.
  private List<Message> handOut(List<Entry> taken) {
    List<Object> said = new ArrayList<>();
    for (Entry entry : taken) {
      said.add(List.of(ADD, entry.entity, RECEIVED, (long) entry.received));
      if (entry.received == 1) {
        said.add(List.of(ADD, entry.entity, FIRST_RECEIVED, entry.firstReceivedMillis));
      }
    }
    try {
      facts.say(said);
    } catch (RuntimeException e) {
      giveBack(taken);
      throw e;
    }
    List<Message> messages = new ArrayList<>(taken.size());
    for (Entry entry : taken) {
      messages.add(message(entry));
    }
    return messages;
  }

  private void giveBack(List<Entry> taken) {
    lock.lock();
    try {
      for (Entry entry : taken) {
        if (entry.state == State.IN_FLIGHT) {
          entry.received--;
          leaveWaiting(entry);
          makeReady(entry);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Message message(Entry entry) {
    String body;
    String attributes;
    int received;
    lock.lock();
    try {
      body = entry.body;
      attributes = entry.attributes;
      received = entry.received;
    } finally {
      lock.unlock();
    }
    if (body == null || attributes == null) {
      Map<Object, Object> stored = facts.db().pull(List.of(BODY, ATTRIBUTES), entry.entity);
      body = String.valueOf(stored.getOrDefault(BODY, ""));
      attributes = String.valueOf(stored.getOrDefault(ATTRIBUTES, ""));
    }
    return new Message(
        entry.id,
        new Handle(entry.id, received).text(),
        body,
        attributes,
        entry.sentMillis,
        received,
        entry.firstReceivedMillis);
  }

  private void keep(Entry entry, String body, String attributes) {
    if (bodyCharacters + body.length() + attributes.length() <= BODY_CHARACTERS_MAX) {
      bodyCharacters += body.length() + attributes.length();
      entry.body = body;
      entry.attributes = attributes;
    }
  }

  /// Deletes messages by their handles; one that is gone already is no failure. `incorrect` when a
  /// text is no handle.
  public void delete(Collection<String> handles) {
    delete(handles, List.of());
  }

  /// Deletes messages and says facts of their receiver's: both, or nothing.
  public void delete(Collection<String> handles, List<?> with) {
    List<Entry> entries = new ArrayList<>();
    for (String text : handles) {
      Entry entry = entry(text);
      if (entry != null) {
        entries.add(entry);
      }
    }
    List<Object> said = new ArrayList<>(with);
    entries.forEach(entry -> said.add(List.of(RETRACT_ENTITY, entry.entity)));
    if (!said.isEmpty()) {
      facts.say(said);
    }
    forget(entries);
  }

  private void forget(List<Entry> entries) {
    lock.lock();
    try {
      for (Entry entry : entries) {
        if (entry.state != State.GONE) {
          leaveWaiting(entry);
          entry.state = State.GONE;
          entry.wake++;
          byId.remove(entry.id);
          if (entry.body != null && entry.attributes != null) {
            bodyCharacters -= entry.body.length() + entry.attributes.length();
            entry.body = null;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// The message of a handle; null when it is gone, or was handed out again since.
  private @Nullable Entry entry(String handle) {
    Handle parsed = Handle.parse(handle).orElseThrow(() -> unknownHandle(handle));
    lock.lock();
    try {
      Entry entry = byId.get(parsed.id());
      return entry != null && entry.received == parsed.received() ? entry : null;
    } finally {
      lock.unlock();
    }
  }

  /// Lets a message that is handed out be back after another time from now, at once for zero.
  ///
  /// @return false when it isn't handed out any more, by this handle
  public boolean changeVisibility(String handle, Duration visibility) {
    Entry entry = entry(handle);
    lock.lock();
    try {
      promote();
      if (entry == null || entry.state != State.IN_FLIGHT) {
        return false;
      }
      if (visibility.isZero()) {
        leaveWaiting(entry);
        makeReady(entry);
      } else {
        wait(entry, visibility);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Lets a message be handed out again at once, as if it hadn't been handed out by this handle.
  public void giveBack(String handle) {
    Entry entry = entry(handle);
    if (entry != null) {
      giveBack(List.of(entry));
    }
  }

  /// Puts messages aside for good, with the reason why; they can be [#replay]ed.
  public void kill(Collection<String> handles, String why) {
    List<Entry> entries = new ArrayList<>();
    List<Object> said = new ArrayList<>();
    for (String handle : handles) {
      Entry entry = entry(handle);
      if (entry != null) {
        entries.add(entry);
        said.add(List.of(ADD, entry.entity, DEAD, why));
      }
    }
    if (said.isEmpty()) {
      return;
    }
    facts.say(said);
    lock.lock();
    try {
      for (Entry entry : entries) {
        if (entry.state != State.GONE) {
          leaveWaiting(entry);
          entry.state = State.DEAD;
          entry.wake++;
          entry.dead = why;
          dead.put(entry.sequence, entry);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes a message in that is dead from the beginning, with facts of its sender's.
  public void sendDead(Draft draft, String why, List<?> with) {
    reserve(1);
    try {
      long now = clock.millis();
      Map<Keyword, Object> message = facts(draft, now);
      message.put(DEAD, why);
      List<Object> said = new ArrayList<>(with);
      said.add(message);
      TxReport report = facts.say(said);
      long made = java.util.Objects.requireNonNull(report.tempids().get(tempid(draft)));
      lock.lock();
      try {
        Entry entry = new Entry(made, draft.id(), now, ++sequence);
        entry.state = State.DEAD;
        entry.dead = why;
        byId.put(entry.id, entry);
        dead.put(entry.sequence, entry);
      } finally {
        lock.unlock();
      }
    } finally {
      unreserve(1);
    }
  }

  /// The dead letters, oldest first.
  public List<DeadLetter> dead(int countMax) {
    List<Entry> found;
    lock.lock();
    try {
      found = dead.values().stream().limit(countMax).toList();
    } finally {
      lock.unlock();
    }
    return letters(found, "");
  }

  /// Deletes a dead letter.
  public void deleteDead(UUID id) {
    List<Entry> entries;
    lock.lock();
    try {
      Entry entry = byId.get(id);
      entries = entry != null && entry.state == State.DEAD ? List.of(entry) : List.of();
    } finally {
      lock.unlock();
    }
    remove(entries);
  }

  /// The messages that could be handed out, oldest first, as the dead letters of another queue.
  public List<DeadLetter> waiting(int countMax) {
    List<Entry> found;
    lock.lock();
    try {
      promote();
      found = ready.values().stream().limit(countMax).toList();
    } finally {
      lock.unlock();
    }
    return letters(found, "It was handed out too often, and is in the queue " + name + " now.");
  }

  private List<DeadLetter> letters(List<Entry> found, String why) {
    return found.stream()
        .map(entry -> new DeadLetter(
            entry.id,
            message(entry).body(),
            Instant.ofEpochMilli(entry.sentMillis),
            entry.received,
            entry.dead.isEmpty() ? why : entry.dead))
        .toList();
  }

  /// Lets the dead letters be handed out again, as if they were new; how many.
  public int replay() {
    List<Entry> found;
    lock.lock();
    try {
      found = new ArrayList<>(dead.values());
    } finally {
      lock.unlock();
    }
    List<Object> said = new ArrayList<>();
    for (Entry entry : found) {
      said.add(List.of(RETRACT, entry.entity, DEAD, entry.dead));
      if (entry.received > 0) {
        said.add(List.of(RETRACT, entry.entity, RECEIVED, (long) entry.received));
      }
    }
    if (found.isEmpty()) {
      return 0;
    }
    facts.say(said);
    lock.lock();
    try {
      for (Entry entry : found) {
        if (entry.state == State.DEAD) {
          dead.remove(entry.sequence);
          entry.dead = "";
          entry.received = 0;
          makeReady(entry);
        }
      }
    } finally {
      lock.unlock();
    }
    return found.size();
  }

  /// Moves every message that can be handed out to another queue; how many.
  public int moveAllTo(Queue other) {
    List<Entry> found;
    lock.lock();
    try {
      promote();
      found = new ArrayList<>(ready.values());
    } finally {
      lock.unlock();
    }
    found.forEach(entry -> entry.received = 0);
    moveTo(other.name, found);
    return found.size();
  }

  private void moveTo(String queue, List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    Queue other = queues.find(queue).orElse(null);
    if (other == null) { // was deleted: what it would have got is kept here
      kill(
          entries.stream()
              .map(entry -> new Handle(entry.id, entry.received).text())
              .toList(),
          "It was handed out too often, and there is no queue " + queue + ".");
      return;
    }
    List<Object> said = new ArrayList<>();
    for (Entry entry : entries) {
      said.add(List.of(ADD, entry.entity, OF_QUEUE, other.entity));
      said.add(List.of(ADD, entry.entity, RECEIVED, 0L));
    }
    facts.say(said);
    forget(entries);
    for (Entry entry : entries) {
      other.take(new Entry(entry.entity, entry.id, entry.sentMillis, 0));
    }
  }

  private void take(Entry from) {
    lock.lock();
    try {
      add(new Entry(from.entity, from.id, from.sentMillis, ++sequence), Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /// Deletes every message; how many.
  public int purge() {
    List<Entry> all;
    lock.lock();
    try {
      all = new ArrayList<>(byId.values());
    } finally {
      lock.unlock();
    }
    return remove(all);
  }

  /// Deletes what was kept for longer than the queue keeps messages; how many.
  int expire() {
    long before = clock.millis() - settings().retention().toMillis();
    List<Entry> old;
    lock.lock();
    try {
      old = byId.values().stream()
          .filter(entry -> entry.sentMillis < before && entry.state != State.DEAD)
          .toList();
    } finally {
      lock.unlock();
    }
    return remove(old);
  }

  private static final int REMOVED_AT_ONCE_MAX = 1_000;

  private int remove(List<Entry> entries) {
    for (int from = 0; from < entries.size(); from += REMOVED_AT_ONCE_MAX) {
      List<Entry> some =
          entries.subList(from, Math.min(entries.size(), from + REMOVED_AT_ONCE_MAX));
      List<Object> said = new ArrayList<>();
      some.forEach(entry -> said.add(List.of(RETRACT_ENTITY, entry.entity)));
      facts.say(said);
      forget(some);
    }
    return entries.size();
  }

  /// Ends the waits of those who receive, as the queue is gone.
  void end() {
    lock.lock();
    try {
      isDeleted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void requireThere() {
    if (isDeleted) {
      throw Queues.missing(name);
    }
  }

  /// How many bytes a message takes of its queue's limit.
  public static int bytes(Draft draft) {
    return draft.body().getBytes(UTF_8).length;
  }

  private static AnomalyException unknownHandle(String handle) {
    return Anomaly.incorrect(
            "ion.error/receipt-handle",
            "\"" + (handle.length() > 100 ? handle.substring(0, 100) + "…" : handle)
                + "\" is no receipt handle.",
            "Use the one that came with the message.")
        .toException();
  }
}
