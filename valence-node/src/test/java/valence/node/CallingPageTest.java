package valence.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.testing.Events;
import valence.node.testing.MemorySystem;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.ion.IonConfig;

/// `docs/guide/calling.md`: its application loads, and its command is answered as the page shows.
final class CallingPageTest {
  @TempDir
  Path directory;

  /// @param fence what stands behind the backticks
  private static String block(String fence, String begin) throws IOException {
    Path page = ProtocolPageTest.page().resolveSibling("guide").resolve("calling.md");
    Matcher block = Pattern.compile(
            "(?ms)^```" + Pattern.quote(fence) + "\n(" + Pattern.quote(begin) + ".*?)^```$")
        .matcher(Files.readString(page));
    assertThat(block.find()).as(fence).isTrue();
    return block.group(1);
  }

  @Test
  void itsApplicationLoadsWithEachOfItsEntryPoints() throws IOException {
    try (Serving serving = new Serving(Duration.ofSeconds(5))) {
      serving.swap(Application.load(
          new AppInfo("shop", "solo", "v1"),
          IonConfig.parse(block("edn", "{")),
          List.of(TestJar.compile(
              directory, "shop", Map.of("shop.Calls", block("java shop/Calls.java", "package")))),
          MemorySystem.open()));
      Application application = serving.current().orElseThrow();
      assertThat(application.lambda("solo-total")).isPresent();
      assertThat(application.lambda("solo-legacy")).isPresent();
      assertThat(application.web()).isPresent();
    }
  }

  @Test
  void itsLiveQueryIsAnsweredAsThePageShows() throws Exception {
    Matcher command = Pattern.compile(
            "(?s)\\$ curl --no-buffer --data '([^']*)' http://127\\.0\\.0\\.1:8182(/\\S+)\n(.*)")
        .matcher(block("", "$ curl"));
    assertThat(command.find()).isTrue();
    try (Node node = Node.start(new NodeConfig(
            "test",
            directory.resolve("system"),
            new Place.Directory(directory.resolve("store")),
            "solo",
            "127.0.0.1",
            0,
            0,
            Duration.ofSeconds(10)));
        Requests api = new Requests(node.apiPort())) {
      api.send("POST", "/api/create-database", "{:db-name \"shop\"}");
      transact(api, """
          [{:db/ident :item/sku :db/valueType :db.type/string
            :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
           {:db/ident :item/count :db/valueType :db.type/long
            :db/cardinality :db.cardinality/one}]""");
      transact(api, "[{:item/sku \"tea\" :item/count 3} {:item/sku \"rare\" :item/count 1}]");
      StringBuilder seen = new StringBuilder("retry: 2000\n\n");
      try (Events events = Events.of(node.apiPort(), command.group(2), command.group(1))) {
        append(seen, events.next().orElseThrow());
        transact(api, "[{:item/sku \"tea\" :item/count 5}]");
        append(seen, events.next().orElseThrow());
      }
      assertThat(seen.toString().strip())
          .matches(Pattern.compile(Arrays.stream(command.group(3).strip().split("…", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining("[0-9]+"))));
    }
  }

  private static void transact(Requests api, String data) throws Exception {
    var answer = api.send("POST", "/api/transact", "{:db-name \"shop\" :tx-data " + data + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static void append(StringBuilder seen, Events.Event event) {
    seen.append("event: ")
        .append(event.name())
        .append("\nid: ")
        .append(event.id())
        .append('\n');
    event.data().lines().forEach(line -> seen.append("data: ").append(line).append('\n'));
    seen.append('\n');
  }
}
