package valence.node.source.queue;

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
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.source.queue.Entry.State;

/// One durable queue. Safe for many threads.
///
/// Messages are handed out in the order in which they came, as far as they wait for nothing; with
/// delays, failures and several receivers there is no order. A queue that keeps an order keeps it
/// within each group, as [Line] says.
public final class Queue {
  /// How many messages a queue may hold, dead ones included.
  public static final int MESSAGES_MAX = 200_000;

  /// How many messages may be handed out at once, as at AWS.
  public static final int IN_FLIGHT_MAX = 120_000;

  /// Of bodies that are kept in memory, in characters, of each queue.
  private static final long BODY_CHARACTERS_MAX = 8L << 20;

  /// So many sequence numbers are there for each millisecond: those of a later start are above.
  private static final int SEQUENCES_PER_MILLI_BITS = 20;

  /// A message that waits until some time; out of date when the message waits for another by now.
  private record Waiting(long nanos, Entry entry, int wake) {}

  /// How many messages are where.
  public record Counts(int ready, int delayed, int inFlight, int dead) {
    /// Those that are still to be worked on.
    public int waiting() {
      return ready + delayed + inFlight;
    }
  }

  private final QueueFacts facts;
  private final Queues queues;
  private final String name;
  private final Instant created;
  private final Clock clock;

  private final LongAdder sentCount = new LongAdder();
  private final LongAdder tiredCount = new LongAdder();

  /// Held while a message is sent to a queue that keeps an order.
  private final ReentrantLock sender = new ReentrantLock(true);

