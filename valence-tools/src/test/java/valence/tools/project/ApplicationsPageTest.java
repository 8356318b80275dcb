package valence.tools.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.process.Command;
import valence.tools.testing.LocalRepository;

/// The ten minutes of `docs/guide/applications.md`: a real shell, a real node, real git and Maven.
/// Each command prints what stands below it, where `…` is anything. Needs what the build has put
/// into the local repository by then, hence a lifecycle phase of package or later.
@Timeout(900)
class ApplicationsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "guide", "applications.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");
  private static final String DEV = "valence dev";
  private static final String UP = "valence up";
  private static final Duration WAIT_MAX = Duration.ofMinutes(4);
  private static final Duration POLL = Duration.ofMillis(50);

  @TempDir
  private Path folder = Path.of("");

  @Test
  void theTenMinutesGoAsThePageSays() throws Exception {
    LocalRepository.shareValenceApi();
    Shell shell = new Shell(folder, LocalRepository.share());
    String text = Files.readString(PAGE);
    String tour = text.substring(text.indexOf("## Ten minutes"), text.indexOf("## Entry points"));
    List<String> blocks =
        BLOCK.matcher(tour).results().map(block -> block.group(1)).toList();
    assertThat(blocks).hasSizeGreaterThan(10);
    var visitor = new Tour(shell, Shell.freePort(), Shell.freePort(), folder.resolve("dev.log"));
    try {
      for (String block : blocks) {
        visitor.go(block);
      }
      assertThat(visitor.commandCount).isGreaterThan(25);
    } finally {
      visitor.endDev();
      shell.run("valence down");
    }
  }

  /// Who follows the page, with a second terminal for `valence dev`.
  private static final class Tour {
    private final Shell shell;
    private int api;
    private int http;
    private final Path devLog;
    private @Nullable Process dev;
    private int commandCount;

    Tour(Shell shell, int api, int http, Path devLog) {
      this.shell = shell;
      this.api = api;
      this.http = http;
      this.devLog = devLog;
    }

    void go(String block) throws IOException, InterruptedException {
      if (!block.startsWith("$ ")) {
        awaitDev(block.strip()); // what the second terminal shows by now
        return;
      }
      for (String step : block.substring(2).split("(?m)^\\$ ")) {
        List<String> lines = new ArrayList<>(step.lines().toList());
        String line = lines.removeFirst();
        if (line.equals(UP)) {
          endDev();
          api = Shell.freePort(); // the page says the same for both, as the one has ended
          http = Shell.freePort();
        }
        line = line.replace(UP, UP + ports()).replace(":8184/", ":" + http + "/");
        commandCount++;
        String expected = String.join("\n", lines);
        if (line.equals(DEV)) {
          dev = shell.start(DEV + ports(), devLog);
          awaitDev(expected.replace(":8184", ":" + http));
        } else {
          run(line, expected);
        }
      }
    }

    private String ports() {
      return " --api-port " + api + " --http-port " + http;
    }

    private void run(String line, String expected) {
      long begun = System.nanoTime();
      Command.Outcome outcome = shell.run(line);
      System.err.printf("%5d ms  %s%n", (System.nanoTime() - begun) / 1_000_000, line);
      assertThat(outcome.status())
          .as(line + "\n" + outcome.out() + outcome.err())
          .isZero();
      expect(line, expected, outcome.out().stripTrailing());
    }

    private void awaitDev(String expected) throws IOException, InterruptedException {
      Pattern pattern = pattern(expected);
      long deadline = System.nanoTime() + WAIT_MAX.toNanos();
      while (!pattern.matcher(Files.readString(devLog)).find()) {
        assertThat(System.nanoTime() < deadline && dev != null && dev.isAlive())
            .as("%s%nshows%n%s", expected, Files.readString(devLog))
            .isTrue();
        if (dev != null && dev.waitFor(POLL)) {
          continue; // it ended, and the next look says so
        }
      }
    }

    void endDev() throws InterruptedException {
      if (dev != null) {
        dev.destroy(); // as Control-C
        assertThat(dev.waitFor(WAIT_MAX)).as("valence dev ends").isTrue();
        dev = null;
      }
    }
  }

  private static Pattern pattern(String expected) {
    return Pattern.compile(
        String.join(
            ".*", Arrays.stream(expected.split("…", -1)).map(Pattern::quote).toList()),
        Pattern.DOTALL);
  }

  private static void expect(String line, String expected, String printed) {
    // What follows the lines that are shown doesn't matter to the reader.
    assertThat(expected.isEmpty() || pattern(expected + "…").matcher(printed).matches())
        .as("%s\nprints\n%s", line, printed)
        .isTrue();
  }
}
