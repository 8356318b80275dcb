package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import valence.tools.dev.DevRun;
import valence.tools.testing.LocalRepository;
import valence.tools.tour.Folders;

/// `docs/guide/developing.md` tells the truth: its commands print what stands below them, where `…`
/// is anything, and its tests are those of the example.
@Timeout(300)
class DevelopingPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final String COMMAND = "$ ./valence ";
  private static final String DEV = "dev examples/inventory";

  @TempDir
  private Path directory;

  private static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("docs/guide"))) {
      at = at.getParent();
    }
    return at;
  }

  private static List<String> blocks() throws IOException {
    Matcher block =
        BLOCK.matcher(Files.readString(repository().resolve("docs/guide/developing.md")));
    return block.results().map(found -> found.group(1)).toList();
  }

  @Test
  void commandsPrintWhatThePageShows() throws Exception {
    LocalRepository.shareValenceApi();
    Path shop = directory.resolve("inventory");
    Folders.copySources(repository().resolve("examples/inventory"), shop);
    DevRun.withoutTestKit(shop);
    List<String> steps = new ArrayList<>();
    for (String block : blocks()) {
      if (block.startsWith(COMMAND)) {
        steps.addAll(List.of(block.split("(?m)^\\$ ")).subList(1, block.split("(?m)^\\$ ").length));
      }
    }
    assertThat(steps.removeFirst()).startsWith("./valence " + DEV);
    assertThat(steps).isNotEmpty();
    try (DevRun run = new DevRun(shop).awaitLive()) {
      for (String step : steps) {
        List<String> lines = new ArrayList<>(step.lines().toList());
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(lines.removeFirst().substring("./valence ".length()));
        while (word.find()) {
          words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        words.addAll(List.of("--dir", shop.resolve(".valence/dev").toString()));
        CommandLineSession.Ended ended = CommandLineSession.run(words.toArray(String[]::new));
        assertThat(ended.out().strip()).as(step + ended.err()).isEqualTo(String.join("\n", lines));
      }
      assertThat(run.get("/items")).contains("tea-01");
    }
  }

  @Test
  void theOptionsAreThoseOfTheCommand() throws IOException {
    String page = Files.readString(repository().resolve("docs/guide/developing.md"));
    CommandLine command =
        Catalog.DEV.command(new valence.tools.terminal.Terminal(System.out, System.err, false));
    Set<String> options = command.getCommandSpec().optionsMap().keySet().stream()
        .filter(name -> name.startsWith("--") && !Set.of("--help", "--version").contains(name))
        .collect(Collectors.toSet());
    assertThat(options).allSatisfy(name -> assertThat(page).contains("`" + name));
  }

  @Test
  void itsTestsAreThoseOfTheExample() throws IOException {
    String tests;
    try (Stream<Path> files =
        Files.list(repository().resolve("examples/inventory/src/test/java/inventory"))) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
      tests = all.toString();
    }
    int count = 0;
    for (String block : blocks()) {
      if (block.contains("@Test") || block.contains("TestSystem")) {
        count++;
        assertThat(Arrays.stream(block.split("(?m)^…\\n")).toList())
            .allSatisfy(part -> assertThat(tests).contains(part.stripTrailing()));
      }
    }
    assertThat(count).isEqualTo(3);
  }
}
