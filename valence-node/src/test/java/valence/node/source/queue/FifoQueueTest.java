package valence.node.source.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.node.testing.MemorySystem;

final class FifoQueueTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration NO_WAIT = Duration.ZERO;
  private static final String NAME = "orders.fifo";

  /// A clock that a test sets.
  private static final class Hand extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final Client client = MemorySystem.open();
  private final Hand clock = new Hand();
  private Queue queue = reopened();

  private Queue reopened() {
    Queues queues = Queues.open(QueueFacts.open(client), clock);
    return queues.open(NAME, QueueSettings.of(NAME));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static Draft draft(String body, String group, String id) {
    return new Draft(UUID.randomUUID(), body, "", NO_WAIT, new Draft.Place(group, id));
  }

  private Sent send(String body, String group) {
    return queue.send(List.of(draft(body, group, body))).getFirst();
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  @Test
  void aGroupIsHeldUpWhileSomeOfItIsHandedOutAndOthersAreNot() throws Exception {
    send("a1", "a");
    send("a2", "a");
    send("b1", "b");
    send("a3", "a");
    List<Message> some = queue.receive(2, LONG, NO_WAIT);
    assertThat(bodies(some)).containsExactly("a1", "a2");
    assertThat(bodies(queue.receive(9, LONG, NO_WAIT))).containsExactly("b1");
    queue.delete(List.of(some.getFirst().handle()));
    assertThat(queue.receive(9, LONG, NO_WAIT)).isEmpty();
    queue.changeVisibility(some.get(1).handle(), NO_WAIT);
    assertThat(bodies(queue.receive(9, LONG, NO_WAIT))).containsExactly("a2", "a3");
    assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 3, 0));
  }

  @Test
  void whatIsSentTwiceWithinFiveMinutesCountsOnce() throws Exception {
    Sent first = send("a", "g");
    assertThat(send("a", "g")).isEqualTo(first);
    queue = reopened();
    assertThat(send("a", "g")).isEqualTo(first);
    queue.delete(List.of(queue.receive(1, LONG, NO_WAIT).getFirst().handle()));
    clock.now = clock.now.plus(SentIds.WINDOW).minusMillis(1);
    assertThat(send("a", "g")).as("also when it is worked off").isEqualTo(first);
    List<Sent> both = queue.send(List.of(draft("b", "g", "same"), draft("c", "g", "same")));
    assertThat(both.getFirst()).isEqualTo(both.get(1));
    clock.now = clock.now.plusMillis(1);
    Sent again = send("a", "g");
    assertThat(again.sequence()).isGreaterThan(both.getFirst().sequence());
    assertThat(bodies(queue.receive(9, LONG, NO_WAIT))).containsExactly("b", "a");
  }

  @Test
  void deadLettersKeepTheirOrder() throws Exception {
    Queues queues = Queues.open(QueueFacts.open(client), clock);
    Queue dead = queues.open("dead.fifo", QueueSettings.of("dead.fifo"));
    queue = queues.open(
        "work.fifo",
        new QueueSettings(
            0, 0, 600, 0, 1000, "dead.fifo", 1, QueueSettings.Deduplication.BY_CONTENT));
    send("a1", "a");
    send("a2", "a");
    assertThat(queue.receive(9, NO_WAIT, NO_WAIT)).hasSize(2);
    assertThat(queue.receive(9, NO_WAIT, NO_WAIT)).isEmpty();
    assertThat(bodies(dead.receive(1, LONG, NO_WAIT))).containsExactly("a1");
    assertThat(dead.receive(1, LONG, NO_WAIT)).isEmpty();
    assertThat(dead.counts().waiting()).isEqualTo(2);
  }

  /// Sends, receipts, deletions, failures and crashes at random: of a group the messages are worked
  /// off in the order in which they were sent, each of them.
  @Test
  void eachGroupIsWorkedOffInItsOrder() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, List<String>> sent = new HashMap<>();
    Map<String, List<String>> done = new HashMap<>();
    List<Message> held = new ArrayList<>();
    int count = 0;
    for (int i = 0; i < 800 || done.values().stream().mapToInt(List::size).sum() < count; i++) {
      int kind = i < 800 ? random.nextInt(10) : random.nextInt(3, 9);
      if (kind < 3) {
        String group = "g" + random.nextInt(5);
        String body = "m" + count++;
        send(body, group);
        sent.computeIfAbsent(group, _ -> new ArrayList<>()).add(body);
      } else if (kind < 6) {
        List<Message> some = queue.receive(random.nextInt(1, 6), LONG, NO_WAIT);
        Set<String> busy = new HashSet<>();
        held.forEach(each -> busy.add(each.place().group()));
        assertThat(some)
            .as("-Dseed=%d", seed)
            .noneMatch(each -> busy.contains(each.place().group()));
        held.addAll(some);
      } else if (kind < 8 && !held.isEmpty()) {
        Message message = held.removeFirst(); // of its group the first
        queue.delete(List.of(message.handle()));
        done.computeIfAbsent(message.place().group(), _ -> new ArrayList<>()).add(message.body());
      } else if (kind < 9) {
        held.forEach(each -> queue.changeVisibility(each.handle(), NO_WAIT));
        held.clear();
      } else {
        queue = reopened(); // what is handed out stays so
      }
    }
    assertThat(done).as("-Dseed=%d", seed).isEqualTo(sent);
  }
}
