package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;
import static valence.node.testing.NodeSession.get;
import static valence.node.testing.NodeSession.sha;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.node.testing.NodeSession;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.ion.IonConfig;

/// Parameters, secrets and environments, from the operation that sets them to the code that reads
/// them.
final class ParametersTest {
  private static final String SOURCE = """
      package shop;

      import valence.edn.Edn;
      import valence.ion.*;

      public final class App {
        public static HttpResponse handle(HttpRequest request) {
          String key = request.query();
          return HttpResponse.text(200, switch (request.path()) {
            case "/text" -> Params.text(key, "none");
            case "/needed" -> Params.text(key);
            case "/number" -> String.valueOf(Params.number(key) + 1);
            case "/bool" -> String.valueOf(Params.bool(key, false));
            case "/edn" -> Edn.print(Params.edn(key));
            case "/at" -> String.valueOf(Params.at(key));
            case "/secret" -> Params.secret(key) + " " + Params.secret(key).reveal().length();
            case "/env" -> Edn.print(Env.current());
            case "/info" -> AppInfo.map().get(valence.api.Valence.kw("deployment-group"))
                + " " + AppInfo.map().get(valence.api.Valence.kw("app-name"));
            default -> "?";
          });
        }

        public static boolean ready() {
          org.slf4j.LoggerFactory.getLogger("shop").warn("using " + Params.text("pass", "none"));
          throw new IllegalStateException("no login with " + Params.text("pass", "none"));
        }
      }
      """;

  private static final String SECRET = "correct horse battery staple";

  @TempDir
  Path directory;

  private Node node;
  private NodeSession session;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Handler listener = new StreamHandler(log, new SimpleFormatter());

