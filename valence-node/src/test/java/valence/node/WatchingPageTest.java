package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.testing.Requests;
import valence.storage.place.Place;

/// `docs/guide/watching.md`: the answer to each request of its `console` blocks has the lines that
/// the page shows.
final class WatchingPageTest {
  private static final Pattern BLOCK = Pattern.compile(
      "(?ms)^```console\n\\$ curl (?:--data '([^']*)' )?http://127\\.0\\.0\\.1:8182(\\S+)\n"
          + "(.*?)^```$");

  @TempDir
  Path directory;

  @Test
  void eachRequestGetsTheLinesThatThePageShows() throws Exception {
    var config = new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
    try (Node node = Node.start(config);
        var api = new Requests(node.apiPort())) {
      Matcher block = BLOCK.matcher(Files.readString(page()));
      int requests = 0;
      while (block.find()) {
        String body = block.group(1);
        api.send("POST", "/api/status", "{}", "content-type", "application/edn");
        String answer = api.send(
                body == null ? "GET" : "POST",
                requireNonNull(block.group(2)),
                body == null ? "" : body,
                "content-type",
                "application/edn")
            .body();
        requireNonNull(block.group(3))
            .lines()
            .forEach(line -> assertThat(answer).contains(line));
        requests++;
      }
      assertThat(requests).isEqualTo(2);
    }
  }

  private static Path page() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("docs/guide/watching.md"))) {
      at = requireNonNull(at.getParent());
    }
    return at.resolve("docs/guide/watching.md");
  }
}
