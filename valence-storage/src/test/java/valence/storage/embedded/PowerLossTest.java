package valence.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.Storage;
import valence.storage.encryption.EncryptedStorage;
import valence.storage.encryption.KeyFile;

/// Random work on a disk that loses power, fails to force and fills up, any number of times: what
/// was acknowledged or seen once is there for ever, the rest is there whole or not at all.
///
/// `-Dstorage.seed=N` runs one seed again, `-Dstorage.seeds=N` runs that many.
class PowerLossTest {
  private static final Path ROOT = Path.of("/storage");
  private static final int LIVES = 12;
  private static final int ACTIONS_PER_LIFE = 80;

  private UnaryOperator<Storage> opening = storage -> storage;

  @Test
  void whatWasAcknowledgedIsThereAfterAnyCrash() {
    run(250, storage -> storage);
  }

  @Test
  void theSameHoldsForAnEncryptedStorage(@TempDir Path directory) {
    Path file = directory.resolve("keys");
    KeyFile.generate(file);
    KeyFile keys = KeyFile.read(file);
    run(60, storage -> EncryptedStorage.open(storage, keys));
  }

  private void run(int seeds, UnaryOperator<Storage> opening) {
    this.opening = opening;
    Long only = Long.getLong("storage.seed");
    long first = only != null ? only : System.nanoTime();
    int count = only != null ? 1 : Integer.getInteger("storage.seeds", seeds);
    System.out.println("PowerLossTest: -Dstorage.seed=" + first + " and the " + count + " from it");
    long acknowledged = 0;
    for (long seed = first; seed < first + count; seed++) {
      try {
        acknowledged += live(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dstorage.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(acknowledged).isPositive();
    System.out.println("PowerLossTest: " + acknowledged + " acknowledged writes survived");
  }

  private long live(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedDisk disk = new SimulatedDisk(random, ROOT);
    StorageModel model = new StorageModel(random);
    for (int life = 0; life < LIVES; life++) {
      // The first opening makes some 260 directories: most lives should last longer than that.
      disk.losePowerIn(1 + random.nextInt(100) + (random.nextInt(4) == 0 ? 0 : 265 + life * 30));
      try {
        work(disk, model, random);
      } catch (SimulatedDisk.PowerLoss _) {
        // the next life begins
      }
      if (random.nextInt(3) == 0) {
        disk.restartProcess();
      } else {
        disk.restart();
      }
    }
    try (Storage storage = open(disk, random)) {
      model.verify(storage);
    }
    return model.acknowledgedCount;
  }

  private void work(SimulatedDisk disk, StorageModel model, SplittableRandom random) {
    Storage storage = open(disk, random); // never closed: each life ends with a crash
    model.undecided = false;
    model.verify(storage);
    for (int i = 0; i < ACTIONS_PER_LIFE; i++) {
      boolean faulty = random.nextInt(12) == 0;
      if (faulty && random.nextBoolean()) {
        disk.failForceIn(1 + random.nextInt(4));
      } else if (faulty) {
        disk.fillUpAfter(random.nextInt(700));
      }
      try {
        model.act(storage);
      } catch (AnomalyException e) {
        assertThat(faulty).as("%s, without cause", e.anomaly()).isTrue();
        assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
        if (model.undecided || random.nextBoolean()) {
          return; // crash with the failure unresolved
        }
        disk.mend();
        model.verify(storage);
      }
      disk.mend();
    }
  }

  private Storage open(SimulatedDisk disk, SplittableRandom random) {
    return opening.apply(EmbeddedStorage.open(disk, ROOT, 2_000, random::nextLong, () -> {}));
  }
}
