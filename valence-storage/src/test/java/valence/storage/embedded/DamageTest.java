package valence.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// Files whose bytes were changed: a torn tail is cut, any other damage is named, none is served.
class DamageTest {
  private static final Path ROOT = Path.of("/storage");
  private static final DatabaseId DATABASE = new DatabaseId(new UUID(1, 2));
  private static final Path SEGMENT = ROOT.resolve("log/" + DATABASE + "/0000000000000000000.log");
  private static final List<String> RECORDS = List.of("first", "", "the third record");
  private static final long SEGMENT_BYTES = 400;

  private final SimulatedDisk disk = new SimulatedDisk(new Random(1), ROOT);

  @BeforeEach
  void writeRecords() {
    try (Storage storage = open()) {
      append(storage, RECORDS, 0);
    }
  }

  private Storage open() {
    return EmbeddedStorage.open(disk, ROOT, SEGMENT_BYTES, () -> 0x0123456789ABCDEFL, () -> {});
  }

  private static void append(Storage storage, List<String> records, long from) {
    for (int i = 0; i < records.size(); i++) {
      assertThat(storage.log().append(DATABASE, from + i, bytes(records.get(i))))
          .isTrue();
    }
  }

  private static int end(int recordCount) {
    int end = Segment.HEADER_BYTES;
    for (String record : RECORDS.subList(0, recordCount)) {
      end += Frame.HEADER_BYTES + record.length();
    }
    return end;
  }

