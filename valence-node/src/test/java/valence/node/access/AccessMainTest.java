package valence.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.wire.access.AccessKey;

final class AccessMainTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir
  Path directory;

  private List<?> keys(Clock clock) {
    List<?> principals = (List<?>) TestAccess.run(directory, "list", Map.of(), clock);
    return (List<?>) ((Map<?, ?>) principals.getFirst()).get(kw("keys"));
  }

  private List<String> states(Duration later) {
    return keys(Clock.fixed(NOW.plus(later), ZoneOffset.UTC)).stream()
        .map(key -> ((clojure.lang.Keyword) ((Map<?, ?>) key).get(kw("state"))).getName())
        .toList();
  }

  @Test
  void anOldKeyLivesThroughItsGracePeriodAndIsListedAWhile() {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    TestAccess.run(directory, "create", Map.of("name", "ann", "grants", List.of("read:x")), clock);
    TestAccess.run(directory, "rotate", Map.of("name", "ann", "grace-seconds", 60L), clock);
    assertThat(states(Duration.ofSeconds(59))).containsExactly("ending", "valid");
    assertThat(states(Duration.ofSeconds(60))).containsExactly("ended", "valid");
    Clock muchLater = Clock.fixed(NOW.plus(Duration.ofDays(100)), ZoneOffset.UTC);
    TestAccess.run(directory, "rotate", Map.of("name", "ann", "grace-seconds", 60L), muchLater);
    assertThat(keys(muchLater)).hasSize(2);
  }

  @Test
  void mistakesSayWhatToDo() {
    TestAccess.create(directory, "ann", "push");
    assertThatThrownBy(() -> TestAccess.create(directory, "ann", "push"))
        .hasMessageContaining("already");
    assertThatThrownBy(() -> TestAccess.create(directory, "ben", "write:x"))
        .hasMessageContaining("is no grant");
    assertThatThrownBy(() -> TestAccess.create(directory, "a b", "push"))
        .hasMessageContaining("can't name a principal");
    assertThatThrownBy(() -> TestAccess.create(directory, "ben")).hasMessageContaining("0 grants");
    assertThatThrownBy(() -> TestAccess.create(directory, "ben", Map.of("running", 0L), "push"))
        .hasMessageContaining("a whole number from 1");
    assertThatThrownBy(() -> TestAccess.revoke(directory, "ben"))
        .hasMessageContaining("valence access list");
    for (int i = 1; i < Roster.VALID_KEY_COUNT_MAX; i++) {
      TestAccess.rotate(directory, "ann", 60);
    }
    assertThatThrownBy(() -> TestAccess.rotate(directory, "ann", 60))
        .hasMessageContaining("valid keys");
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws Exception {
    AccessKey key = TestAccess.create(directory, "ann", "push");
    Path file = directory.resolve("keys.edn");
    assertThat(Files.readString(file)).contains(key.id()).doesNotContain(key.secret());
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> TestAccess.run(directory, "list", Map.of()))
        .hasMessageContaining("chmod 600");
  }

  @Test
  void theAuditLogIsRotatedAndItsFilesAreCounted() throws Exception {
    Clock clock = Clock.systemUTC();
    try (AuditLog log = new AuditLog(directory, clock, 2_000)) {
      for (int i = 0; i < 2_000; i++) {
        log.command("tester", "create", "x" + i + "\"\n\u2028");
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all).hasSizeLessThanOrEqualTo(AuditLog.FILE_COUNT_MAX + 1);
      for (Path each : all) {
        assertThat(Files.size(each)).isLessThan(1_000_000);
        assertThat(Files.readAllLines(each)).allMatch(line -> line.matches("\\{\"at\":[ -~]*\\}"));
      }
    }
  }
}
