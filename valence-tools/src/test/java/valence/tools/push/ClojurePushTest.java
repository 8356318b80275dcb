package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static valence.api.Valence.kw;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Valence;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.storage.place.Place;
import valence.tools.deploy.Deployment;
import valence.tools.testing.LocalRepository;
import valence.tools.testing.ToolsDeps;
import valence.wire.ion.Artifact;

/// Pushes of applications of a deps.edn, out of real git repositories, resolved by the real
/// tools.deps.
class ClojurePushTest {
  private static final String CONFIG = "{:app-name \"sums\" :allow [sums.core/total]}";

  @TempDir
  private Path temporary = Path.of("");

  private Path repository = temporary;
  private TestRepository sums = new TestRepository(temporary);

  @BeforeEach
  void anApplication() throws IOException {
    ToolsDeps.share();
    repository = LocalRepository.share();
    sums = new TestRepository(temporary.resolve("sums"));
    sums.init();
    sums.write("src/sums/core.clj", "(ns sums.core)\n(defn total [xs] (reduce + xs))\n");
    sums.write("resources/ion-config.edn", CONFIG);
    sums.write("test/sums/core_test.clj", "(ns sums.core-test)");
  }

  private void deps(String deps) throws IOException {
    sums.write(
        "deps.edn",
        "{:paths [\"src\" \"resources\"] :deps " + deps
            + " :aliases {:test {:extra-paths [\"test\"]"
            + " :extra-deps {no.such/library {:mvn/version \"1.0\"}}}}}");
    sums.commit();
  }

  private Pushed push(TestSystem system) {
    try (NodeClient client = NodeClient.connect(system.address())) {
      return new Push(client, _ -> {}).commit(sums.folder());
    }
  }

