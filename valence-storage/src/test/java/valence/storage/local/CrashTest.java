package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;
import valence.api.Valence;

/// A process that writes is killed with SIGKILL in the middle of it; the next one finds every
/// transaction that was acknowledged, and none in part.
///
/// `-Dcrash.datoms=1000000` makes the database that large before the last kill.
class CrashTest {
  private static final int ENTITIES = 250; // of each transaction
  private static final int ATTRIBUTES = 4; // of each entity
  private static final long DATOMS = Long.getLong("crash.datoms", 60_000);

  private static Client open(Path directory) {
    return Valence.client(
        Map.of(kw("server-type"), kw("local"), kw("storage-dir"), directory.toString()));
  }

  /// The process to be killed: says the number of each transaction once it is acknowledged.
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      try (Client client = open(Path.of(args[0]))) {
        client.createDatabase("crash");
        Connection connection = client.connect("crash");
        if (connection.db().basisT() == 0) {
          connection.transact(schema());
        }
        for (long number = connection.db().basisT(); ; number++) {
          connection.transact(data(number));
          System.out.println(number);
          System.out.flush();
        }
      }
    }

    private static List<Map<Object, Object>> schema() {
      return Stream.of("a", "b", "c", "d")
          .map(name -> Map.<Object, Object>of(
              kw("db/ident"), kw("n/" + name),
              kw("db/valueType"), kw("db.type/long"),
              kw("db/cardinality"), kw("db.cardinality/one")))
          .toList();
    }

    private static List<Map<Object, Object>> data(long number) {
      return Stream.iterate(0L, i -> i + 1)
          .limit(ENTITIES)
          .map(i -> Map.<Object, Object>of(
              kw("n/a"), number, kw("n/b"), i, kw("n/c"), -i, kw("n/d"), number * i))
          .toList();
    }
  }

  @RepeatedTest(3)
  @Timeout(600)
  void whatWasAcknowledgedSurvivesAKill(RepetitionInfo round, @TempDir Path directory)
      throws Exception {
    long transactions = DATOMS / (ENTITIES * ATTRIBUTES);
    SplittableRandom random = new SplittableRandom(round.getCurrentRepetition());
    long acknowledged = 0;
    while (acknowledged < transactions) {
      long kill = Math.min(transactions, acknowledged + 1 + random.nextLong(transactions));
      acknowledged = writeAndKill(directory, kill);
      check(directory, acknowledged);
    }
  }

  /// Lets a process write until it has acknowledged a number; the last that it did before it died.
  private static long writeAndKill(Path directory, long until) throws IOException {
    Process writer = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    long acknowledged = 0;
    try (BufferedReader out = writer.inputReader()) {
      String line = out.readLine();
      while (line != null) {
        acknowledged = Long.parseLong(line);
        if (acknowledged >= until) {
          writer.toHandle().destroyForcibly(); // leaves what it has said to be read
        }
        line = out.readLine();
      }
    } finally {
      writer.destroyForcibly();
    }
    assertTrue(acknowledged >= until, "the writer died by itself");
    writer.onExit().join();
    return acknowledged;
  }

  private static void check(Path directory, long acknowledged) {
    try (Client client = open(directory)) {
      Connection connection = client.connect("crash");
      Db db = connection.db();
      assertTrue(
          db.basisT() > acknowledged,
          () -> "transaction " + acknowledged + " was acknowledged, basis is " + db.basisT());
      try (Stream<LogEntry> log = connection.txRange(null, null)) {
        List<Long> ts = log.map(LogEntry::t).toList();
        assertEquals(db.basisT() + 1, ts.size(), "t has no gaps");
        assertEquals(db.basisT(), ts.getLast());
      }
      Map<Object, Long> entities = db.datoms(Index.AEVT, kw("n/a"))
          .collect(Collectors.groupingBy(Datom::v, Collectors.counting()));
      for (long number = 1; number <= acknowledged; number++) {
        assertEquals(ENTITIES, entities.get(number), "transaction " + number + " is there whole");
      }
      entities.forEach((number, count) -> assertEquals(ENTITIES, count, "transaction " + number));
      long rows = entities.size() * (long) ENTITIES;
      for (String attribute : List.of("n/a", "n/b", "n/c", "n/d")) {
        assertEquals(rows, db.datoms(Index.AVET, kw(attribute)).count());
        assertEquals(rows, db.datoms(Index.AEVT, kw(attribute)).count());
      }
      assertEquals(
          db.datoms(Index.AEVT).count(), db.datoms(Index.EAVT).count(), "indexes hold the same");
    }
  }
}
