package valence.datomic;

import static org.assertj.core.api.Assertions.assertThat;

import clojure.java.api.Clojure;
import clojure.lang.IFn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.storage.place.Place;

/// The program `valence.datomic-test`, in this process and against a node.
final class DatomicClientTest {
  @TempDir
  Path directory;

  private static void run(String clientMap) {
    IFn require = Clojure.var("clojure.core", "require");
    require.invoke(Clojure.read("clojure.test"));
    require.invoke(Clojure.read("valence.datomic-test"));
    Object result = Clojure.var("clojure.core", "eval")
        .invoke(Clojure.read("(binding [valence.datomic-test/*client-map* " + clientMap
            + "] (clojure.test/run-tests (quote valence.datomic-test)))"));
    assertThat(result).isInstanceOfSatisfying(Map.class, counts -> {
      assertThat(counts.get(Clojure.read(":fail")))
          .as("failures; see the output")
          .isEqualTo(0L);
      assertThat(counts.get(Clojure.read(":error")))
          .as("errors; see the output")
          .isEqualTo(0L);
      assertThat((Long) counts.get(Clojure.read(":pass"))).isGreaterThan(20L);
    });
  }

  @Test
  void programsRunInProcess() {
    run("{:server-type :datomic-local :system \"here\" :storage-dir :mem}");
    run("{:server-type :local :storage-dir \"" + directory.resolve("store") + "\"}");
  }

  @Test
  void programsRunAgainstANode() {
    try (Node node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)))) {
      String endpoint = "127.0.0.1:" + node.apiPort();
      run("{:server-type :remote :endpoint \"http://" + endpoint + "\"}");
      run("{:server-type :peer-server :endpoint \"" + endpoint + "\"}");
      run("{:server-type :cloud :system \"test\" :endpoint \"http://" + endpoint + "\"}");
    }
  }
}
