package valence.storage.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// Kills a process (SIGKILL) that writes to a storage, at any moment, again and again:
/// `-Dcrash.rounds=N` times.
class KillTest {
  private static final int LINES_MAX = 300;

  @TempDir
  Path directory;

  @Test
  void whatAKilledProcessAcknowledgedIsThere() throws Exception {
    int rounds = Integer.getInteger("crash.rounds", 4);
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("KillTest: -Dcrash.seed=" + seed + ", " + rounds + " rounds");
    Random random = new Random(seed);
    long end = 0;
    TreeSet<Long> counts = new TreeSet<>();
    for (int round = 0; round < rounds; round++) {
      Process writer = start(end, random.nextLong());
      long acknowledged = end - 1;
      try (BufferedReader lines = writer.inputReader(UTF_8)) {
        assertThat(lines.readLine()).isEqualTo("open");
        assertHeldBy(writer);
        int kill = 1 + random.nextInt(LINES_MAX);
        int read = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (++read == kill) {
            kill(writer);
          }
          if (line.startsWith("record ")) {
            acknowledged = Long.parseLong(line.substring(7));
          } else if (line.startsWith("count ")) {
            counts.add(Long.parseLong(line.substring(6)));
          }
        }
        assertThat(read).isGreaterThanOrEqualTo(kill);
      } finally {
        kill(writer);
        writer.waitFor();
      }
      end = verify(acknowledged, counts);
    }
    System.out.println("KillTest: " + end + " records, none lost");
  }

  /// Checks what is there; returns the end of the log.
  private long verify(long acknowledged, TreeSet<Long> counts) {
    try (Storage storage = EmbeddedStorage.open(directory)) {
      AtomicLong end = new AtomicLong();
      try (Stream<LogRecord> records = storage.log().read(Writer.DATABASE, 0)) {
        records.forEach(record -> {
          assertThat(record.position()).isEqualTo(end.getAndIncrement());
          int length = record.bytes().length - Long.BYTES;
          assertThat(record.bytes()).isEqualTo(Writer.record(record.position(), length));
          BlobId id = BlobId.of(ByteBuffer.wrap(record.bytes()));
          if (counts.contains(record.position())) {
            assertThat(storage.blobs().get(id)).contains(ByteBuffer.wrap(record.bytes()));
          }
        });
      }
      // The last line, or the acknowledgement before it, may have died with the process.
      assertThat(end.get()).isBetween(acknowledged + 1, acknowledged + 2);
      long found = storage
          .refs()
          .get("count")
          .map(RefStore.Ref::bytes)
          .map(KillTest::number)
          .orElse(-1L);
      assertThat(found).isBetween(counts.isEmpty() ? -1 : counts.last(), end.get() - 1);
      return end.get();
    }
  }

  /// Through the handle, since the process itself would close the streams that are still to be
  /// read.
  private static void kill(Process process) {
    process.toHandle().destroyForcibly();
  }

  private static long number(byte[] bytes) {
    return Long.parseLong(text(bytes));
  }

  private void assertHeldBy(Process holder) {
    Anomaly anomaly = anomaly(() -> EmbeddedStorage.open(directory));
    assertThat(anomaly.category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
    assertThat(anomaly.message()).contains("in use by the process with pid " + holder.pid() + ".");
  }

  @Test
  void anOpenStorageIsHeldAgainstThisProcessAndOthersUntilClosed() throws Exception {
    try (Storage _ = EmbeddedStorage.open(directory)) {
      String pid = Long.toString(ProcessHandle.current().pid());
      assertThat(anomaly(() -> EmbeddedStorage.open(directory)).message())
          .contains("pid " + pid + " (this process)");
      // The attempt above must not have given up the lock.
      Process other = start(0, 0);
      try (BufferedReader errors = other.errorReader(UTF_8)) {
        assertThat(errors.lines().toList())
            .anyMatch(line -> line.contains("in use by the process with pid " + pid + "."));
      } finally {
        kill(other);
        other.waitFor();
      }
    }
    EmbeddedStorage.open(directory).close();
  }

  private Process start(long position, long seed) {
    try {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-ea",
              "-Xmx128m",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              Writer.class.getName(),
              directory.toString(),
              Long.toString(position),
              Long.toString(seed))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
