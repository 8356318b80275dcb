package valence.tools.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.process.Command;
import valence.tools.testing.LocalRepository;

/// The ten minutes of `docs/guide/applications.md`: a real shell, a real node, real git and Maven.
/// Each command prints what stands below it, where `…` is anything. Needs what the build has put
/// into the local repository by then, hence a lifecycle phase of package or later.
@Timeout(290)
class ApplicationsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "guide", "applications.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(\\$ .*?)^```$");

  @TempDir
  private Path folder = Path.of("");

  @Test
  void theTenMinutesGoAsThePageSays() throws IOException {
    LocalRepository.shareValenceApi();
    Shell shell = new Shell(folder, LocalRepository.share());
    int api = Shell.freePort();
    int http = Shell.freePort();
    List<String> steps = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(Files.readString(PAGE)); block.find(); ) {
      steps.addAll(List.of(block.group(1).split("(?m)^\\$ ")));
    }
    steps.removeIf(String::isEmpty);
    assertThat(steps).hasSizeGreaterThan(20);
    try {
      for (String step : steps) {
        List<String> lines = new ArrayList<>(step.lines().toList());
        String line = lines
            .removeFirst()
            .replace("valence up", "valence up --api-port " + api + " --http-port " + http)
            .replace(":8184/", ":" + http + "/");
        long begun = System.nanoTime();
        Command.Outcome outcome = shell.run(line);
        System.err.printf("%5d ms  %s%n", (System.nanoTime() - begun) / 1_000_000, line);
        assertThat(outcome.status())
            .as(line + "\n" + outcome.out() + outcome.err())
            .isZero();
        expect(line, String.join("\n", lines), outcome.out().stripTrailing());
      }
    } finally {
      shell.run("valence down");
    }
  }

  private static void expect(String line, String expected, String printed) {
    String pattern = String.join(
        ".*", Arrays.stream(expected.split("…", -1)).map(Pattern::quote).toList());
    // What follows the lines that are shown doesn't matter to the reader.
    assertThat(Pattern.compile(pattern + "(\n.*)?", Pattern.DOTALL)
                .matcher(printed)
                .matches()
            || expected.isEmpty())
        .as("%s\nprints\n%s", line, printed)
        .isTrue();
  }
}
