package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;
import static valence.node.testing.NodeSession.sha;

import clojure.lang.Symbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.edn.Edn;
import valence.node.testing.NodeSession;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.ion.IonConfig;

/// Whichever door a call comes through, what it transacts says which revision, function and
/// request.
final class ProvenanceTest {
  private static final String APP = """
      package shop;

      import static valence.api.Valence.kw;

      import java.util.List;
      import java.util.Map;
      import valence.api.Db;
      import valence.api.Valence;
      import valence.ion.*;

      public final class App {
        private static void say(String door) {
          Valence.client(Map.of("server-type", kw("ion")))
              .connect("shop")
              .transact(List.of(Map.of(kw("door/name"), door)));
        }

        public static HttpResponse handle(HttpRequest request) {
          say("http");
          return HttpResponse.text(200, "said");
        }

        public static String invoked(String payload) { say("lambda"); return "null"; }
        public static String event(String payload) { say("source"); return "null"; }
        public static void triggered(Db after, List<?> rows) { say("trigger"); }
        public static List<?> said(Db db, String door) {
          return List.of(Map.of(kw("door/name"), door));
        }
      }
      """;

  private static final Map<String, String> FUNCTIONS = Map.of(
      "http", "shop.App/handle",
      "lambda", "shop.App/invoked",
      "source", "shop.App/event",
      "trigger", "shop.App/triggered",
      "transaction", "shop.App/said");

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
  }

  @AfterEach
  void stop() {
    session.close();
    node.close();
  }

  private void transact(Object data) {
    session.call("transact", "db-name", "shop", "tx-data", data);
  }

  /// What is said of each door's transaction: revision, function, request.
  private Map<Object, List<?>> said() {
    Object rows = session.call(
        "q",
        "query",
        "[:find ?door ?rev ?fn ?request :where [_ :door/name ?door ?tx]"
            + " [?tx :valence.tx/revision ?rev] [?tx :valence.tx/function ?fn]"
            + " [?tx :valence.tx/request ?request]]",
        "args",
        List.of(session.call("db", "db-name", "shop")));
    Map<Object, List<?>> said = new HashMap<>();
    for (Object row : (Collection<?>) rows) {
      said.put(((List<?>) row).getFirst(), (List<?>) row);
    }
    return said;
  }

  @Test
  void everyDoorsTransactionsSayWhichCodeMadeThem() throws IOException, InterruptedException {
    session.call("create-database", "db-name", "shop");
    transact(Edn.read("[{:db/ident :door/name :db/valueType :db.type/string"
        + " :db/cardinality :db.cardinality/one}]"));
    Path uploads = Files.createDirectory(directory.resolve("uploads"));
    session.push(
        sha("v1"),
        IonConfig.parse("""
            {:app-name "shop"
             :allow [shop.App/said]
             :http-direct {:handler-fn shop.App/handle}
             :lambdas {:invoked {:fn shop.App/invoked}}
             :sources {:uploads {:type :directory :path %s :fn shop.App/event}
                       :doors {:type :trigger :db "shop" :fn shop.App/triggered :find [?e]
                               :where [[?e :door/name "http"]]}}}
            """.formatted(Edn.print(uploads.toString()))),
        TestJar.compile(directory, "v1", Map.of("shop.App", APP)));
    assertThat(session.deploy(sha("v1"))).containsEntry(kw("deploy-status"), kw("succeeded"));

    assertThat(session.http().get("/").body()).isEqualTo("said");
    try (var api = new Requests(node.apiPort())) {
      assertThat(api.send("POST", "/2015-03-31/functions/solo-invoked/invocations", "{}")
              .statusCode())
          .isEqualTo(200);
    }
    transact(List.of(List.of(Symbol.intern("shop.App/said"), "transaction")));
    Files.writeString(uploads.resolve("file.csv"), "sku");

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!said().keySet().containsAll(FUNCTIONS.keySet()) && System.nanoTime() < deadline) {
      Thread.yield();
    }
    Map<Object, List<?>> said = said();
    FUNCTIONS.forEach((door, function) -> {
      assertThat(said).containsKey(door);
      assertThat(said.get(door).subList(1, 3)).as(door).isEqualTo(List.of(sha("v1"), function));
      assertThat(said.get(door).get(3)).as(door).isInstanceOf(String.class).isNotEqualTo("");
    });
    assertThat(said.values().stream().map(List::getLast).distinct().count())
        .as("requests, each its own")
        .isEqualTo(FUNCTIONS.size());
  }
}