  @Test
  void aTailTornAtAnyByteIsCutAndTheLogGoesOn() throws IOException {
    byte[] whole = disk.bytes(SEGMENT).clone();
    Random random = new Random(2);
    for (int cut = end(2); cut < end(3); cut++) {
      byte[] cutShort = Arrays.copyOf(whole, cut);
      byte[] zeros = Arrays.copyOf(cutShort, whole.length);
      byte[] garbage = zeros.clone();
      for (int i = cut; i < garbage.length; i++) {
        garbage[i] = (byte) ~whole[i];
      }
      byte[] noise = zeros.clone();
      for (int i = cut; i < noise.length; i++) {
        noise[i] = (byte) (whole[i] + 1 + random.nextInt(255));
      }
      for (byte[] torn : List.of(cutShort, zeros, garbage, noise)) {
        disk.overwrite(SEGMENT, torn);
        try (Storage storage = open()) {
          assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS.subList(0, 2));
          append(storage, List.of("another"), 2);
        }
        try (Storage storage = open()) {
          assertThat(read(storage.log(), DATABASE, 0)).containsExactly("first", "", "another");
        }
      }
    }
  }

  @Test
  void aFlippedBitIsNamedWhereARecordFollowsAndNeverServed() throws IOException {
    byte[] whole = disk.bytes(SEGMENT).clone();
    for (int bit = 0; bit < end(3) * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      disk.overwrite(SEGMENT, flipped);
      int offset = bit / 8;
      try (Storage storage = open()) {
        if (offset < end(2)) {
          Anomaly anomaly = anomaly(() -> read(storage.log(), DATABASE, 0));
          assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FAULT);
          assertThat(anomaly.message()).contains(SEGMENT.toString(), "damaged at offset");
          if (offset >= end(0)) {
            int position = offset < end(1) ? 0 : 1;
            assertThat(anomaly.message()).contains("position " + position + " should be");
          }
          assertThat(anomaly(() -> append(storage, List.of("more"), 3)).category())
              .isEqualTo(Anomaly.Category.FAULT);
        } else {
          assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS.subList(0, 2));
        }
      }
      if (offset < end(2)) {
        assertThat(disk.bytes(SEGMENT)).isEqualTo(flipped);
      }
    }
  }

  @Test
  void damageThatHappensWhileTheStoreIsOpenIsNamedByTheRead() throws IOException {
    try (Storage storage = open()) {
      assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS);
      for (int offset = end(0); offset < end(3); offset++) {
        disk.bytes(SEGMENT)[offset] ^= 1;
        assertThat(anomaly(() -> read(storage.log(), DATABASE, 0)).category())
            .isEqualTo(Anomaly.Category.FAULT);
        disk.bytes(SEGMENT)[offset] ^= 1;
      }
    }
  }

  @Test
  void anEarlierSegmentThatIsMissingOrShortIsNamed() throws IOException {
    List<String> many = new ArrayList<>(RECORDS);
    for (int i = 3; i < 40; i++) {
      many.add("record " + i);
    }
    try (Storage storage = open()) {
      append(storage, many.subList(3, 40), 3);
      assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(many);
    }
    List<Path> segments =
        disk.list(ROOT.resolve("log/" + DATABASE)).stream().sorted().toList();
    assertThat(segments).hasSizeGreaterThan(3);
    disk.overwrite(segments.get(1), Arrays.copyOf(disk.bytes(segments.get(1)), 100));
    assertFault("damaged at offset");
    disk.delete(segments.get(1));
    assertFault("where the record of position");
    disk.delete(segments.getFirst());
    assertFault("missing");
  }

  private void assertFault(String part) {
    try (Storage storage = open()) {
      Anomaly anomaly = anomaly(() -> read(storage.log(), DATABASE, 0));
      assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FAULT);
      assertThat(anomaly.message()).contains(part);
    }
  }

  @Test
  void aRecordThatLooksLikeFramesIsTakenForBytes() throws IOException {
    // A user can write what a frame looks like, but doesn't know the salt.
    byte[] fake = Frame.encode(0, 4, bytes("fake")).array();
    try (Storage storage = open()) {
      assertThat(storage.log().append(DATABASE, 3, fake)).isTrue();
    }
    disk.bytes(SEGMENT)[end(3)] ^= 1; // the record's header is torn, its bytes are there
    disk.overwrite(SEGMENT, disk.bytes(SEGMENT));
    try (Storage storage = open()) {
      assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS);
    }
  }

  @Test
  void aFailedForceLeavesTheOutcomeUnknownUntilTheLogIsRead() {
    try (Storage storage = open()) {
      assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS);
      disk.failForceIn(1);
      Anomaly unknown = anomaly(() -> append(storage, List.of("lost"), 3));
      assertThat(unknown.category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
      assertThat(unknown.message()).contains("unknown", "Input/output error");
      Anomaly refused = anomaly(() -> append(storage, List.of("more"), 3));
      assertThat(refused.category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
      assertThat(refused.message()).contains("Read the log");
      assertThat(read(storage.log(), DATABASE, 3)).isEmpty();
      append(storage, List.of("more"), 3);
      assertThat(read(storage.log(), DATABASE, 3)).containsExactly("more");
    }
  }

  @Test
  void aFullDiskRefusesRecordsAndStillReads() {
    try (Storage storage = open()) {
      disk.fillUpAfter(30);
      Anomaly full = anomaly(() -> append(storage, List.of("x".repeat(100)), 3));
      assertThat(full.category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
      assertThat(full.message()).contains("No space left");
      assertThat(read(storage.log(), DATABASE, 0)).isEqualTo(RECORDS);
      assertThat(anomaly(() -> storage.refs().compareAndSet("a", 0, bytes("a"))).category())
          .isEqualTo(Anomaly.Category.UNAVAILABLE);
      assertThat(storage.refs().get("a")).isEmpty();
      disk.mend();
      append(storage, List.of("more"), 3);
      assertThat(read(storage.log(), DATABASE, 3)).containsExactly("more");
    }
  }

  @Test
  void anyFlippedBitOfARefOrBlobIsAFault() throws IOException {
    ByteBuffer blob = ByteBuffer.wrap(bytes("a blob"));
    BlobId id = BlobId.of(blob);
    try (Storage storage = open()) {
      storage.blobs().put(id, blob);
      assertThat(storage.refs().compareAndSet("root", RefStore.ABSENT, bytes("a value")))
          .isTrue();
    }
    for (Path path : disk.files()) {
      boolean isRef = path.startsWith(ROOT.resolve("refs"));
      if (isRef || path.startsWith(ROOT.resolve("blobs"))) {
        for (int bit = 0; bit < disk.bytes(path).length * 8; bit++) {
          disk.bytes(path)[bit / 8] ^= (byte) (1 << (bit % 8));
          try (Storage storage = open()) {
            Anomaly anomaly = anomaly(() -> {
              if (isRef) {
                storage.refs().get("root");
              } else {
                storage.blobs().get(id);
              }
            });
            assertThat(anomaly.category()).isEqualTo(Anomaly.Category.FAULT);
            assertThat(anomaly.message()).contains(path.toString());
          }
          disk.bytes(path)[bit / 8] ^= (byte) (1 << (bit % 8));
        }
      }
    }
  }

  @Test
  void anInterruptedAppendIsInterruptedAndTheLogGoesOn(@TempDir Path directory) {
    try (Storage storage = EmbeddedStorage.open(directory)) {
      append(storage, List.of("first"), 0);
      Thread.currentThread().interrupt();
      Anomaly anomaly = anomaly(() -> append(storage, List.of("second"), 1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(anomaly.category()).isEqualTo(Anomaly.Category.INTERRUPTED);
      assertThat(read(storage.log(), DATABASE, 0)).containsExactly("first");
      append(storage, List.of("second"), 1);
      assertThat(read(storage.log(), DATABASE, 0)).containsExactly("first", "second");
    } catch (AnomalyException e) {
      throw new AssertionError(e.anomaly().toString(), e);
    }
  }
}
