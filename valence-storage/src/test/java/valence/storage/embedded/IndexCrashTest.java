package valence.storage.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Connection;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;
import valence.storage.encryption.EncryptedStorage;
import valence.storage.encryption.KeyFile;

/// A process that transacts, indexes, collects garbage, excises and rolls its log, all at once and
/// all the time, is killed with SIGKILL at any moment, `-Dcrash.rounds=N` times; the next one finds
/// every acknowledged transaction whole and once, and indexes that say what the log says.
///
/// More than some hundred rounds take longer than the tests of a module may: `-Dsurefire.timeout=N`
/// seconds. `-Dcrash.seed=N` chooses the requests and the moments, as far as the machine lets it.
@Timeout(7200)
class IndexCrashTest {
  private static final int ROUNDS_PER_STORAGE = 10;
  private static final int MILLIS_MAX = 900;
  private static final long LOG_SEGMENT_BYTES = 20_000;

  @Test
  void whatWasAcknowledgedSurvivesAKillWhereverItHits(@TempDir Path directory) throws Exception {
    run(directory, Integer.getInteger("crash.rounds", 3), false);
  }

  @Test
  void theSameHoldsForAnEncryptedStorage(@TempDir Path directory) throws Exception {
    run(directory, (Integer.getInteger("crash.rounds", 3) + 2) / 3, true);
  }

  private static Storage open(Path root, boolean encrypted) {
    Storage storage = EmbeddedStorage.open(
        new FileDisk(), root, LOG_SEGMENT_BYTES, new SecureRandom()::nextLong, () -> {});
    return encrypted ? EncryptedStorage.open(storage, KeyFile.read(keys(root))) : storage;
  }

  private static Path keys(Path root) {
    return root.resolveSibling(root.getFileName() + ".keys");
  }

  /// The process to be killed: says what was acknowledged, once it was.
  static final class Crowd {
    private static final int WRITERS = 3;
    private static final int ROWS_TO_INDEX = 60;

    private Crowd() {}

    public static void main(String[] args) {
      LocalClient client = WholeDatabase.client(
          open(Path.of(args[0]), Boolean.parseBoolean(args[1])), ROWS_TO_INDEX);
      client.createDatabase(Requests.NAME);
      Connection connection = client.connect(Requests.NAME);
      Requests.prepare(connection);
      say("open");
      SplittableRandom random = new SplittableRandom(Long.parseLong(args[2]));
      for (int i = 0; i < WRITERS; i++) {
        SplittableRandom own = random.split();
        start(() -> write(connection, own));
      }
      start(() -> client.index(Requests.NAME));
    }

    private static void start(Runnable work) {
      Thread.ofPlatform().start(() -> {
        try {
          while (true) {
            work.run();
          }
        } catch (RuntimeException | Error failed) {
          failed.printStackTrace();
          System.err.flush();
          Runtime.getRuntime().halt(1);
        }
      });
    }

    private static void write(Connection connection, SplittableRandom random) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      connection.transact(Requests.of(id));
      say("done " + id);
      if (Requests.isSecret(id)) {
        connection.transact(Requests.excision(id));
        say("excised " + id);
      }
    }

    private static synchronized void say(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private static void run(Path directory, int rounds, boolean encrypted) throws Exception {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("IndexCrashTest: -Dcrash.seed=" + seed + ", " + rounds + " rounds"
        + (encrypted ? ", encrypted" : ""));
    SplittableRandom random = new SplittableRandom(seed);
    long survived = 0;
    for (int first = 0; first < rounds; first += ROUNDS_PER_STORAGE) {
      Path root = Files.createDirectory(directory.resolve("storage" + first));
      if (encrypted) {
        KeyFile.generate(keys(root));
      }
      Set<UUID> acknowledged = new HashSet<>();
      Set<UUID> excised = new HashSet<>();
      for (int round = first; round < Math.min(rounds, first + ROUNDS_PER_STORAGE); round++) {
        crash(root, encrypted, random, acknowledged, excised);
        try (Storage storage = open(root, encrypted)) {
          check(storage, acknowledged, excised, random.nextInt(3) == 0);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              "-Dcrash.seed=" + seed + ", round " + round + ": " + e.getMessage(), e);
        }
        assertTrue(count(root.resolve("log")) <= 1, "logs");
        assertEquals(0, count(root.resolve("temp")), "files in the making");
      }
      survived += acknowledged.size();
      deleteTree(root);
    }
    assertTrue(survived > 0);
    System.out.println("IndexCrashTest: " + survived + " acknowledged requests survived");
  }

  private static void check(
      Storage storage, Set<UUID> acknowledged, Set<UUID> excised, boolean collects) {
    try (LocalClient client = WholeDatabase.client(WholeDatabase.shared(storage), 1000)) {
      if (client.listDatabases().isEmpty()) {
        assertEquals(Set.of(), acknowledged); // killed before it had made the database
        return;
      }
      Requests.check(client.connect(Requests.NAME), acknowledged, excised);
    }
    WholeDatabase.assertIndexesAgreeWithLog(storage, Requests.NAME);
    if (collects) {
      WholeDatabase.assertNothingIsLeftOver(storage, Requests.NAME);
    }
  }

  private static void crash(
      Path root,
      boolean encrypted,
      SplittableRandom random,
      Set<UUID> acknowledged,
      Set<UUID> excised)
      throws IOException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Crowd.class.getName(),
            root.toString(),
            Boolean.toString(encrypted),
            Long.toString(random.nextLong()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      boolean isFirst = acknowledged.isEmpty();
      boolean early = random.nextInt(8) == 0 && !isFirst;
      if (!early) {
        assertEquals("open", out.readLine());
      }
      while (isFirst && acknowledged.isEmpty()) { // else nothing could be lost
        hear(requireNonNull(out.readLine()), acknowledged, excised);
      }
      // The moment is the fault; through the handle, which leaves what was said to be read.
      CompletableFuture.runAsync(
          () -> process.toHandle().destroyForcibly(),
          CompletableFuture.delayedExecutor(
              random.nextInt(MILLIS_MAX) + (early ? MILLIS_MAX / 2 : 0), TimeUnit.MILLISECONDS));
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        hear(line, acknowledged, excised);
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(
        128 + 9, process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue());
  }

  private static void hear(String line, Set<UUID> acknowledged, Set<UUID> excised) {
    if (line.startsWith("done ")) {
      acknowledged.add(UUID.fromString(line.substring(5)));
    } else if (line.startsWith("excised ")) {
      excised.add(UUID.fromString(line.substring(8)));
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(root)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
