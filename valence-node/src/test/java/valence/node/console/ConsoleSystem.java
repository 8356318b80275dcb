package valence.node.console;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.storage.place.Place;

/// A node with people, teams and many numbers, for the console to show.
final class ConsoleSystem implements AutoCloseable {
  /// How many numbers there are.
  static final int NUMBERS = 12_000;

  /// A value that is harmless as long as it is text.
  static final String MARKUP = "<img src=x onerror=\"document.title='taken'\"><script>1</script>";

  private static final int BATCH = 3_000;

  final Node node;
  private final NodeClient client;

  ConsoleSystem(Path directory) {
    node = Node.start(config(directory));
    client = NodeClient.connect(URI.create("http://127.0.0.1:" + node.apiPort()));
  }

  static NodeConfig config(Path directory) {
    return new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
  }

  String address(String place) {
    return "http://127.0.0.1:" + node.apiPort() + "/console/" + place;
  }

  @Nullable Object call(String operation, Map<String, ?> request) {
    Map<Keyword, Object> keyed = new LinkedHashMap<>();
    request.forEach((key, value) -> keyed.put(kw(key), value));
    return client.call(operation, keyed);
  }

  void transact(String database, String txData) {
    call(
        "transact",
        Map.of("db-name", database, "tx-data", java.util.Objects.requireNonNull(Edn.read(txData))));
  }

  /// Makes the database `team`: t 1 is its schema, t 2 its people, t 3 and 4 change one of them.
  void makeTeam() {
    call("create-database", Map.of("db-name", "team"));
    transact("team", """
        [{:db/ident :person/name :db/valueType :db.type/string
          :db/cardinality :db.cardinality/one :db/unique :db.unique/identity
          :db/doc "What a person is called."}
         {:db/ident :person/role :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :person/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :team/name :db/valueType :db.type/string
          :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
         {:db/ident :team/members :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :number/value :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
        """);
    transact("team", """
        [{:db/id "ada" :person/name "Ada" :person/role "engineer" :person/friend "bo"}
         {:db/id "bo" :person/name "Bo" :person/role %s}
         {:team/name "Core" :team/members ["ada" "bo"]}]
        """.formatted(Edn.print(MARKUP)));
    transact("team", """
        [{:db/id [:person/name "Ada"] :person/role "architect"}
         {:db/id "datomic.tx" :valence.tx/revision "0123456789abcdef0123456789abcdef01234567"
          :valence.tx/function "team.People/promote"}]
        """);
    transact("team", "[[:db/retract [:person/name \"Ada\"] :person/friend [:person/name \"Bo\"]]]");
  }

  /// Makes the database `numbers`, with [#NUMBERS] of them.
  void makeNumbers() {
    call("create-database", Map.of("db-name", "numbers"));
    transact("numbers", """
        [{:db/ident :number/value :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
        """);
    for (int i = 0; i < NUMBERS; i += BATCH) {
      StringBuilder txData = new StringBuilder("[");
      for (int j = i; j < i + BATCH; j++) {
        txData.append("{:number/value ").append(j).append('}');
      }
      transact("numbers", txData.append(']').toString());
    }
  }

  @Override
  public void close() {
    client.close();
    node.close();
  }
}
