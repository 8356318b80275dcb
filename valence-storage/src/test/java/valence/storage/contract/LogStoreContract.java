package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.assertIncorrect;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.race;
import static valence.storage.contract.Contracts.read;
import static valence.storage.contract.Contracts.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;

/// What every [LogStore] does.
public abstract class LogStoreContract extends StorageContract {
  private final DatabaseId database = DatabaseId.random();

  private LogStore log() {
    return storage.log();
  }

  private void append(long position, String text) {
    assertThat(log().append(database, position, bytes(text))).isTrue();
  }

  @Test
  void aLogThatWasNeverWrittenIsEmpty() {
    assertThat(read(log(), database, 0)).isEmpty();
    assertThat(read(log(), database, 7)).isEmpty();
  }

  @Test
  void recordsAreReadInOrderFromAnyPosition() {
    for (int i = 0; i < 20; i++) {
      append(i, "record " + i);
    }
    for (int from = 0; from <= 21; from++) {
      assertThat(read(log(), database, from))
          .isEqualTo(IntStream.range(Math.min(from, 20), 20)
              .mapToObj(i -> "record " + i)
              .toList());
    }
  }

  @Test
  void recordsOfManySizesKeepTheirBytes() {
    Random random = new Random(1);
    List<byte[]> records = new ArrayList<>();
    for (int size : new int[] {0, 1, 19, 20, 65_515, 65_516, 65_517, 300_000, 3, 2_500_000, 0}) {
      byte[] record = new byte[size];
      random.nextBytes(record);
      assertThat(log().append(database, records.size(), record)).isTrue();
      records.add(record);
    }
    try (Stream<LogRecord> read = log().read(database, 0)) {
      read.forEach(
          record -> assertThat(record.bytes()).isEqualTo(records.get((int) record.position())));
    }
  }

  @Test
  void aTakenPositionIsRefusedAndKept() {
    append(0, "first");
    append(1, "second");
    assertThat(log().append(database, 0, bytes("other"))).isFalse();
    assertThat(log().append(database, 1, bytes("second"))).isFalse();
    assertThat(read(log(), database, 0)).containsExactly("first", "second");
  }

  @Test
  void aPositionPastTheEndIsIncorrectAndWritesNothing() {
    assertIncorrect(() -> log().append(database, 1, bytes("gap")));
    append(0, "first");
    assertIncorrect(() -> log().append(database, 2, bytes("gap")));
    assertIncorrect(() -> log().append(database, -1, bytes("before")));
    assertIncorrect(() -> log().read(database, -1));
    assertThat(read(log(), database, 0)).containsExactly("first");
  }

  @Test
  void aRecordThatIsTooLongIsIncorrect() {
    byte[] tooLong = new byte[LogStore.RECORD_BYTES_MAX + StoreArguments.SEAL_BYTES_MAX + 1];
    assertIncorrect(() -> log().append(database, 0, tooLong));
    assertThat(read(log(), database, 0)).isEmpty();
  }

  @Test
  void theStoreKeepsAndHandsOutCopies() {
    byte[] given = bytes("abc");
    assertThat(log().append(database, 0, given)).isTrue();
    Arrays.fill(given, (byte) 0);
    try (Stream<LogRecord> records = log().read(database, 0)) {
      records.forEach(record -> Arrays.fill(record.bytes(), (byte) 0));
    }
    assertThat(read(log(), database, 0)).containsExactly("abc");
  }

  @Test
  void databasesDontShareALog() {
    DatabaseId other = DatabaseId.random();
    append(0, "ours");
    assertThat(log().append(other, 0, bytes("theirs"))).isTrue();
    assertThat(read(log(), database, 0)).containsExactly("ours");
    assertThat(read(log(), other, 0)).containsExactly("theirs");
  }

  @Test
  void aDeletedLogIsEmptyAndOthersStay() {
    DatabaseId other = DatabaseId.random();
    append(0, "ours");
    assertThat(log().append(other, 0, bytes("theirs"))).isTrue();
    log().delete(database);
    log().delete(database);
    log().delete(DatabaseId.random());
    assertThat(read(log(), database, 0)).isEmpty();
    assertThat(read(log(), other, 0)).containsExactly("theirs");
    assertIncorrect(() -> log().append(database, 1, bytes("gap")));
    append(0, "again");
    assertThat(read(log(), database, 0)).containsExactly("again");
  }

  @Test
  void aReadThatIsBrokenOffCanBeClosed() {
    append(0, "first");
    append(1, "second");
    try (Stream<LogRecord> records = log().read(database, 0)) {
      assertThat(records.findFirst().map(record -> text(record.bytes()))).contains("first");
    }
  }

  @Test
  void ofManyWritersForAPositionExactlyOneWins() throws Exception {
    List<List<Integer>> wonByRacer = race(8, number -> {
      List<Integer> won = new ArrayList<>();
      for (int position = 0; position < 50; position++) {
        if (log().append(database, position, bytes(number + " wrote " + position))) {
          won.add(position);
        }
      }
      return won;
    });
    List<String> expected = new ArrayList<>(Collections.nCopies(50, ""));
    for (int number = 0; number < wonByRacer.size(); number++) {
      for (int position : wonByRacer.get(number)) {
        assertThat(expected.set(position, number + " wrote " + position)).isEmpty();
      }
    }
    assertThat(read(log(), database, 0)).isEqualTo(expected);
  }

  @Test
  void readersSeeAPrefixThatHoldsAllThatWasAcknowledgedBefore() throws Exception {
    int count = 200;
    var acknowledged = new AtomicInteger();
    race(4, number -> {
      if (number == 0) {
        for (int i = 0; i < count; i++) {
          append(i, "record " + i);
          acknowledged.set(i + 1);
        }
        return 0;
      }
      int seen = 0;
      while (seen < count) {
        int before = acknowledged.get();
        List<String> texts = read(log(), database, 0);
        assertThat(texts.size()).isGreaterThanOrEqualTo(Math.max(before, seen));
        seen = texts.size();
        for (int i = 0; i < seen; i++) {
          assertThat(texts.get(i)).isEqualTo("record " + i);
        }
      }
      return seen;
    });
  }

  @Test
  void manyDatabasesAreWrittenAtOnce() throws Exception {
    List<DatabaseId> databases = race(6, number -> {
      DatabaseId own = DatabaseId.random();
      for (int i = 0; i < 30; i++) {
        assertThat(log().append(own, i, bytes(number + "/" + i))).isTrue();
      }
      return own;
    });
    for (int number = 0; number < databases.size(); number++) {
      int owner = number;
      assertThat(read(log(), databases.get(number), 0))
          .isEqualTo(IntStream.range(0, 30).mapToObj(i -> owner + "/" + i).toList());
    }
  }

  @Test
  void aClosedStoreIsUnavailable() {
    append(0, "first");
    log().close();
    log().close();
    assertThat(anomaly(() -> log().append(database, 1, bytes("late"))).category())
        .isEqualTo(Anomaly.Category.UNAVAILABLE);
    assertThat(anomaly(() -> log().read(database, 0)).category())
        .isEqualTo(Anomaly.Category.UNAVAILABLE);
  }
}
