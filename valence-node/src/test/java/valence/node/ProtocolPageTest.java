package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import valence.node.testing.Requests;
import valence.storage.encryption.KeyFile;
import valence.storage.place.Place;

/// `docs/protocol.md`: each request of its `console` blocks gets the answer that the page shows.
final class ProtocolPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```console\n(.*?)^```$");
  private static final Pattern CURL = Pattern.compile("(?s)\\$ curl(?: --no-buffer)?"
      + "(?: --header 'content-type: ([^']*)')?[\\s\\\\]+--data '([^']*)'[\\s\\\\]+"
      + "http://127\\.0\\.0\\.1:8182(/\\S+)\n(.*?)(?=\n\n|\n?\\z)");

  private static final String AS_CURL_DOES = "application/x-www-form-urlencoded";

  @TempDir
  Path directory;

  private Node node;
  private Requests api;

  @BeforeEach
  void start() {
    node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")).encryptedBy(keys()),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)));
    api = new Requests(node.apiPort());
  }

  /// So that a node is seen to serve from an encrypted storage, too.
  private Path keys() {
    Path file = directory.resolve("keys");
    KeyFile.generate(file);
    return file;
  }

  @AfterEach
  void stop() {
    api.close();
    node.close();
  }

  @TestFactory
  List<DynamicTest> eachRequestGetsTheAnswerThatThePageShows() throws IOException {
    List<DynamicTest> tests = BLOCK
        .matcher(Files.readString(page()))
        .results()
        .flatMap(block -> requests(block.group(1)))
        .toList();
    assertThat(tests).hasSizeGreaterThan(3);
    return tests;
  }

  private Stream<DynamicTest> requests(String block) {
    List<MatchResult> requests = CURL.matcher(block).results().toList();
    assertThat(requests).as(block).hasSize(block.split("\\$ curl", -1).length - 1);
    return requests.stream()
        .map(request -> dynamicTest(
            request.group(3) + " " + request.group(2),
            () -> assertThat(answer(request).strip())
                .matches(shown(request.group(4).strip()))));
  }

  private String answer(MatchResult request) throws IOException, InterruptedException {
    return api.send(
            "POST",
            request.group(3),
            request.group(2),
            "content-type",
            Objects.requireNonNullElse(request.group(1), AS_CURL_DOES))
        .body();
  }

  /// The answer that a page shows with `…` for what it leaves out.
  private static Pattern shown(String answer) {
    return Pattern.compile(
        Arrays.stream(answer.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  static Path page() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/protocol.md"))) {
      root = requireNonNull(root.getParent(), "docs/protocol.md");
    }
    return root.resolve("docs/protocol.md");
  }
}
