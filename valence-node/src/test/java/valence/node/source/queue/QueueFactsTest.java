package valence.node.source.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.node.testing.MemorySystem;
import valence.storage.embedded.EmbeddedStorage;

/// Facts that go over from one database to another while they are used.
final class QueueFactsTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration NO_WAIT = Duration.ZERO;

  @TempDir
  Path directory;

  private long bytes() throws IOException {
    long[] sum = {0};
    Files.walkFileTree(directory, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        sum[0] += attributes.size();
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException gone) {
        return FileVisitResult.CONTINUE; // an old one that just went
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException gone) {
        return FileVisitResult.CONTINUE;
      }
    });
    return sum[0];
  }

  /// Many messages come and go, `-Dqueue.messages` of them: what is on disk stays as it is.
  @Test
  void theDiskHoldsWhatWaitsHoweverManyMessagesCameAndWent() throws Exception {
    int messages = Integer.getInteger("queue.messages", 20_000);
    long bytesMin = 2L << 20;
    int atOnce = 500;
    String text = "x".repeat(100);
    List<Long> sizes = new ArrayList<>();
    try (var client = new LocalClient(
            EmbeddedStorage.open(directory), FunctionResolver.none(), Clock.systemUTC());
        QueueFacts facts = QueueFacts.open(client, bytesMin)) {
      Queue queue = Queues.open(facts, Clock.systemUTC()).open("orders", QueueSettings.DEFAULT);
      queue.send(List.of(new Draft("stays")));
      assertThat(queue.receive(1, LONG, NO_WAIT)).hasSize(1);
      for (int sent = 0; sent < messages; sent += atOnce) {
        List<Draft> drafts = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
          drafts.add(new Draft(sent + i + text));
        }
        queue.send(drafts);
        List<Message> received = queue.receive(atOnce, LONG, NO_WAIT);
        assertThat(received).hasSize(atOnce);
        assertThat(received.getFirst().body()).isEqualTo(sent + text);
        queue.delete(received.stream().map(Message::handle).toList());
        sizes.add(bytes());
      }
      assertThat(facts.generation()).isGreaterThan(1);
      assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 1, 0));
    }
    System.out.println("messages " + messages + " bytes at most "
        + sizes.stream().mapToLong(Long::longValue).max().orElse(0) + " at the end "
        + sizes.getLast());
    assertThat(sizes).allMatch(size -> size < 16 * bytesMin, "no more than a few generations");
    try (var client = new LocalClient(
            EmbeddedStorage.open(directory), FunctionResolver.none(), Clock.systemUTC());
        QueueFacts facts = QueueFacts.open(client, bytesMin)) {
      Queue queue = Queues.open(facts, Clock.systemUTC()).existing("orders");
      assertThat(queue.counts()).isEqualTo(new Queue.Counts(0, 0, 1, 0));
      assertThat(client.listDatabases()).hasSize(1);
    }
  }

  /// Senders, receivers and what sources know, over many generations at once: nothing is lost and
  /// nothing comes back.
  @Test
  void whatIsTrueGoesOverWhileItIsUsed() throws Exception {
    try (Client client = MemorySystem.open()) {
      AtomicBoolean ends = new AtomicBoolean();
      Set<String> kept = new HashSet<>();
      Set<String> there = new HashSet<>(); // of those that pass
      try (QueueFacts facts = QueueFacts.open(client, 100_000);
          var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
        Queue queue = Queues.open(facts, Clock.systemUTC()).open("orders", QueueSettings.DEFAULT);
        Future<?> comesAndGoes = tasks.submit(() -> {
          for (int i = 0; !ends.get(); i++) {
            queue.send(List.of(new Draft("passes " + i)));
            there.add("passes " + i);
            List<Message> received = queue.receiveHere(1, LONG, NO_WAIT);
            for (Message message : received) {
              if (message.body().startsWith("passes")) {
                queue.delete(List.of(message.handle()));
                there.remove(message.body());
              }
            }
          }
          return true;
        });
        Future<?> isSeen = tasks.submit(() -> {
          for (int i = 0; !ends.get(); i++) {
            facts.say(List.of(Map.of(kw("seen/key"), "s\nk", kw("seen/state"), "" + i)));
            assertThat(facts.value(List.of(kw("seen/key"), "s\nk"), kw("seen/state")))
                .contains("" + i);
            facts.say(List.of(List.of(kw("db/retractEntity"), List.of(kw("seen/key"), "s\nk"))));
          }
        });
        long generation = -1;
        while (facts.generation() < 4) {
          if (facts.generation() > generation || kept.size() < 100) {
            generation = facts.generation();
            String body = "stays " + kept.size();
            queue.send(List.of(new Draft(body)));
            kept.add(body);
          } else {
            LockSupport.parkNanos(1_000_000);
          }
        }
        ends.set(true);
        comesAndGoes.get();
        isSeen.get();
      }
      Queue again = Queues.open(QueueFacts.open(client), Clock.systemUTC()).existing("orders");
      List<Message> found = again.receive(Queue.MESSAGES_MAX, LONG, NO_WAIT);
      there.addAll(kept);
      assertThat(found).extracting(Message::body).containsExactlyInAnyOrderElementsOf(there);
      assertThat(client.listDatabases()).hasSize(1);
    }
  }

  @Test
  void whatACrashLeavesOfFactsThatGoOverIsDeleted() throws Exception {
    try (Client client = MemorySystem.open()) {
      try (QueueFacts facts = QueueFacts.open(client)) {
        Queues.open(facts, Clock.systemUTC())
            .open("orders", QueueSettings.DEFAULT)
            .send(List.of(new Draft("a")));
      }
      client.createDatabase("valence-sources-2");
      client.connect("valence-sources-2").transact(QueueFacts.schema());
      try (QueueFacts facts = QueueFacts.open(client)) {
        assertThat(client.listDatabases()).containsExactly("valence-sources");
        assertThat(Queues.open(facts, Clock.systemUTC())
                .existing("orders")
                .counts()
                .ready())
            .isEqualTo(1);
      }
    }
  }
}
