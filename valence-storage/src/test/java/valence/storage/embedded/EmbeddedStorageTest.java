package valence.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.engine.store.Storage;
import valence.storage.contract.BlobStoreContract;
import valence.storage.contract.DurableStorageContract;
import valence.storage.contract.LogStoreContract;
import valence.storage.contract.RaceContract;
import valence.storage.contract.RefStoreContract;
import valence.storage.contract.SealedBlobContract;

class EmbeddedStorageTest {
  @TempDir
  Path directory;

  @Nested
  class Log extends LogStoreContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("storage"));
    }
  }

  @Nested
  class LogOfSmallSegments extends LogStoreContract {
    @Override
    protected Storage open() throws IOException {
      Path root = Files.createDirectory(directory.resolve("storage"));
      return EmbeddedStorage.open(new FileDisk(), root, 300, () -> 42, () -> {});
    }
  }

  @Nested
  class Races extends RaceContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("storage"));
    }

    @Override
    protected Storage openOther(Storage first) {
      return first;
    }
  }

  @Nested
  class SealedBlobs extends SealedBlobContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("storage"));
    }
  }

  @Nested
  class Refs extends RefStoreContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("storage"));
    }
  }

  @Nested
  class Blobs extends BlobStoreContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("storage"));
    }
  }

  @Nested
  class Durable extends DurableStorageContract {
    @Override
    protected Storage open() {
      return EmbeddedStorage.open(directory.resolve("a/b/storage"));
    }
  }

  @Test
  void aFileIsNoStorage() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    assertRefused(file, Anomaly.Category.INCORRECT, "is not a directory");
    assertRefused(file.resolve("below"), Anomaly.Category.INCORRECT, "is not a directory");
  }

  @Test
  void aDirectoryOfOtherThingsIsLeftAsItIs() throws IOException {
    Files.writeString(directory.resolve("letter.txt"), "text");
    assertRefused(directory, Anomaly.Category.INCORRECT, "letter.txt");
    assertThat(new FileDisk().list(directory)).hasSize(1);
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    EmbeddedStorage.open(directory).close();
    Files.writeString(directory.resolve("format"), "valence storage format 2\n");
    assertRefused(directory, Anomaly.Category.UNSUPPORTED, "has format 2");
    Files.writeString(directory.resolve("format"), "something else");
    assertRefused(directory, Anomaly.Category.FAULT, "format is damaged");
  }

  @Test
  void whatWasLeftInTheMakingIsRemoved() throws IOException {
    EmbeddedStorage.open(directory).close();
    Files.writeString(directory.resolve("temp/17"), "half a blob");
    Files.createDirectory(directory.resolve("temp/18"));
    Files.writeString(directory.resolve("temp/18/0.log"), "of a deleted log");
    EmbeddedStorage.open(directory).close();
    assertThat(new FileDisk().list(directory.resolve("temp"))).isEmpty();
  }

  @Test
  void aStorageWhoseMakingWasBrokenOffIsMadeWhole() throws IOException {
    Files.createDirectories(directory.resolve("blobs/07"));
    Files.createDirectory(directory.resolve("temp"));
    Files.writeString(directory.resolve("temp/0"), "valence sto");
    EmbeddedStorage.open(directory).close();
    EmbeddedStorage.open(directory).close();
  }

  private static void assertRefused(Path path, Anomaly.Category category, String part) {
    Anomaly anomaly = anomaly(() -> EmbeddedStorage.open(path));
    assertThat(anomaly.category()).isEqualTo(category);
    assertThat(anomaly.message()).contains(part);
  }
}
