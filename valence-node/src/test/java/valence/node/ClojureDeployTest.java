package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;
import static valence.node.testing.NodeSession.sha;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.testing.NodeSession;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.ion.IonConfig;

/// What a deployment of a Clojure application compares, whose functions say what they take when
/// they are loaded.
final class ClojureDeployTest {
  private static final String CONFIG =
      "{:app-name \"shop\" :allow [shop.stock/*] :xforms [shop.view/shown]}";

  @TempDir
  Path directory;

  private Node node;
  private NodeSession session;

  @BeforeEach
  void start() {
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
    session.call("create-database", "db-name", "shop");
  }

  @AfterEach
  void stop() {
    session.close();
    node.close();
  }

  private Map<Object, Object> deploy(String version, String stock, Object... options)
      throws IOException {
    Path jar = TestJar.of(
        directory,
        version,
        Map.of(
            "shop/stock.clj",
            "(ns shop.stock)\n" + stock,
            "shop/view.clj",
            "(ns shop.view)\n(defn shown [x] (str x))"));
    session.push(sha(version), IonConfig.parse(CONFIG), jar);
    return session.deploy(sha(version), options);
  }

  private Object doubled(String call) {
    return session.call(
        "q",
        "query",
        "[:find ?x . :where [?e :db/ident :db/ident] [(shop.stock/" + call + ") ?x]]",
        "args",
        List.of(session.call("db", "db-name", "shop")));
  }

  private static List<String> texts(Map<Object, Object> status, String key) {
    return status.get(kw(key)) instanceof Collection<?> all
        ? all.stream().map(String::valueOf).toList()
        : List.of();
  }

  @Test
  void functionsThatGoOrTakeOtherArgumentsAreRefused() throws Exception {
    assertThat(deploy("v1", """
            (defn twice ([n] (twice n 2)) ([n times] (* n times)))
            (defn sum [n & more] (apply + n more))
            (defn level [sku] 7)
            (def cached (memoize (fn [x] x)))
            (defn- hidden [x] x)
            """)).containsEntry(kw("deploy-status"), kw("succeeded"));
    assertThat(doubled("twice 4")).isEqualTo(8L);

    String changed = """
        (defn twice [n times] (* n times))
        (defn sum [n m & more] (apply + n m more))
        (def cached (memoize (fn [x] x)))
        """;
    Map<Object, Object> refused = deploy("v2", changed);
    assertThat(refused).containsEntry(kw("deploy-status"), kw("failed"));
    assertThat(texts(refused, "objections"))
        .containsExactlyInAnyOrder(
            "shop.stock/twice takes (n, times), and no longer (n).",
            "shop.stock/sum takes (n, m, more…), and no longer (n, more…).",
            ":allow had shop.stock/level, which would be gone.");
    assertThat((String) refused.get(kw("cause"))).contains("shop.stock/level", "--force");
    assertThat(doubled("twice 4")).isEqualTo(8L);

    Map<Object, Object> forced = deploy("v2", changed, "force", true);
    assertThat(forced).containsEntry(kw("deploy-status"), kw("succeeded"));
    assertThat(texts(forced, "objections")).hasSize(3);
    assertThat(doubled("twice 4 3")).isEqualTo(12L);

    Map<Object, Object> wider = deploy("v3", """
        (defn twice ([n] n) ([n times] (* n times)))
        (defn sum [& all] (apply + all))
        (defn cached [x & more] x)
        (defn added [] 1)
        """);
    assertThat(wider).containsEntry(kw("deploy-status"), kw("succeeded"));
    assertThat(texts(wider, "objections")).isEmpty();
    assertThat(doubled("added")).isEqualTo(1L);
  }
}
