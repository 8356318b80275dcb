package valence.storage.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Index;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;

/// A database, transacting, indexing, collecting and excising on a disk that loses power, fails to
/// force, fills up and reads wrong bits: what was acknowledged is there for ever, nothing wrong is
/// ever shown, each failure is told as what it is, and all goes on once the disk does.
///
/// `-Dstorage.seed=N` runs one seed again, `-Dstorage.seeds=N` runs that many.
class IndexPowerLossTest {
  private static final Path ROOT = Path.of("/storage");
  private static final int LIVES = 6;
  private static final int ACTIONS_PER_LIFE = 40;
  private static final long NEVER = Long.MAX_VALUE;

  /// Opening makes or forces some 260 directories.
  private static final int CHANGES_OF_OPENING = 265;

  @Test
  @Timeout(1800)
  void whatWasAcknowledgedIsThereAfterAnyCrash() {
    Long only = Long.getLong("storage.seed");
    long first = only != null ? only : System.nanoTime();
    int count = only != null ? 1 : Integer.getInteger("storage.seeds", 5);
    System.out.println(
        "IndexPowerLossTest: -Dstorage.seed=" + first + " and the " + count + " from it");
    long acknowledged = 0;
    for (long seed = first; seed < first + count; seed++) {
      try {
        acknowledged += new Lives(seed).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dstorage.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(acknowledged > 0);
    System.out.println("IndexPowerLossTest: " + acknowledged + " acknowledged requests survived");
  }

  private static final class Lives {
    private final SplittableRandom random;
    private final SimulatedDisk disk;
    private final Set<UUID> acknowledged = new HashSet<>();
    private final Set<UUID> excised = new HashSet<>();

    Lives(long seed) {
      random = new SplittableRandom(seed);
      disk = new SimulatedDisk(new SplittableRandom(seed + 1), ROOT);
    }

    private Storage open() {
      return EmbeddedStorage.open(disk, ROOT, 4_000, random::nextLong, () -> {});
    }

    long live() {
      for (int life = 0; life < LIVES; life++) {
        disk.losePowerIn(CHANGES_OF_OPENING + 1 + random.nextInt(800));
        try (LocalClient client = WholeDatabase.client(open(), NEVER)) {
          work(client);
        } catch (SimulatedDisk.PowerLoss _) {
          // the next life begins
        } catch (AnomalyException e) {
          assertTrue(disk.isOff(), () -> e.anomaly() + ", without cause");
        }
        if (random.nextInt(3) == 0) {
          disk.restartProcess();
        } else {
          disk.restart();
        }
        try (Storage storage = open()) {
          if (acknowledged.isEmpty()) {
            continue;
          }
          try (LocalClient client = WholeDatabase.client(WholeDatabase.shared(storage), NEVER)) {
            Requests.check(client.connect(Requests.NAME), acknowledged, excised);
          }
          WholeDatabase.assertIndexesAgreeWithLog(storage, Requests.NAME);
          WholeDatabase.assertNothingIsLeftOver(storage, Requests.NAME);
        }
      }
      return acknowledged.size();
    }

    private void work(LocalClient client) {
      client.createDatabase(Requests.NAME);
      Connection connection = client.connect(Requests.NAME);
      Requests.prepare(connection);
      for (int i = 0; i < ACTIONS_PER_LIFE; i++) {
        Set<Category> allowed = switch (random.nextInt(12)) {
          case 0 -> {
            disk.failForceIn(1 + random.nextInt(6));
            yield Set.of(Category.UNAVAILABLE);
          }
          case 1 -> {
            disk.fillUpAfter(random.nextInt(3_000));
            yield Set.of(Category.UNAVAILABLE);
          }
          case 2 -> {
            disk.flipIn(1 + random.nextInt(4));
            yield Set.of(Category.FAULT, Category.UNAVAILABLE);
          }
          case 3 -> {
            disk.endIn(1 + random.nextInt(6));
            yield Set.of(Category.FAULT, Category.UNAVAILABLE);
          }
          default -> Set.of();
        };
        try {
          act(client, connection);
        } catch (AnomalyException e) {
          if (disk.isOff()) {
            return;
          }
          assertTrue(allowed.contains(e.anomaly().category()), () -> e.anomaly() + ", " + allowed);
        }
        disk.mend();
        if (!allowed.isEmpty() && !disk.isOff()) {
          heal(client, connection);
        }
      }
    }

    /// All works again, the work that failed too.
    private void heal(LocalClient client, Connection connection) {
      try {
        connection.transact("[]");
        client.index(Requests.NAME);
        connection.syncExcise(connection.db().basisT());
      } catch (AnomalyException e) {
        assertTrue(disk.isOff(), () -> e.anomaly() + ", though the disk works again");
      }
    }

    private void act(LocalClient client, Connection connection) {
      switch (random.nextInt(6)) {
        case 0 -> client.index(Requests.NAME);
        case 1 -> {
          List<Datom> current = connection.db().datoms(Index.EAVT).toList();
          assertEquals(current.size(), connection.db().datoms(Index.AEVT).count());
        }
        case 2 -> Requests.check(connection, acknowledged, excised);
        default -> {
          UUID id = new UUID(random.nextLong(), random.nextLong());
          connection.transact(Requests.of(id));
          acknowledged.add(id);
          if (Requests.isSecret(id)) {
            connection.syncExcise(
                connection.transact(Requests.excision(id)).dbAfter().basisT());
            excised.add(id);
          }
        }
      }
    }
  }
}
