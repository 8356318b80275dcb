package valence.node.source.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.node.testing.MemorySystem;

final class QueueTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration NO_WAIT = Duration.ZERO;

  private final Client client = MemorySystem.open();
  private Queues queues = opened();

  /// As after a crash: nothing but what was durable is known.
  private Queues opened() {
    return Queues.open(QueueFacts.open(client), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  @Test
  void messagesComeInOrderAndOnceWhileTheyAreHandedOut() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    queue.send(List.of(new Draft("a"), new Draft("b")));
    queue.send(List.of(new Draft("c")));
    List<Message> first = queue.receive(2, LONG, NO_WAIT);
    assertThat(bodies(first)).containsExactly("a", "b");
    assertThat(bodies(queue.receive(10, LONG, NO_WAIT))).containsExactly("c");
    assertThat(queue.receive(10, LONG, NO_WAIT)).isEmpty();
    assertThat(queue.changeVisibility(first.get(1).handle(), Duration.ZERO)).isTrue();
    Message again = queue.receive(10, LONG, NO_WAIT).getFirst();
    assertThat(again.body()).isEqualTo("b");
    assertThat(again.received()).isEqualTo(2);
    assertThat(queue.changeVisibility(first.get(1).handle(), LONG))
        .as("an old handle")
        .isFalse();
    queue.delete(List.of(first.getFirst().handle(), again.handle()));
    assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 1, 0));
    assertThatThrownBy(() -> queue.delete(List.of("x"))).hasMessageContaining("receipt handle");
  }

  @Test
  void whoWaitsIsWokenByAMessageAndByTheEndOfADelay() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Message>> one = tasks.submit(() -> queue.receive(1, LONG, LONG));
      Future<List<Message>> other = tasks.submit(() -> queue.receive(1, LONG, LONG));
      queue.send(List.of(new Draft("later", "", Duration.ofMillis(150))));
      queue.send(List.of(new Draft("now")));
      assertThat(List.of(bodies(one.get()).getFirst(), bodies(other.get()).getFirst()))
          .containsExactlyInAnyOrder("now", "later");
    }
    Message message = queue.receive(1, LONG, NO_WAIT).isEmpty()
        ? null
        : queue.receive(1, LONG, NO_WAIT).getFirst();
    assertThat(message).isNull();
  }

  @Test
  void whatIsHandedOutTooOftenComesToTheDeadLetters() throws Exception {
    Queue dead = queues.open("dead", QueueSettings.DEFAULT);
    Queue queue = queues.open(
        "orders",
        new QueueSettings(0, 0, 600, 0, 1000, "dead", 2, QueueSettings.Deduplication.NONE));
    queue.send(List.of(new Draft("poison", "{\"a\":1}", Duration.ZERO)));
    assertThat(queue.receive(1, NO_WAIT, NO_WAIT)).hasSize(1);
    assertThat(queue.receive(1, NO_WAIT, LONG)).hasSize(1);
    assertThat(queue.receive(1, NO_WAIT, NO_WAIT)).isEmpty();
    queues = opened(); // what was moved has moved for good
    assertThat(queues.existing("orders").counts()).isEqualTo(new Queue.Counts(0, 0, 0, 0));
    Message found = queues.existing("dead").receive(1, LONG, NO_WAIT).getFirst();
    assertThat(found.body()).isEqualTo("poison");
    assertThat(found.attributes()).isEqualTo("{\"a\":1}");
    assertThat(found.received()).isEqualTo(1);
    assertThat(dead.counts().ready()).isEqualTo(1);
  }

  @Test
  void deadLettersAreKeptAndReplayed() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    queue.send(List.of(new Draft("a"), new Draft("b")));
    queue.kill(
        queue.receive(2, LONG, NO_WAIT).stream().map(Message::handle).toList(), "It failed.");
    Queue again = opened().existing("orders");
    assertThat(again.dead(10))
        .extracting(DeadLetter::body, DeadLetter::why, DeadLetter::received)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", "It failed.", 1),
            org.assertj.core.groups.Tuple.tuple("b", "It failed.", 1));
    assertThat(again.receive(1, LONG, NO_WAIT)).isEmpty();
    assertThat(again.replay()).isEqualTo(2);
    assertThat(again.receive(2, LONG, NO_WAIT)).extracting(Message::received).containsOnly(1);
  }

  @Test
  void aQueueIsDeletedWithItsMessages() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    queue.send(List.of(new Draft("a")));
    queues.delete("orders");
    assertThatThrownBy(() -> queue.send(List.of(new Draft("b"))))
        .hasMessageContaining("There is no queue orders");
    assertThat(opened().find("orders")).isEmpty();
    assertThat(queues.open("orders", QueueSettings.DEFAULT).receive(1, LONG, NO_WAIT))
        .isEmpty();
  }

  /// Sends, receipts, deletions and crashes at random: nothing that was sent and not deleted is
  /// ever lost, nothing that was deleted comes again, and receipts are counted over crashes.
  @Test
  void nothingIsLostOverCrashes() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Map<UUID, String> expected = new HashMap<>();
    Map<UUID, Integer> receipts = new HashMap<>();
    Map<String, Message> held = new HashMap<>();
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    for (int i = 0; i < 600; i++) {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> {
          List<Draft> drafts = new ArrayList<>();
          for (int n = random.nextInt(1, 4); n > 0; n--) {
            drafts.add(new Draft("body " + i + " " + n));
          }
          queue.send(drafts);
          drafts.forEach(draft -> expected.put(draft.id(), draft.body()));
        }
        case 3, 4, 5 -> {
          for (Message message : queue.receiveHere(random.nextInt(1, 5), LONG, NO_WAIT)) {
            assertThat(expected).as("-Dseed=%d", seed).containsKey(message.id());
            assertThat(message.body()).isEqualTo(expected.get(message.id()));
            assertThat(message.received())
                .as("-Dseed=%d", seed)
                .isEqualTo(receipts.merge(message.id(), 1, Integer::sum));
            held.put(message.handle(), message);
          }
        }
        case 6, 7 -> {
          if (!held.isEmpty()) {
            String handle = held.keySet().iterator().next();
            Message message = held.remove(handle);
            boolean current = receipts.get(message.id()) == message.received();
            queue.delete(List.of(handle));
            if (current) {
              expected.remove(message.id());
            }
          }
        }
        case 8 -> {
          if (!held.isEmpty()) {
            queue.changeVisibility(held.keySet().iterator().next(), Duration.ZERO);
          }
        }
        default -> {
          if (random.nextInt(3) == 0) {
            queue = opened().existing("orders");
          }
        }
      }
    }
    Queue last = opened().existing("orders");
    Set<UUID> found = new HashSet<>();
    for (List<Message> some = last.receive(100, LONG, NO_WAIT);
        !some.isEmpty();
        some = last.receive(100, LONG, NO_WAIT)) {
      some.forEach(message -> found.add(message.id()));
    }
    assertThat(found).as("-Dseed=%d", seed).isEqualTo(expected.keySet());
  }

  @Test
  void whatIsHandedOutToOthersStaysSoOverCrashes() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    queue.send(List.of(new Draft("others"), new Draft("back"), new Draft("here")));
    List<Message> others = queue.receive(2, LONG, NO_WAIT);
    assertThat(queue.receiveHere(1, LONG, NO_WAIT)).hasSize(1);
    assertThat(queue.changeVisibility(others.get(1).handle(), NO_WAIT)).isTrue();
    queue = opened().existing("orders");
    assertThat(queue.counts()).isEqualTo(new Queue.Counts(2, 0, 1, 0));
    assertThat(bodies(queue.receiveHere(9, LONG, NO_WAIT))).containsExactly("back", "here");
    assertThat(queue.changeVisibility(others.getFirst().handle(), LONG)).isTrue();
    queue.delete(List.of(others.getFirst().handle()));
    assertThat(opened().existing("orders").counts()).isEqualTo(new Queue.Counts(2, 0, 0, 0));
  }

  @Test
  void whatIsDeletedWhileItIsHandedOutIsGone() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        queue.send(List.of(new Draft("a"), new Draft("b"), new Draft("c")));
        Future<?> purged = tasks.submit(queue::purge);
        List<Message> received = queue.receive(9, LONG, NO_WAIT);
        queue.delete(received.stream().map(Message::handle).toList());
        purged.get();
        queue.purge();
      }
    }
    assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 0, 0));
    assertThat(opened().existing("orders").counts()).isEqualTo(new Queue.Counts(0, 0, 0, 0));
  }

  @Test
  void manySendersAndReceiversGetEachMessageOnce() throws Exception {
    Queue queue = queues.open("orders", QueueSettings.DEFAULT);
    int each = 200;
    Set<String> got = ConcurrentHashMap.newKeySet();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> work = new ArrayList<>();
      for (int sender = 0; sender < 4; sender++) {
        int number = sender;
        work.add(tasks.submit(() -> {
          for (int i = 0; i < each; i++) {
            queue.send(List.of(new Draft(number + "-" + i)));
          }
        }));
        work.add(tasks.submit(() -> {
          while (got.size() < 4 * each) {
            for (Message message : queue.receive(10, LONG, Duration.ofMillis(20))) {
              assertThat(got.add(message.body())).isTrue();
              queue.delete(List.of(message.handle()));
            }
          }
          return true;
        }));
      }
      for (Future<?> task : work) {
        task.get();
      }
    }
    assertThat(got).hasSize(4 * each);
    assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 0, 0));
  }
}
