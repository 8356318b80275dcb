package valence.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;

/// What git writes, with all that names and paths may hold, and what it never writes.
class LogReaderTest {
  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void readsBackEveryHistory(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    List<Commit> history = new ArrayList<>();
    for (int i = random.nextInt(30); i >= 0; i--) {
      history.add(commit(random));
    }
    String text = history.stream().map(LogReaderTest::written).collect(Collectors.joining());
    assertThat(read(text.getBytes(StandardCharsets.UTF_8))).as("seed %d", seed).isEqualTo(history);
  }

  @Test
  void ofTooManyChangesTheFirstAreKept() throws IOException {
    List<Commit.Change> changes = new ArrayList<>();
    for (int i = 0; i < LogReader.CHANGES_MAX + 7; i++) {
      changes.add(new Commit.Change("file" + i, i));
    }
    var large = new Commit(SHA, List.of(), "ann", "a@b", 0, 0, "Import", changes, 0);
    Commit read = read(written(large).getBytes(StandardCharsets.UTF_8)).getFirst();
    assertThat(read.changes()).isEqualTo(changes.subList(0, LogReader.CHANGES_MAX));
    assertThat(read.leftOut()).isEqualTo(7);
  }

  @Test
  void aPathThatIsTooLongIsLeftOut() throws IOException {
    var change = new Commit.Change("x".repeat(LogReader.PATH_CHARS_MAX + 1), 1);
    var commit = new Commit(SHA, List.of(), "ann", "a@b", 0, 0, "Dig", List.of(change), 0);
    Commit read = read(written(commit).getBytes(StandardCharsets.UTF_8)).getFirst();
    assertThat(read.changes()).isEmpty();
    assertThat(read.leftOut()).isEqualTo(1);
  }

  @Test
  void whoHasNoAddressIsKnownByNameAndWhoHasNeitherIsNobody() throws IOException {
    assertThat(read(bytes(SHA, "", "ann", "", "1", "1", "s")).getFirst().email())
        .isEqualTo("ann");
    Commit nobodys = read(bytes(SHA, "", " ", "", "1", "1", "s")).getFirst();
    assertThat(nobodys.author()).isEqualTo("nobody");
    assertThat(nobodys.email()).isEqualTo("nobody");
  }

  @Test
  void timesThatNoCalendarHasAreBroughtIntoIt() throws IOException {
    Commit commit =
        read(bytes(SHA, "", "ann", "a@b", "-5", "999999999999999", "s")).getFirst();
    assertThat(commit.authoredAt()).isZero();
    assertThat(commit.committedAt()).isEqualTo(253_402_300_799_000L);
    assertThat(read(bytes(SHA, "", "ann", "a@b", "", "1e9", "s")).getFirst().authoredAt())
        .isZero();
  }

  @Test
  void bytesThatAreNoTextAreReplaced() throws IOException {
    byte[] log = bytes(SHA, "", "J?rg", "a@b", "1", "1", "s");
    log[SHA.length() + 4] = (byte) 0xfc;
    assertThat(read(log).getFirst().author()).isEqualTo("J\ufffdrg");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\u0001x\0", "\u0001" + SHA + "\0", "\0", "1\t2\tpath\0"})
  void whatGitNeverWritesIsRefused(String log) {
    assertThatThrownBy(() -> read(log.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("git log wrote something unexpected");
  }

  private static List<Commit> read(byte[] log) throws IOException {
    var reader = new LogReader(new ByteArrayInputStream(log));
    List<Commit> commits = new ArrayList<>();
    for (Optional<Commit> next = reader.next(); next.isPresent(); next = reader.next()) {
      commits.add(next.get());
    }
    return commits;
  }

  private static byte[] bytes(String... fields) {
    return ("\u0001" + String.join("\0", fields) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /// As git writes it.
  private static String written(Commit commit) {
    var text = new StringBuilder("\u0001");
    text.append(commit.sha()).append('\0');
    text.append(String.join(" ", commit.parents())).append('\0');
    text.append(commit.author()).append('\0').append(commit.email()).append('\0');
    text.append(commit.authoredAt() / 1000).append('\0');
    text.append(commit.committedAt() / 1000).append('\0');
    text.append(commit.subject()).append('\0');
    String separator = "\n";
    for (Commit.Change change : commit.changes()) {
      long added = change.lines() / 2;
      text.append(separator);
      text.append(change.lines() == 0 ? "-\t-" : added + "\t" + (change.lines() - added));
      text.append('\t').append(change.path()).append('\0');
      separator = "";
    }
    return text.toString();
  }

  private static Commit commit(SplittableRandom random) {
    List<String> parents = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      parents.add(sha(random));
    }
    List<Commit.Change> changes = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      changes.add(new Commit.Change(name(random, 40), random.nextInt(100)));
    }
    return new Commit(
        sha(random),
        parents,
        name(random, 20),
        name(random, 20),
        random.nextLong(1L << 33) * 1000,
        random.nextLong(1L << 33) * 1000,
        name(random, 60),
        changes,
        0);
  }

  private static String sha(SplittableRandom random) {
    byte[] bytes = new byte[20];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Any text without NUL, with a letter at both ends so that nothing is stripped.
  private static String name(SplittableRandom random, int lengthMax) {
    var name = new StringBuilder("a");
    for (int i = random.nextInt(lengthMax); i > 0; i--) {
      name.append(
          switch (random.nextInt(4)) {
            case 0 -> "\t\n\r \"\\'\u0001{}[],:-=>".charAt(random.nextInt(17));
            case 1 -> (char) random.nextInt(1, 0xd800);
            case 2 -> Character.toString(random.nextInt(0x1f300, 0x1f600));
            default -> (char) random.nextInt('a', 'z' + 1);
          });
    }
    return name.append('z').toString();
  }
}
