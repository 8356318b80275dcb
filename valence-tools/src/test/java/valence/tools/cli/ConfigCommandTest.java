package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.solo.Setting;

/// What a system starts with, told once.
@Timeout(300)
class ConfigCommandTest {
  @TempDir
  Path directory;

  @Test
  void aPlainUpStartsWhatWasToldBefore() throws IOException {
    Path facts = directory.resolve("facts");
    Path folder = directory.resolve("system");
    try (CommandLineSession session = new CommandLineSession(folder)) {
      session.done(
          "up",
          "--api-port",
          "0",
          "--http-port",
          "0",
          "--storage",
          facts.toString(),
          "--heap",
          "256m");
      session.done("db", "create", "shop");
      session.done("down");
      assertThat(facts).isDirectory();
      session.done("up");
      assertThat(session.done("db", "list")).contains("shop");
      session.done("down");
      // What opens the facts without a node finds them, too.
      assertThat(session.done("verify")).contains("shop", "whole");
      assertThat(session.done("config", "--json"))
          .contains("{\"setting\":\"heap\",\"value\":\"256m\",\"set?\":true");
      assertThat(Files.getPosixFilePermissions(folder.resolve("config.edn"))).hasSize(2);

      session.refused(1, "up", "--host", "no.such.host.invalid");
      assertThat(session.done("config")).doesNotContain("no.such.host");
      assertThat(session.done("config", "unset", "storage")).contains("storage is not set.");
      session.done("up");
      assertThat(session.done("db", "list")).doesNotContain("shop");
      assertThat(session.done("config", "set", "heap", "300m")).contains("from the next start on");
    }
  }

  @Test
  void whatCanNotBeSetIsRefused() throws IOException {
    CommandLineSession session = new CommandLineSession(directory);
    assertThat(session.refused(1, "config", "set", "prot", "1")).contains("There is no setting");
    assertThat(session.refused(1, "config", "set", "heep", "1g")).contains("Did you mean heap?");
    assertThat(session.refused(1, "config", "set", "heap", "lots")).contains("such as 2g");
    assertThat(session.refused(1, "config", "set", "api-port", "65536")).contains("0 to 65535");
    assertThat(session.refused(1, "config", "set", "http-access", "all"))
        .contains("signed or public");
    session.done("config", "set", "storage", "jdbc:postgresql://me:secret@host/db?password=x");
    assertThat(session.done("config")).contains("jdbc:postgresql://").doesNotContain("secret");
    Files.writeString(directory.resolve("config.edn"), "{:heap 7}");
    assertThat(session.refused(1, "config")).contains("config.edn is damaged");
    assertThat(Setting.words()).contains("heap", "storage");
  }
}
