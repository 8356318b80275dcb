package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.api.Valence;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.storage.place.Place;

/// Plays the public half of the corpus through a node: across the network all is the same.
final class RemoteCorpusTest {
  private static final int CASES = 1_967;

  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");

  @Test
  void everyCasePassesThroughANodeAsWell(@TempDir Path directory) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Report report = new Report(out, out, false, false);
    List<Suite> suites = CorpusReader.read(CORPUS);
    NodeConfig config = new NodeConfig(
        "corpus",
        directory,
        new Place.Memory("corpus"),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
    try (Node node = Node.start(config);
        Client client = Valence.client(Map.of(
            kw("server-type"),
            kw("remote"),
            kw("endpoint"),
            "http://127.0.0.1:" + node.apiPort()))) {
      SuiteRun run = new SuiteRun(client, directory, Selection.ALL, report);
      suites.forEach(run::run);
    }
    assertThat(report.passedCount())
        .as(() -> printed.toString(StandardCharsets.UTF_8))
        .isEqualTo(CASES);
  }
}
