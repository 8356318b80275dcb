package valence.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/// What stands in the log and in casts in place of a secret.
final class SecretsTest {
  private static final String WORD = "hunter\"2\u00fc";
  private static final String LINES = "-----BEGIN\nabc\n-----END";

  private static String hidden(String text) {
    return text.replace(LINES, "•••").replace(WORD, "•••");
  }

  @Test
  void noFormOfTheLogShowsASecretThatAnApplicationThrew() {
    var thrown = new IllegalStateException(
        "no login with " + WORD, new IllegalArgumentException("key " + LINES));
    var record = new LogRecord(Level.SEVERE, "call-failed with=" + WORD + " and " + LINES);
    record.setThrown(thrown);
    try (var secrets = new Secrets()) {
      secrets.hide(SecretsTest::hidden);
      for (Formatter form : List.of(new TextLines(), new JsonLines())) {
        assertThat(form.format(record))
            .contains("no login with •••", "key •••", "•••")
            .doesNotContain("hunter", "abc");
      }
    }
    assertThat(new TextLines().format(record)).contains(WORD); // nobody hides it any more
  }

  @Test
  void castsShowNoSecretHoweverDeepItLies() throws InterruptedException {
    Telemetry telemetry = Telemetry.quiet();
    try (var secrets = new Secrets()) {
      secrets.hide(SecretsTest::hidden);
      telemetry
          .casts()
          .say(
              "alert",
              Map.of(
                  kw("msg"),
                  "with " + WORD,
                  kw("my.app/deep"),
                  List.of(Map.of("key " + WORD, List.of(LINES))),
                  kw("ex"),
                  new IllegalStateException(WORD)),
              null);
      String said =
          String.valueOf(telemetry.casts().after(0, null, 10, System.nanoTime()).get(kw("casts")));
      assertThat(said).contains("with •••", "key •••").doesNotContain("hunter", "abc");
    }
  }

  @Test
  void whatIsLoggedWhileSecretsAreReadIsntHeldUp() {
    try (var secrets = new Secrets()) {
      secrets.hide(text -> hidden(Secrets.masked(text)));
      assertThat(Secrets.masked("a " + WORD)).isEqualTo("a •••");
    }
  }
}
