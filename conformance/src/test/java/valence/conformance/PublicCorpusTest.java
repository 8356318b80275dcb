package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static valence.api.Valence.kw;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.api.Valence;

/// Plays the public half of the corpus, so that what once passed keeps passing.
///
/// The floors only ever go up: whoever makes more cases pass raises them in the same commit.
final class PublicCorpusTest {
  private static final int PASSED_MIN = 1_956;
  private static final int DATA_PASSED_MIN = 12;

  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
  private static final Path DATA_CORPUS = Path.of("src", "test", "resources", "corpus-data");

  /// Beside the project; not part of it.
  private static final Path DATA = Path.of("..", "..", "shared", "data");

  @Test
  void readsEveryCase() {
    assertThat(CorpusReader.read(CORPUS).stream()
            .mapToInt(suite -> suite.cases().size())
            .sum())
        .isEqualTo(1_967);
    assertThat(CorpusReader.read(DATA_CORPUS).getFirst().cases()).hasSize(12);
  }

  @Test
  void asManyCasesPassAsBefore() {
    assertPasses(CORPUS, PASSED_MIN);
  }

  @Test
  void asManyCasesOverRealDataPassAsBefore() {
    assumeTrue(Files.isDirectory(DATA), DATA + " isn't there, so its suites aren't run");
    assertPasses(DATA_CORPUS, DATA_PASSED_MIN);
  }

  private static void assertPasses(Path corpus, int passedMin) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Report report = new Report(out, out, false, false);
    List<Suite> suites = CorpusReader.read(corpus);
    Map<?, ?> system = Map.of(kw("server-type"), kw("local"), kw("storage-dir"), kw("mem"));
    try (Client client = Valence.client(system)) {
      SuiteRun run = new SuiteRun(client, DATA, Selection.ALL, report);
      suites.forEach(run::run);
    }
    assertThat(report.passedCount())
        .as(() -> printed.toString(StandardCharsets.UTF_8))
        .isGreaterThanOrEqualTo(passedMin);
  }
}
