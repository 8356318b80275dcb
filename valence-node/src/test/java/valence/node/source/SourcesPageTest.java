package valence.node.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Endpoint;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.Queues;
import valence.node.source.sqs.SqsRequests;
import valence.node.testing.MemorySystem;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;

/// `docs/guide/sources.md`: its configuration and code are deployed, its commands run.
final class SourcesPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)[^\\n]*\\n(.*?)^```$");

  @TempDir
  Path directory;

  private static List<String> blocks(String language) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/guide/sources.md"))) {
      root = requireNonNull(root.getParent(), "docs/guide/sources.md");
    }
    return BLOCK
        .matcher(Files.readString(root.resolve("docs/guide/sources.md")))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map((MatchResult block) -> block.group(2))
        .toList();
  }

  @Test
  void whatThePageShowsRuns() throws Exception {
    assumeTrue(
        List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "aws"))),
        "the aws command line isn't on the PATH");
    Path uploads = Files.createDirectories(directory.resolve("uploads"));
    IonConfig config =
        IonConfig.parse(blocks("edn").getFirst().replace("/var/spool/uploads", uploads.toString()));
    Path jar = TestJar.compile(
        directory, "events", Map.of("shop.Events", blocks("java").getFirst()));
    Client client = MemorySystem.open();
    client.createDatabase("inventory");
    client.connect("inventory").transact(EventSystem.SHOP);
    Serving serving = new Serving(Duration.ofSeconds(5));
    QueueFacts facts = QueueFacts.open(client);
    Queues queues = Queues.open(facts, Clock.systemUTC());
    Map<String, String> parameters = Map.of("/shop/github-secret", "s");
    serving.swap(
        Application.load(new AppInfo("events", "solo", "v1"), config, List.of(jar), client));
    try (Sources sources = new Sources(
                serving,
                facts,
                queues,
                client,
                name -> Optional.ofNullable(parameters.get(name)),
                Clock.systemUTC(),
                Backoff.DEFAULT,
                Duration.ofSeconds(5))
            .start();
        Door api = door(new SqsRequests(queues));
        Door http = door(new WebhookRequests(sources))) {
      Files.writeString(uploads.resolve("a.csv"), "1");
      await(sources, "low-stock", "state", kw("running"));
      client.connect("inventory").transact("[{:item/sku \"tea-01\" :item/free 3}]");
      for (String script : blocks("sh")) {
        run(script, "http://127.0.0.1:" + api.port(), "http://127.0.0.1:" + http.port());
      }
      for (String source : List.of("uploads", "orders", "github", "low-stock")) {
        await(sources, source, "delivered", 1L);
      }
    }
    serving.close();
    client.close();
  }

  private static Door door(Endpoint endpoint) {
    return Door.open(
        "test",
        "127.0.0.1",
        0,
        Duration.ofSeconds(5),
        new BodyBudget(64 << 20, BodyBudget.TIMEOUT_DEFAULT),
        endpoint);
  }

  private static void await(Sources sources, String name, String key, Object value) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (sources.status().stream()
        .noneMatch(each -> name.equals(each.get(kw("name"))) && value.equals(each.get(kw(key))))) {
      assertThat(System.nanoTime()).as("%s", sources.status()).isLessThan(deadline);
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  private void run(String script, String api, String http) throws Exception {
    Path file = Files.writeString(
        directory.resolve("page.sh"),
        "set -e\n" + script.replace("aws sqs", "aws --endpoint-url \"$ENDPOINT\" sqs"));
    var command = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true);
    command
        .environment()
        .putAll(Map.of(
            "ENDPOINT", api,
            "HTTP", http,
            "SECRET", "s",
            "AWS_DEFAULT_REGION", "us-east-1",
            "AWS_ACCESS_KEY_ID", "test",
            "AWS_SECRET_ACCESS_KEY", "test"));
    Process process = command.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(script + printed).isZero();
    assertThat(printed).containsAnyOf("QueueUrl", "accepted");
  }
}