  private final SentIds sentIds; // guarded by sender
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock, all that follow.
  private final Map<UUID, Entry> byId = new HashMap<>();
  private final Line ready = new Line();
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
      String name,
      Instant created,
      QueueSettings settings,
      Clock clock) {
    this.facts = facts;
    this.queues = queues;
    this.name = name;
    this.created = created;
    this.settings = settings;
    this.clock = clock;
    this.sentIds = new SentIds(name);
  }

  public String name() {
    return name;
  }

  public Instant created() {
    return created;
  }

  SentIds sentIds() {
    return sentIds;
  }

  /// How many messages were sent to it since the node started.
  public long sentCount() {
    return sentCount.sum();
  }

  /// How many of its messages went to the queue of its dead letters since the node started.
  public long tiredCount() {
    return tiredCount.sum();
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
    facts.say(List.of(Queues.settings(name, next)));
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
      long oldest = Long.MAX_VALUE;
      for (Entry entry : byId.values()) {
        if (entry.state != State.DEAD) {
          oldest = Math.min(oldest, entry.sentMillis);
        }
      }
      return oldest == Long.MAX_VALUE
          ? Optional.empty()
          : Optional.of(Instant.ofEpochMilli(oldest));
    } finally {
      lock.unlock();
    }
  }

  /// Takes messages in; returns when they are durable. `busy` when the queue is full.
  ///
  /// @return for each draft what it is now; in a queue that keeps an order it may be what was sent
  ///     before with its deduplication id
  public List<Sent> send(List<Draft> drafts) {
    return send(drafts, List.of());
  }

  /// Takes messages in together with facts of their sender's: both, or none of them.
  public List<Sent> send(List<Draft> drafts, List<?> with) {
    if (settings().deduplication() == QueueSettings.Deduplication.NONE) {
      return sendAll(drafts, with);
    }
    sender.lock();
    try {
      return sendInOrder(drafts, with);
    } finally {
      sender.unlock();
    }
  }

  private List<Sent> sendInOrder(List<Draft> drafts, List<?> with) {
    long now = clock.millis();
    Map<String, Sent> ids = new LinkedHashMap<>();
    List<Draft> fresh = new ArrayList<>();
    for (Draft draft : drafts) {
      String id = draft.place().deduplication();
      if (!ids.containsKey(id) && sentIds.find(id, now).isEmpty()) {
        fresh.add(draft);
        ids.put(id, new Sent(draft.id(), 0)); // its number is given to it next
      }
    }
    List<Object> said = new ArrayList<>(with);
    long first = nextSequences(fresh.size());
    for (int i = 0; i < fresh.size(); i++) {
      ids.put(fresh.get(i).place().deduplication(), new Sent(fresh.get(i).id(), first + i));
    }
    said.addAll(sentIds.facts(ids, now));
    List<Sent> made = sendAll(fresh, said, first);
    sentIds.sent(ids, now);
    assert made.size() == fresh.size() : "each is sent";
    List<Sent> sent = new ArrayList<>();
    for (Draft draft : drafts) {
      sent.add(sentIds.find(draft.place().deduplication(), now).orElseThrow());
    }
    return sent;
  }

  private List<Sent> sendAll(List<Draft> drafts, List<?> with) {
    return sendAll(drafts, with, nextSequences(drafts.size()));
  }

  private List<Sent> sendAll(List<Draft> drafts, List<?> with, long firstSequence) {
    reserve(drafts.size());
    try {
      long now = clock.millis();
      List<Object> said = new ArrayList<>(with);
      List<Sent> sent = new ArrayList<>(drafts.size());
      for (Draft draft : drafts) {
        long number = firstSequence + sent.size();
        said.add(MessageFacts.sent(name, draft, number, now));
        sent.add(new Sent(draft.id(), number));
      }
      if (said.isEmpty()) {
        return sent;
      }
      facts.say(said);
      sentCount.add(drafts.size());
      lock.lock();
      try {
        for (int i = 0; i < drafts.size(); i++) {
          Draft draft = drafts.get(i);
          Entry entry = new Entry(draft.id(), now, sent.get(i).sequence(), draft.place());
          keep(entry, draft.body(), draft.attributes());
          add(entry, draft.delay());
        }
      } finally {
        lock.unlock();
      }
      return sent;
    } finally {
      unreserve(drafts.size());
    }
  }

  /// The first of as many numbers as are wanted.
  private long nextSequences(int count) {
    lock.lock();
    try {
      long first = Math.max(sequence + 1, clock.millis() << SEQUENCES_PER_MILLI_BITS);
      sequence = first + Math.max(0, count - 1);
      return first;
    } finally {
      lock.unlock();
    }
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
    if (delay.isPositive()) {
      entry.state = State.DELAYED;
      delayed++;
      wait(entry, delay);
    } else {
      makeReady(entry);
    }
  }

  /// A message that was there when the system started.
  ///
  /// @param wait before it can be handed out
  void restore(Entry entry, Duration wait) {
    lock.lock();
    try {
      byId.put(entry.id, entry);
      if (!entry.dead.isEmpty()) {
        entry.state = State.DEAD;
        dead.put(entry.sequence, entry);
      } else if (entry.received > 0 && wait.isPositive()) {
        entry.state = State.IN_FLIGHT;
        entry.outlasts = true;
        inFlight++;
        ready.out(entry);
        wait(entry, wait);
      } else {
        add(entry, wait);
      }
      sequence = Math.max(sequence, entry.sequence);
    } finally {
      lock.unlock();
    }
  }

  private void makeReady(Entry entry) {
    entry.state = State.READY;
    entry.wake++;
    ready.add(entry);
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
        if (entry.state == State.DELAYED) {
          delayed--;
        } else {
          back(entry);
        }
        makeReady(entry);
      }
    }
  }

  /// A message that was handed out isn't any more. Holding the lock.
  private void back(Entry entry) {
    inFlight--;
    ready.back(entry);
    changed.signal(); // others of its group may have waited for it
  }

  /// Hands out messages to somebody who may outlast this process: their visibility does, too. Those
  /// first that came first, as soon as there are some; none when none came in time.
  ///
  /// @param countMax   of messages
  /// @param visibility for which they aren't handed out again
  /// @param wait       for the first of them
  public List<Message> receive(int countMax, Duration visibility, Duration wait)
      throws InterruptedException {
    return receive(countMax, visibility, wait, true);
  }

  /// As [#receive], to somebody who ends with this process: after a restart they are handed out
  /// again at once.
  public List<Message> receiveHere(int countMax, Duration visibility, Duration wait)
      throws InterruptedException {
    return receive(countMax, visibility, wait, false);
  }

  private List<Message> receive(int countMax, Duration visibility, Duration wait, boolean outlasts)
      throws InterruptedException {
    Duration left = wait;
    while (true) {
      List<Entry> taken = take(countMax, visibility, left, outlasts);
      if (taken.isEmpty()) {
        return List.of();
      }
      List<Entry> tired = new ArrayList<>();
      QueueSettings now = settings();
      if (now.receivedMax() > 0) {
        taken.removeIf(entry -> entry.received > now.receivedMax() && tired.add(entry));
        tiredCount.add(moveTo(now.deadLetters(), tired));
      }
      if (!taken.isEmpty()) {
        return handOut(taken, visibility, outlasts);
      }
      left = Duration.ZERO;
    }
  }

  private List<Entry> take(int countMax, Duration visibility, Duration wait, boolean outlasts)
      throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        requireThere();
        promote();
        List<Entry> taken = takeReady(countMax, visibility, outlasts);
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

  private List<Entry> takeReady(int countMax, Duration visibility, boolean outlasts) {
    List<Entry> taken = ready.take(Math.min(countMax, IN_FLIGHT_MAX - inFlight));
    for (Entry entry : taken) {
      entry.state = State.IN_FLIGHT;
      entry.outlasts = outlasts;
      inFlight++;
      entry.received++;
      if (entry.firstReceivedMillis == 0) {
        entry.firstReceivedMillis = clock.millis();
      }
      wait(entry, visibility);
    }
    return taken;
  }

  /// Makes durable that messages are handed out, and reads them.
  private List<Message> handOut(List<Entry> taken, Duration visibility, boolean outlasts) {
    long due = outlasts ? clock.millis() + visibility.toMillis() : 0;
    List<Entry> given = taken;
    while (true) {
      List<Object> said = new ArrayList<>();
      given.forEach(entry -> said.addAll(MessageFacts.handedOut(entry, due)));
      try {
        facts.say(said);
        break;
      } catch (RuntimeException e) {
        List<Entry> left = stillOut(given);
        if (left.size() == given.size()) {
          giveBack(given);
          throw e;
        }
        given = left; // of a message that was deleted meanwhile nothing can be said
        if (given.isEmpty()) {
          return List.of();
        }
      }
    }
    List<Message> messages = new ArrayList<>(given.size());
    for (Entry entry : given) {
      messages.add(message(entry));
    }
    return messages;
  }

  private List<Entry> stillOut(List<Entry> entries) {
    lock.lock();
    try {
      return entries.stream().filter(entry -> entry.state == State.IN_FLIGHT).toList();
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(List<Entry> taken) {
    lock.lock();
    try {
      for (Entry entry : taken) {
        if (entry.state == State.IN_FLIGHT) {
          entry.received--;
          back(entry);
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
      Map<Object, Object> stored = facts.pull(
          List.of(MessageFacts.BODY, MessageFacts.ATTRIBUTES), MessageFacts.message(entry.id));
      body = String.valueOf(stored.getOrDefault(MessageFacts.BODY, ""));
      attributes = String.valueOf(stored.getOrDefault(MessageFacts.ATTRIBUTES, ""));
    }
    return new Message(
        entry.id,
        new Handle(entry.id, received).text(),
        body,
        attributes,
        entry.place,
        entry.sequence,
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
    delete(claim(byHandles(handles)), with);
  }

  private void delete(List<Entry> claimed, List<?> with) {
    List<Object> said = new ArrayList<>(with);
    claimed.forEach(entry -> said.add(MessageFacts.gone(entry)));
    leave(claimed, said);
    forget(claimed);
  }

  /// Says what lets claimed messages leave; when that fails, they are as they were.
  private void leave(List<Entry> claimed, List<?> said) {
    if (said.isEmpty()) {
      return;
    }
    try {
      facts.say(said);
    } catch (RuntimeException e) {
      unclaim(claimed);
      throw e;
    }
  }

  private void unclaim(List<Entry> claimed) {
    lock.lock();
    try {
      for (Entry entry : claimed) {
        if (!entry.dead.isEmpty()) {
          back(entry);
          entry.state = State.DEAD;
          dead.put(entry.sequence, entry);
        } else {
          entry.state = State.IN_FLIGHT;
          wait(entry, Duration.ofNanos(Math.max(1, entry.wakeNanos - System.nanoTime())));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Those of some messages that nobody else lets leave: they are out until they have left.
  private List<Entry> claim(List<Entry> entries) {
    List<Entry> claimed = new ArrayList<>();
    lock.lock();
    try {
      for (Entry entry : entries) {
        switch (entry.state) {
          case READY -> {
            ready.take(entry);
            inFlight++;
          }
          case DELAYED -> {
            delayed--;
            inFlight++;
            ready.out(entry);
          }
          case DEAD -> {
            dead.remove(entry.sequence);
            inFlight++;
            ready.out(entry);
          }
          case IN_FLIGHT -> {}
          case LEAVING, GONE -> {
            continue;
          }
        }
        entry.state = State.LEAVING;
        entry.wake++;
        claimed.add(entry);
      }
    } finally {
      lock.unlock();
    }
    return claimed;
  }

  private void forget(List<Entry> claimed) {
    lock.lock();
    try {
      for (Entry entry : claimed) {
        back(entry);
        entry.state = State.GONE;
        byId.remove(entry.id);
        if (entry.body != null && entry.attributes != null) {
          bodyCharacters -= entry.body.length() + entry.attributes.length();
          entry.body = null;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Entry> byHandles(Collection<String> handles) {
    List<Entry> entries = new ArrayList<>();
    for (String text : handles) {
      Entry entry = entry(text);
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
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

  /// Deletes a message and sends another to another queue: both, or nothing. No effect when it is
  /// gone, or was handed out again since.
  public void replace(String handle, Queue other, Draft draft) {
    List<Entry> claimed = claim(byHandles(List.of(handle)));
    if (claimed.isEmpty()) {
      return;
    }
    try {
      other.send(List.of(draft), List.of(MessageFacts.gone(claimed.getFirst())));
    } catch (RuntimeException e) {
      unclaim(claimed);
      throw e;
    }
    forget(claimed);
  }

  /// Lets a message that is handed out be back after another time from now, at once for zero.
  ///
  /// @return false when it isn't handed out any more, by this handle
  public boolean changeVisibility(String handle, Duration visibility) {
    Entry entry = entry(handle);
    boolean outlasts;
    lock.lock();
    try {
      promote();
      if (entry == null || entry.state != State.IN_FLIGHT) {
        return false;
      }
      outlasts = entry.outlasts;
      if (visibility.isZero()) {
        back(entry);
        makeReady(entry);
      } else {
        wait(entry, visibility);
      }
    } finally {
      lock.unlock();
    }
    if (outlasts) {
      sayDue(entry, visibility);
    }
    return true;
  }

  /// Makes durable when a message may be handed out next, unless it leaves.
  private void sayDue(Entry entry, Duration wait) {
    try {
      facts.say(List.of(MessageFacts.due(entry, clock.millis() + wait.toMillis())));
    } catch (AnomalyException e) { // of a message that is gone there is no entity to say it of
      lock.lock();
      try {
        if (entry.state != State.GONE && entry.state != State.LEAVING) {
          throw e;
        }
      } finally {
        lock.unlock();
      }
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
    kill(claim(byHandles(handles)), why);
  }

  private void kill(List<Entry> claimed, String why) {
    String told = why.isEmpty() ? "It failed." : why;
    List<Object> said = new ArrayList<>();
    claimed.forEach(entry -> said.add(MessageFacts.dead(entry, told)));
    leave(claimed, said);
    lock.lock();
    try {
      for (Entry entry : claimed) {
        back(entry);
        entry.state = State.DEAD;
        entry.dead = told;
        dead.put(entry.sequence, entry);
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
      Entry entry = new Entry(draft.id(), now, nextSequences(1), draft.place());
      entry.state = State.DEAD;
      entry.dead = why;
      Map<Keyword, Object> message = MessageFacts.sent(name, draft, entry.sequence, now);
      message.put(MessageFacts.DEAD, why);
      List<Object> said = new ArrayList<>(with);
      said.add(message);
      facts.say(said);
      lock.lock();
      try {
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
    Entry found;
    lock.lock();
    try {
      found = byId.get(id);
    } finally {
      lock.unlock();
    }
    if (found != null && !found.dead.isEmpty()) {
      delete(claim(List.of(found)), List.of());
    }
  }

  /// The messages that could be handed out, oldest first, as the dead letters of another queue.
  public List<DeadLetter> waiting(int countMax) {
    List<Entry> found;
    lock.lock();
    try {
      promote();
      found = ready.all().stream().limit(countMax).toList();
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
    List<Entry> claimed = claim(found);
    List<Object> said = new ArrayList<>();
    claimed.forEach(entry -> said.addAll(MessageFacts.replayed(entry)));
    leave(claimed, said);
    lock.lock();
    try {
      for (Entry entry : claimed) {
        back(entry);
        entry.dead = "";
        entry.received = 0;
        makeReady(entry);
      }
    } finally {
      lock.unlock();
    }
    return claimed.size();
  }

  /// Moves every message that can be handed out to another queue; how many.
  public int moveAllTo(Queue other) {
    List<Entry> found;
    lock.lock();
    try {
      promote();
      found = ready.all();
    } finally {
      lock.unlock();
    }
    return moveTo(other.name, found);
  }

  private int moveTo(String queue, List<Entry> entries) {
    List<Entry> claimed = claim(entries);
    if (claimed.isEmpty()) {
      return 0;
    }
    Queue other = queues.find(queue).orElse(null);
    if (other == null) { // was deleted: what it would have got is kept here
      kill(claimed, "It was handed out too often, and there is no queue " + queue + ".");
      return 0;
    }
    long now = clock.millis();
    long first = other.nextSequences(claimed.size());
    List<Object> said = new ArrayList<>();
    for (Entry entry : claimed) {
      said.add(MessageFacts.moved(entry, other.name, first + said.size(), now));
    }
    leave(claimed, said);
    forget(claimed);
    for (int i = 0; i < claimed.size(); i++) {
      Entry entry = claimed.get(i);
      other.take(new Entry(entry.id, entry.sentMillis, first + i, entry.place));
    }
    return claimed.size();
  }

  private void take(Entry entry) {
    lock.lock();
    try {
      add(entry, Duration.ZERO);
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
    int removed = 0;
    for (int from = 0; from < entries.size(); from += REMOVED_AT_ONCE_MAX) {
      List<Entry> some =
          claim(entries.subList(from, Math.min(entries.size(), from + REMOVED_AT_ONCE_MAX)));
      delete(some, List.of());
      removed += some.size();
    }
    return removed;
  }

  /// Forgets which deduplication ids it was sent.
  void forgetSentIds() {
    sender.lock();
    try {
      List<Object> said = sentIds.oblivion();
      for (int from = 0; from < said.size(); from += REMOVED_AT_ONCE_MAX) {
        facts.say(said.subList(from, Math.min(said.size(), from + REMOVED_AT_ONCE_MAX)));
      }
    } finally {
      sender.unlock();
    }
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

  private static AnomalyException unknownHandle(String handle) {
    return Anomaly.incorrect(
            "ion.error/receipt-handle",
            "\"" + (handle.length() > 100 ? handle.substring(0, 100) + "…" : handle)
                + "\" is no receipt handle.",
            "Use the one that came with the message.")
        .toException();
  }
}