  @BeforeEach
  void start() throws Exception {
    Logger.getLogger("").addHandler(listener);
    node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)));
    session = new NodeSession(node.apiPort(), node.httpPort());
  }

  @AfterEach
  void stop() {
    Logger.getLogger("").removeHandler(listener);
    session.close();
    node.close();
  }

  private void deployed(String more) throws IOException {
    session.push(
        sha("v1" + more),
        IonConfig.parse(
            "{:app-name \"shop\" :http-direct {:handler-fn shop.App/handle}" + more + "}"),
        TestJar.compile(directory, "shop", Map.of("shop.App", SOURCE)));
    assertThat(session.deploy(sha("v1" + more)))
        .containsEntry(kw("deploy-status"), kw(more.isEmpty() ? "succeeded" : "failed"));
  }

  private void set(String path, String value) {
    session.call("set-parameter", "path", path, "value", value, "asked-by", "Ada");
  }

  private String asked(String path) throws Exception {
    return session.http().get(path).body();
  }

  @Test
  void theMostSpecificParameterCountsAndAChangeIsSeenAtOnce() throws Exception {
    deployed("");
    assertThat(asked("/text?db/name")).isEqualTo("none");
    assertThat(session.http().get("/needed?db/name").statusCode()).isEqualTo(500);
    set("/default/db/name", "dev");
    assertThat(asked("/text?db/name")).isEqualTo("dev");
    session.call(
        "set-environment", "group", "solo", "environment", Map.of(kw("env"), kw("staging")));
    assertThat(asked("/env?")).isEqualTo("{:env :staging}");
    set("/env/staging/db/name", "staging");
    assertThat(asked("/text?db/name")).isEqualTo("staging");
    set("/app/shop/db/name", "of-shop");
    assertThat(asked("/text?db/name")).isEqualTo("of-shop");
    set("/env/staging/app/shop/db/name", "of-shop-in-staging");
    assertThat(asked("/text?db/name")).isEqualTo("of-shop-in-staging");
    set("/group/solo/db/name", "of-solo");
    assertThat(asked("/text?db/name")).isEqualTo("of-solo");
    set("/env/prod/db/name", "elsewhere");
    assertThat(asked("/text?db/name")).isEqualTo("of-solo");
    assertThat(session.call("remove-parameter", "path", "/group/solo/db/name")).isEqualTo(true);
    assertThat(session.call("remove-parameter", "path", "/group/solo/db/name")).isEqualTo(false);
    assertThat(asked("/text?db/name")).isEqualTo("of-shop-in-staging");
    assertThat(asked("/info?")).isEqualTo("solo shop");
  }

  @Test
  void valuesAreReadAsWhatTheyAre() throws Exception {
    deployed("");
    set("/default/port", "41");
    set("/default/on", "true");
    set("/default/limits", "{:rows [1 2]}");
    set("/shared/a/b", "1");
    set("/shared/a/c/d", "2");
    set("/sharedness/x", "3");
    assertThat(asked("/number?port")).isEqualTo("42");
    assertThat(session.http().get("/number?on").statusCode()).isEqualTo(500);
    assertThat(asked("/bool?on")).isEqualTo("true");
    assertThat(asked("/edn?limits")).isEqualTo("{:rows [1 2]}");
    assertThat(asked("/at?/shared/")).isEqualTo("{a/b=1, a/c/d=2}");
    assertThat(asked("/at?/shared")).isEqualTo("{a/b=1, a/c/d=2}");
    assertThat(asked("/at?/nothing/")).isEqualTo("{}");
  }

  @Test
  void aSecretIsReadByCodeAndPrintedNowhere() throws Exception {
    deployed("");
    session.call("set-parameter", "path", "/default/pass", "value", SECRET, "secret", true);
    assertThat(asked("/text?pass")).isEqualTo(SECRET);
    assertThat(asked("/secret?pass")).isEqualTo("Secret[…] " + SECRET.length());
    deployed(" :check {:fn shop.App/ready}");
    stop();
    start();
    assertThat(asked("/text?pass")).isEqualTo(SECRET);

    StringBuilder said = new StringBuilder();
    said.append(Edn.print(session.call("parameters")))
        .append(Edn.print(session.call("parameter-history", "path", "/default/pass")))
        .append(Edn.print(session.call("status")));
    List<?> history = (List<?>) requireNonNull(session.call("deployments"));
    Map<Object, Object> failed =
        session.status(requireNonNull(get(history.getFirst(), "deployment")));
    assertThat((String) failed.get(kw("cause"))).contains("no login with •••");
    assertThat(String.valueOf(failed.get(kw("log")))).contains("using •••");
    said.append(Edn.print(failed));
    for (String query : List.of("[:find ?v :where [_ :parameter/value ?v]]")) {
      said.append(Edn.print(session.call(
          "q",
          "query",
          requireNonNull(Edn.read(query)),
          "args",
          List.of(valence.wire.DbValue.newest("valence-control")))));
    }
    assertThat(said.toString()).doesNotContain(SECRET).contains(":secret true");
    session.close();
    node.close();
    listener.flush();
    try (Stream<Path> files = Files.walk(directory.resolve("system"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(SECRET);
      }
    }
    assertThat(log.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains("valence.node") || line.contains("parameter")))
        .noneMatch(line -> line.contains(SECRET));
    assertThat(listener.getLevel()).isEqualTo(Level.INFO);
    start();
  }

  @Test
  void theHistorySaysWhoChangedWhat() {
    set("/default/x", "1");
    set("/default/x", "2");
    session.call("remove-parameter", "path", "/default/x", "asked-by", "Grace");
    List<?> history =
        (List<?>) requireNonNull(session.call("parameter-history", "path", "/default/x"));
    assertThat(history).hasSize(3);
    assertThat(get(history.get(0), "removed")).isEqualTo(true);
    assertThat(get(history.get(0), "by")).isEqualTo("Grace");
    assertThat(get(history.get(1), "value")).isEqualTo("2");
    assertThat(get(history.get(2), "value")).isEqualTo("1");
    assertThat(get(history.get(2), "by")).isEqualTo("Ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "/x", "/a//b", "/a/b/", "/a/ö", "/a/b c"})
  void aPathThatIsNoneIsRefused(String path) {
    assertThatThrownBy(() -> set(path, "1")).isInstanceOf(AnomalyException.class);
    assertThat((List<?>) session.call("parameters")).isEmpty();
  }

  @Test
  void withoutItsKeyASecretIsLeftOutAndTheRestIsThere() throws Exception {
    deployed("");
    set("/default/open", "yes");
    session.call("set-parameter", "path", "/default/pass", "value", SECRET, "secret", true);
    stop();
    Files.delete(directory.resolve("system/access/parameter-keys"));
    start();
    assertThat(asked("/text?open")).isEqualTo("yes");
    assertThat(asked("/text?pass")).isEqualTo("none");
  }
}
