package valence.storage.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.engine.backup.BackupPoint;
import valence.engine.backup.Backups;
import valence.engine.backup.Progress;
import valence.engine.backup.Restore;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;
import valence.engine.verify.Verifier;
import valence.storage.encryption.EncryptedStorage;
import valence.storage.encryption.KeyFile;

/// While a process transacts, indexes, collects and excises, others back it up and restore what
/// they have; these are killed with SIGKILL at any moment, `-Dcrash.rounds=N` times. The next run
/// finishes the work of each, and what is restored has all that was acknowledged when the backup
/// began.
@Timeout(7200)
class BackupKillTest {
  private static final int MILLIS_MAX = 1_200;
  private static final long LOG_SEGMENT_BYTES = 200_000;
  private static final int ROWS_TO_INDEX = 300;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsKilledIsFinishedByTheNext(boolean encrypted, @TempDir Path directory)
      throws Exception {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    int rounds = Integer.getInteger("crash.rounds", 1);
    System.out.println("BackupKillTest: -Dcrash.seed=" + seed + ", " + rounds + " rounds"
        + (encrypted ? ", encrypted" : ""));
    SplittableRandom random = new SplittableRandom(seed);
    Path keys = directory.resolve("keys");
    if (encrypted) {
      KeyFile.generate(keys);
    }
    Places places = new Places(directory, encrypted);
    try (Storage storage = places.open("source");
        LocalClient client = WholeDatabase.client(WholeDatabase.shared(storage), ROWS_TO_INDEX)) {
      client.createDatabase(Requests.NAME);
      Connection connection = client.connect(Requests.NAME);
      Requests.prepare(connection);
      try (Crowd crowd = new Crowd(connection, random.split())) {
        for (int round = 0; round < rounds; round++) {
          kill(places, "backup", "-", random);
          Set<UUID> acknowledged = crowd.acknowledged();
          Set<UUID> excised = crowd.excised();
          BackupPoint point = tried(places::backup);
          String name = "copy" + round;
          kill(places, "restore", name, random);
          check(places, point, name, acknowledged, excised);
        }
      }
    }
  }

  private static void check(
      Places places, BackupPoint point, String name, Set<UUID> acknowledged, Set<UUID> excised) {
    places.restore(name);
    try (Storage target = places.open("target")) {
      assertEquals(List.of(), Verifier.run(target, name, _ -> {}).findings());
      try (LocalClient client =
          WholeDatabase.client(WholeDatabase.shared(target), Long.MAX_VALUE)) {
        Connection copy = client.connect(name);
        assertEquals(point.t(), copy.db().basisT());
        Requests.check(copy, acknowledged, excised);
        assertEquals(List.of(), target.refs().list("restore/"));
      }
    }
  }

  /// Where the storages of a run are.
  record Places(Path directory, boolean encrypted) {
    private Storage sealed(Storage storage) {
      return encrypted
          ? EncryptedStorage.open(storage, KeyFile.read(directory.resolve("keys")))
          : storage;
    }

    Storage open(String name) {
      Path root = directory.resolve(name);
      return sealed(name.equals("source") ? ofSmallSegments(root) : EmbeddedStorage.open(root));
    }

    private static Storage ofSmallSegments(Path root) {
      EmbeddedStorage.open(root).close(); // makes it
      return EmbeddedStorage.open(
          new FileDisk(), root, LOG_SEGMENT_BYTES, new SplittableRandom()::nextLong, () -> {});
    }

    BackupPoint backup() {
      try (Storage source = sealed(EmbeddedStorage.openToRead(directory.resolve("source")));
          Storage backup = open("backup")) {
        return new Backups(backup)
            .make(source, Requests.NAME, Progress.UNSEEN, Clock.systemUTC())
            .point();
      }
    }

    /// Restores the newest point, unless the database is there.
    void restore(String name) {
      try (Storage backup = open("backup");
          Storage target = open("target")) {
        Backups backups = new Backups(backup);
        BackupPoint newest = backups.points(Requests.NAME).getLast();
        try {
          new Restore(backups, target, Progress.UNSEEN, Clock.systemUTC())
              .run(newest, newest.t(), name);
        } catch (AnomalyException there) {
          assertEquals("CONFLICT", there.anomaly().category().name());
        }
      }
    }
  }

  /// What a run comes to that an excision may take the log away from.
  private static <T> T tried(Supplier<T> run) {
    AnomalyException last = null;
    for (int i = 0; i < 20; i++) {
      try {
        return run.get();
      } catch (AnomalyException failed) {
        assertTrue(failed.anomaly().category().retriable(), failed.getMessage());
        last = failed;
      }
    }
    throw new AssertionError(last);
  }

  /// The process to be killed.
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) {
      Places places = new Places(Path.of(args[0]), Boolean.parseBoolean(args[1]));
      System.out.println("begun");
      System.out.flush();
      switch (args[2]) {
        case "backup" -> {
          while (true) {
            tried(places::backup);
          }
        }
        default -> places.restore(args[3]);
      }
    }
  }

  private static void kill(Places places, String deed, String name, SplittableRandom random)
      throws IOException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            places.directory().toString(),
            Boolean.toString(places.encrypted()),
            deed,
            name)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    int millis = random.nextInt(deed.equals("backup") ? MILLIS_MAX : MILLIS_MAX / 2);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertEquals("begun", out.readLine());
      CompletableFuture.runAsync(
          () -> process.toHandle().destroyForcibly(),
          CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
      assertEquals(null, out.readLine());
    } finally {
      process.destroyForcibly();
    }
    int status = process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue();
    boolean isDone = status == 0 && deed.equals("restore"); // it was faster
    assertTrue(isDone || status == 128 + 9, () -> deed + " ended with " + status);
  }

  /// Transacts and excises until it is closed.
  private static final class Crowd implements AutoCloseable {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Set<UUID> acknowledged = new HashSet<>(); // guarded by this
    private final Set<UUID> excised = new HashSet<>(); // guarded by this
    private final Thread thread;

    Crowd(Connection connection, SplittableRandom random) {
      thread = Thread.ofPlatform().start(() -> {
        try {
          while (!closed.get()) {
            write(connection, new UUID(random.nextLong(), random.nextLong()), random);
          }
        } catch (RuntimeException | Error failed) {
          failure.set(failed);
        }
      });
    }

    private void write(Connection connection, UUID id, SplittableRandom random) {
      connection.transact(Requests.of(id));
      synchronized (this) {
        acknowledged.add(id);
      }
      if (Requests.isSecret(id) && random.nextInt(4) == 0) {
        long t = connection.transact(Requests.excision(id)).dbAfter().basisT();
        connection.syncExcise(t);
        synchronized (this) {
          excised.add(id);
        }
      }
    }

    synchronized Set<UUID> acknowledged() {
      return Set.copyOf(acknowledged);
    }

    synchronized Set<UUID> excised() {
      return Set.copyOf(excised);
    }

    @Override
    public void close() {
      closed.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertEquals(null, failure.get());
    }
  }
}
