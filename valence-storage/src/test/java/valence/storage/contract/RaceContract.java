package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.race;
import static valence.storage.contract.Contracts.read;
import static valence.storage.contract.Contracts.text;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// What holds when two owners write to one storage at the same time, each through a [Storage] of
/// its own where the store allows that, as two processes would.
///
/// `-Dstorage.seed=N` runs one seed again.
public abstract class RaceContract extends StorageContract {
  private static final int RACERS = 6;
  private static final int POSITIONS = 60;

  private final DatabaseId database = DatabaseId.random();
  private Storage other;

  /// The same storage opened a second time; or the one that is open, for a store of one process.
  protected abstract Storage openOther(Storage first) throws Exception;

  @BeforeEach
  void openSecond() throws Exception {
    other = openOther(storage);
  }

  @AfterEach
  void closeSecond() {
    other.close();
  }

  private Storage of(int number) {
    return number % 2 == 0 ? storage : other;
  }

  @Test
  void eachPositionHasOneWriterWhoWasToldSoAndNoGapIsEverSeen() throws Exception {
    var writing = new AtomicInteger(RACERS - 2);
    List<List<String>> won = race(RACERS, number -> {
      Storage own = of(number);
      List<String> texts = new ArrayList<>();
      if (number >= RACERS - 2) {
        while (writing.get() > 0) {
          List<String> now = read(own.log(), database, 0); // checks that positions have no gap
          assertThat(now.subList(0, texts.size())).isEqualTo(texts);
          texts = now;
        }
        return List.of();
      }
      try {
        for (int position = 0; position < POSITIONS; ) {
          String text = number + " wrote " + position;
          if (own.log().append(database, position, bytes(text))) {
            texts.add(text);
          }
          position = number < 2 ? position + 1 : read(own.log(), database, 0).size();
        }
      } finally {
        writing.decrementAndGet();
      }
      return texts;
    });
    List<String> written = read(storage.log(), database, 0);
    assertThat(read(other.log(), database, 0)).isEqualTo(written);
    assertThat(won.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(written);
    assertThat(written).hasSizeGreaterThanOrEqualTo(POSITIONS);
    for (int position = 0; position < written.size(); position++) {
      assertThat(written.get(position)).endsWith(" wrote " + position);
    }
  }

  @Test
  void aLogDeletedAmongAppendsHasNoGap() throws Exception {
    race(RACERS, number -> {
      Storage own = of(number);
      for (int i = 0; i < 30; i++) {
        if (number == 0 && i % 5 == 0) {
          own.log().delete(database);
        }
        try {
          int end = read(own.log(), database, 0).size();
          own.log().append(database, end, bytes("record " + end));
        } catch (AnomalyException e) {
          // The log was deleted since it was read, or while it was read.
          assertThat(e.anomaly().category())
              .isIn(Anomaly.Category.INCORRECT, Anomaly.Category.UNAVAILABLE);
        }
      }
      return 0;
    });
    List<String> left = read(storage.log(), database, 0);
    for (int position = 0; position < left.size(); position++) {
      assertThat(left.get(position)).isEqualTo("record " + position);
    }
  }

  @Test
  void callsOnARefAreLinearizable() throws Exception {
    Long only = Long.getLong("storage.seed");
    long first = only != null ? only : System.nanoTime();
    int count = only != null ? 1 : 25;
    System.out.println("RaceContract: -Dstorage.seed=" + first + " and the " + count + " from it");
    for (long seed = first; seed < first + count; seed++) {
      CellHistory history = historyOfARef("ref/" + seed, seed);
      assertThat(history.isLinearizable())
          .as("-Dstorage.seed=%d: %s", seed, history.calls())
          .isTrue();
    }
  }

  private CellHistory historyOfARef(String name, long seed) throws Exception {
    var clock = new AtomicLong();
    var nextValue = new AtomicInteger(CellHistory.NOTHING);
    List<List<CellHistory.Call>> calls = race(4, number -> {
      RefStore refs = of(number).refs();
      SplittableRandom random = new SplittableRandom(seed * 31 + number);
      Optional<RefStore.Ref> last = Optional.empty();
      List<CellHistory.Call> made = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        long begin = clock.incrementAndGet();
        CellHistory.Deed deed;
        long version = last.map(RefStore.Ref::version).orElse(RefStore.ABSENT);
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> {
            last = refs.get(name);
            deed = new CellHistory.Deed.Get(value(last));
          }
          case 3, 4 -> {
            int value = nextValue.incrementAndGet();
            boolean done = refs.compareAndSet(name, version, bytes(Integer.toString(value)));
            deed = new CellHistory.Deed.Set(value(last), value, done);
          }
          default -> {
            boolean done = refs.compareAndDelete(name, version);
            deed = new CellHistory.Deed.Delete(value(last), done);
          }
        }
        made.add(new CellHistory.Call(begin, clock.incrementAndGet(), deed));
      }
      return made;
    });
    return new CellHistory(calls.stream().flatMap(List::stream).toList());
  }

  private static int value(Optional<RefStore.Ref> ref) {
    return ref.map(found -> Integer.parseInt(text(found.bytes()))).orElse(CellHistory.NOTHING);
  }

  @Test
  void aCounterKeptByTwoOwnersLosesNothing() throws Exception {
    race(RACERS, number -> {
      RefStore refs = of(number).refs();
      for (int i = 0; i < 15; ) {
        Optional<RefStore.Ref> before = refs.get("counter");
        long version = before.map(RefStore.Ref::version).orElse(RefStore.ABSENT);
        i += refs.compareAndSet("counter", version, bytes("" + (value(before) + 1))) ? 1 : 0;
      }
      return 0;
    });
    assertThat(value(other.refs().get("counter"))).isEqualTo(RACERS * 15);
  }

  @Test
  void aBlobIsSeenWholeByTheOtherOwnerOnceItWasPut() throws Exception {
    byte[] large = new byte[3_000_000];
    new SplittableRandom(1).nextBytes(large);
    BlobId largeId = BlobId.of(ByteBuffer.wrap(large));
    race(RACERS, number -> {
      for (int i = 0; i < 10; i++) {
        ByteBuffer blob = buffer("blob " + i);
        of(number).blobs().put(BlobId.of(blob), blob);
        assertThat(of(number + 1).blobs().get(BlobId.of(blob))).contains(blob);
        if (number == 0) {
          of(i).blobs().put(largeId, ByteBuffer.wrap(large));
          of(i).blobs().delete(largeId);
        } else {
          of(number)
              .blobs()
              .get(largeId)
              .ifPresent(found -> assertThat(found).isEqualTo(ByteBuffer.wrap(large)));
        }
      }
      return 0;
    });
  }
}
