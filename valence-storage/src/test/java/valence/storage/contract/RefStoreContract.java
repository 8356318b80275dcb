package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.assertIncorrect;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.race;
import static valence.storage.contract.Contracts.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.engine.store.RefStore;
import valence.engine.store.RefStore.Ref;
import valence.engine.store.StoreArguments;

/// What every [RefStore] does.
public abstract class RefStoreContract extends StorageContract {
  private RefStore refs() {
    return storage.refs();
  }

  private Ref value(String name) {
    return refs().get(name).orElseThrow();
  }

  @Test
  void aRefThatWasNeverSetIsAbsent() {
    assertThat(refs().get("root")).isEmpty();
    assertThat(refs().list("")).isEmpty();
    assertThat(refs().compareAndDelete("root", RefStore.ABSENT)).isFalse();
    assertThat(refs().compareAndDelete("root", 1)).isFalse();
    assertThat(refs().compareAndSet("root", 1, bytes("a"))).isFalse();
  }

  @Test
  void aValueIsSetOnlyAgainstItsVersion() {
    assertThat(refs().compareAndSet("root", RefStore.ABSENT, bytes("a"))).isTrue();
    Ref first = value("root");
    assertThat(first.version()).isGreaterThan(RefStore.ABSENT);
    assertThat(text(first.bytes())).isEqualTo("a");
    assertThat(refs().compareAndSet("root", RefStore.ABSENT, bytes("b"))).isFalse();
    assertThat(refs().compareAndSet("root", first.version() + 1, bytes("b"))).isFalse();
    assertThat(text(value("root").bytes())).isEqualTo("a");
    assertThat(refs().compareAndSet("root", first.version(), bytes("b"))).isTrue();
    assertThat(value("root").version()).isGreaterThan(first.version());
    assertThat(text(value("root").bytes())).isEqualTo("b");
  }

  @Test
  void versionsGrowAlsoPastADelete() {
    long last = RefStore.ABSENT;
    for (int i = 0; i < 5; i++) {
      assertThat(refs().compareAndSet("root", RefStore.ABSENT, bytes("value " + i)))
          .isTrue();
      long version = value("root").version();
      assertThat(version).isGreaterThan(last);
      assertThat(refs().compareAndDelete("root", version + 1)).isFalse();
      assertThat(refs().compareAndDelete("root", version)).isTrue();
      assertThat(refs().get("root")).isEmpty();
      assertThat(refs().compareAndDelete("root", version)).isFalse();
      assertThat(refs().compareAndSet("root", version, bytes("late"))).isFalse();
      last = version;
    }
  }

  @Test
  void namesAreListedByPrefixSortedWithoutTheDeleted() {
    for (String name : List.of("db/b", "db/a", "db", "dc", "DB/a", "db/c")) {
      assertThat(refs().compareAndSet(name, RefStore.ABSENT, bytes(name))).isTrue();
    }
    assertThat(refs().compareAndDelete("db/c", value("db/c").version())).isTrue();
    assertThat(refs().list("")).containsExactly("DB/a", "db", "db/a", "db/b", "dc");
    assertThat(refs().list("db/")).containsExactly("db/a", "db/b");
    assertThat(refs().list("x")).isEmpty();
    assertThat(text(value("DB/a").bytes())).isEqualTo("DB/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".", "..", "/", "../escape", "/etc/x", "a//b", "A", "a", "-", "CON", "._-/"})
  void everyNameOfAllowedCharactersIsItsOwn(String name) {
    assertThat(refs().compareAndSet(name, RefStore.ABSENT, bytes(name))).isTrue();
    assertThat(refs().list("")).containsExactly(name);
    assertThat(text(value(name).bytes())).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\\b", "a\u0000", "ä", "a\n", "a:b"})
  void otherNamesAreIncorrect(String name) {
    assertIncorrect(() -> refs().get(name));
    assertIncorrect(() -> refs().compareAndSet(name, RefStore.ABSENT, bytes("a")));
    assertIncorrect(() -> refs().compareAndDelete(name, 1));
  }

  @Test
  void namesAndValuesHaveALength() {
    String longest = "n".repeat(512);
    byte[] largest = new byte[RefStore.VALUE_BYTES_MAX];
    Arrays.fill(largest, (byte) 7);
    assertThat(refs().compareAndSet(longest, RefStore.ABSENT, largest)).isTrue();
    assertThat(value(longest).bytes()).isEqualTo(largest);
    assertThat(refs().compareAndSet("empty", RefStore.ABSENT, new byte[0])).isTrue();
    assertThat(value("empty").bytes()).isEmpty();
    assertIncorrect(() -> refs().get(longest + "n"));
    assertIncorrect(() -> refs().list(longest + "n"));
    byte[] tooLong = new byte[largest.length + StoreArguments.SEAL_BYTES_MAX + 1];
    assertIncorrect(() -> refs().compareAndSet("a", RefStore.ABSENT, tooLong));
  }

  @Test
  void theStoreKeepsAndHandsOutCopies() {
    byte[] given = bytes("abc");
    assertThat(refs().compareAndSet("root", RefStore.ABSENT, given)).isTrue();
    Arrays.fill(given, (byte) 0);
    Arrays.fill(value("root").bytes(), (byte) 0);
    assertThat(text(value("root").bytes())).isEqualTo("abc");
  }

  @Test
  void ofManySettersAgainstAVersionExactlyOneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      long expected = refs().get("root").map(Ref::version).orElse(RefStore.ABSENT);
      List<Boolean> won =
          race(6, number -> refs().compareAndSet("root", expected, bytes("by " + number)));
      assertThat(Collections.frequency(won, true)).isEqualTo(1);
      assertThat(text(value("root").bytes())).isEqualTo("by " + won.indexOf(true));
    }
  }

  @Test
  void countersKeptByCompareAndSetLoseNothing() throws Exception {
    race(4, _ -> {
      for (int i = 0; i < 25; i++) {
        while (!increment("counter")) {
          Thread.onSpinWait();
        }
      }
      return 0;
    });
    assertThat(text(value("counter").bytes())).isEqualTo("100");
  }

  @Test
  void aClosedStoreIsUnavailable() {
    refs().close();
    refs().close();
    assertThat(anomaly(() -> refs().get("root")).category())
        .isEqualTo(Anomaly.Category.UNAVAILABLE);
  }

  private boolean increment(String name) {
    var before = refs().get(name);
    int count = before.map(ref -> Integer.parseInt(text(ref.bytes()))).orElse(0);
    return refs()
        .compareAndSet(
            name, before.map(Ref::version).orElse(RefStore.ABSENT), bytes("" + (count + 1)));
  }
}