  private Map<String, byte[]> files(TestSystem system, Pushed pushed, String jar)
      throws IOException {
    Artifact artifact = pushed.parts().stream()
        .map(Pushed.Part::artifact)
        .filter(part -> part.name().equals(jar))
        .findFirst()
        .orElseThrow();
    Map<String, byte[]> files = new java.util.TreeMap<>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(
        java.util.Objects.requireNonNull(system.artifacts.get(artifact.id()))))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
    return files;
  }

  @Test
  void pathsGitAndMavenLibrariesGoAndAliasesDoNot() throws IOException {
    var money = new TestRepository(temporary.resolve("money"));
    money.init();
    money.write("deps.edn", "{:paths [\"src\"]}");
    money.write("src/money/core.cljc", "(ns money.core)\n(def pence 100)\n");
    money.write("README.md", "Not on the class path.");
    money.commit();
    String sha = money.git("rev-parse", "HEAD");
    deps("{org.clojure/data.json {:mvn/version \"2.5.2\"} io.github.ada/money {:git/url \"file://"
        + money.folder() + "\" :git/sha \"" + sha + "\"}}");
    try (var system = new TestSystem()) {
      Pushed pushed = push(system);
      assertThat(pushed.rev()).isEqualTo(sums.git("rev-parse", "HEAD"));
      String packed = "money-" + sha.substring(0, 7) + ".jar";
      assertThat(pushed.parts().stream().map(part -> part.artifact().name()))
          .contains("sums.jar", packed, "data.json-2.5.2.jar")
          .anyMatch(name -> name.startsWith("clojure-1.12.")); // as tools.deps has it by default
      assertThat(files(system, pushed, "sums.jar").keySet())
          .isEqualTo(new TreeSet<>(List.of("ion-config.edn", "sums/core.clj")));
      assertThat(files(system, pushed, packed).keySet()).containsExactly("money/core.cljc");
      assertThat(push(system).moved()).isEmpty();
      try (var other = new TestSystem()) { // the same bytes, built again
        push(other);
        assertThat(other.artifacts.keySet()).isEqualTo(system.artifacts.keySet());
      }
    }
  }

  @Test
  void whatIsNotInTheCommitNeedsAName() throws IOException {
    var local = new TestRepository(temporary.resolve("local"));
    local.init();
    local.write("deps.edn", "{:paths [\"src\"]}");
    local.write("src/local/core.clj", "(ns local.core)");
    deps("{my/local {:local/root \"" + local.folder()
        + "\"} a/b {:mvn/version \"1.0-SNAPSHOT\"} c/d {:mvn/version \"[1.0,2.0)\"}}");
    try (var system = new TestSystem()) {
      assertThatThrownBy(() -> push(system))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("a library by its folder: my/local, " + local.folder())
          .hasMessageContaining("a version that isn't fixed: a/b 1.0-SNAPSHOT")
          .hasMessageContaining("a version that isn't fixed: c/d [1.0,2.0)");
      deps("{my/local {:local/root \"" + local.folder() + "\"}}");
      try (NodeClient client = NodeClient.connect(system.address())) {
        Pushed pushed = new Push(client, _ -> {}).folder(sums.folder(), "try");
        assertThat(pushed.rev()).isEqualTo("unreproducible/try");
        assertThat(files(system, pushed, "local-local.jar").keySet())
            .containsExactly("local/core.clj");
      }
    }
  }

  @Test
  void whatCannotBeResolvedIsSaidInSentences() throws IOException {
    deps("{io.github.ada/gone {:git/url \"file:///no/such/place\""
        + " :git/sha \"0123456789012345678901234567890123456789\"}}");
    try (var system = new TestSystem()) {
      assertThatThrownBy(() -> push(system))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("The libraries of deps.edn can't be resolved:")
          .hasMessageContaining("/no/such/place");
      sums.write("deps.edn", "{:deps [");
      sums.commit();
      assertThatThrownBy(() -> push(system)).hasMessageContaining("deps.edn can't be read");
      sums.write("deps.edn", "{:deps []}");
      sums.commit();
      assertThatThrownBy(() -> push(system)).hasMessageContaining("no map with a map of libraries");
    }
  }

  @Test
  void theExampleIsPushedDeployedAndAnswersThroughEveryEntryPoint() throws Exception {
    assumeTrue(
        Files.isDirectory(repository.resolve("dev/valence/valence-datomic-client")),
        "There is no valence-datomic-client in the local repository yet. Run mvn verify.");
    var lending = new TestRepository(temporary.resolve("lending"));
    lending.init();
    copy(Path.of("..", "examples", "lending"), lending.folder());
    lending.commit();
    Path system = temporary.resolve("system");
    try (Node node = Node.start(new NodeConfig(
            "test",
            system,
            new Place.Directory(system.resolve("store")),
            "solo",
            "127.0.0.1",
            0,
            0,
            Duration.ofSeconds(10)));
        NodeClient client = NodeClient.connect(uri(node.apiPort(), ""));
        HttpClient http = HttpClient.newHttpClient()) {
      Pushed pushed = new Push(client, _ -> {}).commit(lending.folder());
      Deployment.Status deployed = Deployment.start(client, "solo", "lending", pushed.rev())
          .await(Duration.ofMinutes(2), _ -> {});
      assertThat(deployed.outcome())
          .as(deployed.data().toString())
          .isEqualTo(Deployment.Outcome.SUCCEEDED);

      URI lambda = uri(node.apiPort(), "/2015-03-31/functions/solo-add-books/invocations");
      String books = "[{\"isbn\":\"1\",\"title\":\"Sylvie\"},{\"isbn\":\"2\",\"title\":\"Bruno\"}]";
      assertThat(post(http, lambda, books).body()).isEqualTo("{\"added\":2}");

      URI lend = uri(node.httpPort(), "/lend");
      String ada = "{\"isbn\":\"1\",\"reader\":\"Ada\",\"days\":-2}";
      assertThat(post(http, lend, ada).statusCode()).isEqualTo(200);
      HttpResponse<String> twice = post(http, lend, ada);
      assertThat(twice.statusCode()).isEqualTo(409);
      assertThat(twice.body()).isEqualTo("{\"error\":\"Sylvie is lent to Ada.\"}");
      assertThat(get(http, uri(node.httpPort(), "/lent")))
          .contains("\"title\":\"Sylvie\"", "\"lent-to\":\"A.\"");
      assertThat(get(http, uri(node.httpPort(), "/overdue"))).isEqualTo("[[\"Sylvie\",\"Ada\"]]");

      try (valence.api.Client remote = Valence.client(Map.of(
          kw("server-type"),
          kw("remote"),
          kw("endpoint"),
          uri(node.apiPort(), "").toString()))) {
        Connection connection = remote.connect("lending");
        assertThatThrownBy(() -> connection.transact(
                Edn.read("[(lending.loans/lend \"1\" \"Bob\" #inst \"2030-01-01\")]")))
            .isInstanceOf(AnomalyException.class)
            .hasMessageContaining("Sylvie is lent to Ada.");
        connection.transact(Edn.read("[(lending.loans/give-back \"1\")]"));
        assertThatThrownBy(() -> connection
                .db()
                .<Object>q("[:find ?r :where [_ :book/title ?l] [(lending.query/initial ?l) ?r]]"))
            .hasMessageContaining("is not allowed by ion-config.edn");
        assertThatThrownBy(() -> connection.transact(Edn.read("[(lending.loans/lend \"1\")]")))
            .hasMessageContaining("Expected [db isbn reader due].");
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static HttpResponse<String> post(HttpClient http, URI uri, String body)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String get(HttpClient http, URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
