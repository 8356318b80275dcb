package valence.tools.cli;

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

/// `docs/guide/command-line.md` tells the truth: its commands print what stands below them, where
/// `…` is anything.
@Timeout(300)
class CommandLinePageTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final String COMMAND = "$ ./valence ";

  @TempDir
  Path directory;

  private static Path page() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("docs/guide"))) {
      at = at.getParent();
    }
    return at.resolve("docs/guide/command-line.md");
  }

  @Test
  void commandsPrintWhatThePageShows() throws IOException {
    String page = Files.readString(page());
    int count = 0;
    try (CommandLineSession session = new CommandLineSession(directory.resolve("system")).up()) {
      for (Matcher block = BLOCK.matcher(page); block.find(); ) {
        String text = block.group(1);
        if (text.startsWith("sku,")) {
          Files.writeString(directory.resolve("items.csv"), text);
        } else if (text.startsWith(COMMAND)) {
          for (String step : text.split("(?m)^\\$ ")) {
            count += step.isEmpty() ? 0 : run(session, "$ " + step);
          }
        }
      }
    }
    assertThat(count).isGreaterThan(10);
    for (ExitStatus status : ExitStatus.values()) {
      assertThat(page).contains("| " + status.code() + " | " + status.meaning() + " |");
    }
  }

  private int run(CommandLineSession session, String step) {
    List<String> lines = new ArrayList<>(step.lines().toList());
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(lines.removeFirst().substring(COMMAND.length()));
    while (word.find()) {
      String found = word.group(1) == null ? word.group(2) : word.group(1);
      boolean file = found.matches("[a-z]+\\.(csv|edn|svg)");
      words.add(file ? directory.resolve(found).toString() : found);
    }
    String printed =
        session.done(words.toArray(String[]::new)).replace(directory + "/", "").stripTrailing();
    String expected = String.join(
        ".*",
        Arrays.stream(String.join("\n", lines).split("…", -1))
            .map(Pattern::quote)
            .toList());
    assertThat(Pattern.compile(expected, Pattern.DOTALL).matcher(printed).matches())
        .as("%s\nprints\n%s", step, printed)
        .isTrue();
    return 1;
  }
}
