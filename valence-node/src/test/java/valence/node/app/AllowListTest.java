package valence.node.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.LiveQuery;
import valence.edn.Edn;
import valence.engine.local.LocalClient;
import valence.ion.AppInfo;
import valence.node.testing.MemorySystem;
import valence.node.testing.TestJar;
import valence.storage.memory.MemoryStorage;
import valence.wire.ion.IonConfig;

/// Whatever door a function's name comes through: what isn't listed isn't called.
final class AllowListTest {
  private static final String SOURCE = """
      package doors;

      import java.util.*;
      import valence.api.Db;

      public final class %s {
        public static long twice(long n) { return 2 * n; }
        public static boolean small(Object n) { return ((Number) n).longValue() < 100; }
        public static boolean ensured(Db db, long e) { return true; }
        public static Object sum(Collection<Long> all) {
          return all.stream().mapToLong(each -> each).sum();
        }
        public static List<?> add(Db db, long n) {
          return List.of(Map.of(valence.api.Valence.kw("item/count"), n));
        }
      }
      """;

  private static final String SCHEMA = """
      [{:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/NAME :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db.attr/preds doors.NAME/small}
       {:db/ident :spec/NAME :db.entity/preds doors.NAME/ensured}]""";

  @TempDir
  Path directory;

  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private final LocalClient client =
      new LocalClient(MemoryStorage.open(), new AllowedFunctions(serving), Clock.systemUTC());
  private Connection connection;

  @BeforeEach
  void open() throws IOException {
    Path jar = TestJar.compile(
        directory,
        "doors",
        Map.of(
            "doors.Listed", SOURCE.formatted("Listed"),
            "doors.Hidden", SOURCE.formatted("Hidden")));
    serving.swap(Application.load(
        new AppInfo("doors", "solo", "v1"),
        IonConfig.parse(
            "{:app-name \"doors\" :allow [doors.Listed/*] :xforms [doors.Listed/twice]}"),
        List.of(jar),
        MemorySystem.open()));
    client.createDatabase("doors");
    connection = client.connect("doors");
    connection.transact(SCHEMA.replace("NAME", "Listed"));
    connection.transact(SCHEMA.replace("NAME", "Hidden"));
    connection.transact("[{:item/count 1} {:item/count 2}]");
  }

  @AfterEach
  void close() {
    client.close();
    serving.close();
  }

  /// Each way to have a function of a class called.
  private Map<String, Supplier<Object>> doors(String name) {
    Db db = connection.db();
    String twice = "doors." + name + "/twice";
    String small = "doors." + name + "/small";
    Object rules = Edn.read("[[(r ?n ?m) [(" + twice + " ?n) ?m]]]");
    Map<String, Supplier<Object>> doors = new LinkedHashMap<>();
    doors.put(
        "function", () -> db.q("[:find ?m :where [_ :item/count ?n] [(" + twice + " ?n) ?m]]"));
    doors.put(
        "nested call",
        () -> db.q("[:find ?m :where [_ :item/count ?n] [(+ 1 (" + twice + " ?n)) ?m]]"));
    doors.put("predicate", () -> db.q("[:find ?n :where [_ :item/count ?n] [(" + small + " ?n)]]"));
    doors.put("not", () -> db.q("[:find ?n :where [_ :item/count ?n] (not [(" + small + " ?n)])]"));
    doors.put(
        "or",
        () -> db.q(
            "[:find ?n :where [_ :item/count ?n] (or [(" + small + " ?n)] [(" + small + " ?n)])]"));
    doors.put("rule", () -> db.q("[:find ?m :in $ % :where [_ :item/count ?n] (r ?n ?m)]", rules));
    doors.put(
        "aggregate", () -> db.q("[:find (doors." + name + "/sum ?n) :where [_ :item/count ?n]]"));
    doors.put(
        "nested query",
        () -> db.q("[:find ?r :where [(q [:find ?m :where [_ :item/count ?n] [(" + twice
            + " ?n) ?m]] $) ?r]]"));
    doors.put(
        "qseq",
        () -> List.copyOf(db.qseq(valence.api.QueryRequest.of(
            "[:find ?m :where [_ :item/count ?n] [(" + twice + " ?n) ?m]]", db))));
    doors.put(
        "pull in find",
        () ->
            db.q("[:find (pull ?e [(:item/count :xform " + twice + ")]) :where [?e :item/count]]"));
    doors.put(
        "pull",
        () -> db.pull(
            "[(:item/count :xform " + twice + ")]",
            db.<Long>q("[:find ?e . :where [?e :item/count 1]]")));
    doors.put("transaction function", () -> connection.transact("[[doors." + name + "/add 5]]"));
    doors.put("with", () -> db.with("[[doors." + name + "/add 5]]"));
    doors.put("attribute predicate", () -> connection.transact("[{:item/" + name + " 5}]"));
    doors.put(
        "entity predicate",
        () -> connection.transact("[{:item/count 9 :db/ensure :spec/" + name + "}]"));
    doors.put("live query", () -> {
      try (LiveQuery live =
          connection.live("[:find ?m :where [_ :item/count ?n] [(" + twice + " ?n) ?m]]")) {
        return live.next(Duration.ofSeconds(20)).orElseThrow();
      }
    });
    return doors;
  }

  @Test
  void whatIsListedIsCalledThroughEachDoor() {
    doors("Listed").forEach((door, call) -> assertThat(call.get()).as(door).isNotNull());
  }

  @Test
  void whatIsntListedIsRefusedAtEachDoor() {
    doors("Hidden").forEach((door, call) -> {
      AnomalyException refused = catchThrowableOfType(AnomalyException.class, call::get);
      assertThat(refused).as(door).isNotNull();
      assertThat(refused.anomaly().category()).as(door).isEqualTo(Anomaly.Category.FORBIDDEN);
      assertThat(refused.getMessage()).as(door).contains("doors.Hidden/");
    });
    assertThat(connection.db().<Object>q("[:find (count ?e) . :where [?e :item/count]]"))
        .isEqualTo(2L);
  }
}
