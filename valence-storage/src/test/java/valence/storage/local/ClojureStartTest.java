package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import clojure.lang.PersistentList;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.storage.embedded.EmbeddedStorage;

/// A database does all its work with clojure.core unloaded, seen from the log of a JVM of its own:
/// a start of most of a second, and megabytes, that nobody has asked for.
class ClojureStartTest {
  /// What the JVM runs.
  public static final class Program {
    private static final String SCHEMA = """
        [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one
          :db/index true}
         {:db/ident :p/size :db/valueType :db.type/double :db/cardinality :db.cardinality/one}
         {:db/ident :p/worth :db/valueType :db.type/bigdec :db/cardinality :db.cardinality/one}
         {:db/ident :p/count :db/valueType :db.type/bigint :db/cardinality :db.cardinality/one}
         {:db/ident :p/likes :db/valueType :db.type/keyword :db/cardinality :db.cardinality/many}
         {:db/ident :p/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :p/house :db/valueType :db.type/ref :db/cardinality :db.cardinality/one
          :db/isComponent true}
         {:db/ident :p/point :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
          :db/tupleTypes [:db.type/long :db.type/string]}
         {:db/ident :p/key :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
          :db/tupleAttrs [:p/name :p/age] :db/unique :db.unique/value}]""";

    private static final List<String> QUERIES = List.of(
        "[:find ?n ?a :where [?e :p/name ?n] [?e :p/age ?a]]",
        "[:find (pull ?e [*]) . :where [?e :p/name \"Ann\"]]",
        "[:find ?n (count ?f) (sum ?a) (avg ?a) (median ?a) (variance ?a) (min 2 ?a) (max ?a)"
            + " (distinct ?a) (count-distinct ?a) (sample 2 ?a)"
            + " :where [?e :p/name ?n] [?e :p/friend ?f] [?f :p/age ?a]]",
        "[:find ?a ?b ?c :where [?e :p/age ?a] [(+ ?a 1.5) ?b] [(* 2M 3 ?a) ?c]]",
        "[:find ?e ?s :where [?e :p/age ?a] [(hash-set ?a 1 2N) ?s] [(contains? #{:x 1} ?a)]]",
        "[:find ?a ?y :where [?e :p/age ?a] [(#{1 7 :x} ?a 0) ?y] [({1 :a 2.5 :b} ?a :c) ?z]]",
        "[:find ?m ?k :where [?e :p/age ?a] [(hash-map ?a 1 [?a] 2) ?m] [(get ?m ?a) ?k]]",
        "[:find ?f ?g :where [_ :p/point ?t] [(frequencies ?t) ?f] [(group-by odd? [1 2 3]) ?g]]",
        "[:find ?u ?s :where [_ :p/age ?a] [(clojure.set/union #{1 ?a} #{2.5}) ?u] [(str ?u) ?s]]",
        "[:find ?a ?q :where [_ :p/count ?a] [(quot ?a 3) ?q] [(> ?q 0.5)] [(!= ?q 1M)]]",
        "[:find ?t ?x :where [_ :p/point ?t] [(untuple ?t) [?x _]] [(tuple ?x ?t) ?y]]",
        "[:find ?n "
            + ":where [?e :p/name ?n] (not [?e :p/friend]) [(clojure.string/join \",\" [1 2])]]",
        "[:find ?x :where [(q [:find ?a ?b :where [?e :p/age ?a] [?e :p/size ?b]] $) [[?x _]]]]",
        "[:find ?n "
            + ":where (or-join [?e ?n] [?e :p/likes ?n] (and [?f :p/friend ?e] [?f :p/name ?n]))]",
        "[:find ?k ?s :keys k s :with ?e :where [?e :p/size ?s] [?e :p/key ?k]]",
        "[:find [?v ...] :where [?e :p/name \"Ann\"] [?e :p/likes ?v]]",
        "[:find ?a :where [?e ?at 30] [?at :db/ident ?a] [(get-else $ ?e :p/size 0.0) ?s]]");

    private static final List<String> MISTAKES = List.of(
        "[:find ?x :where [_ :p/point ?t] [(inc ?t) ?x]]",
        "[:find ?x :where [_ :p/point ?t] [(odd? ?t) ?x]]",
        "[:find ?x :where [_ :p/point ?t] [(compare ?t 5) ?x]]",
        "[:find ?x :where [_ :p/point ?t] [(no/such ?t) ?x]]",
        "[:find ?x :where [_ :p/point ?t] [(\"text\" ?t) ?x]]",
        "[:find ?x :where [_ :p/point ?t] [(+ ?t {1 2}) [?x ?y]]]",
        "[:find ?x :where [(ground 5) [?x ?y]]]",
        "[:find ?x ?y :where [?x :p/name {1 2}]]",
        "[:find {1 2} :where [?x]]",
        "[:find ?x :in $ [?x [?y {3 4}]] :where [?x]]");

    private static final List<String> MISTAKEN_TX_DATA = List.of(
        "[[:db/add \"a\" :p/age \"old\"]]",
        "[[:db/add \"a\" :p/age [1 2]]]",
        "[[:db/add [1 2] :p/age 5]]",
        "[[:db/add #{1} :p/age 5]]",
        "[{:p/point [1 2 3]}]",
        "[{:p/nonsense {1 2}}]",
        "[(5 6 7)]",
        "[[:db/cas [:p/name \"Ann\"] :p/age 5 6]]",
        "{1 2}");

    private Program() {}

    public static void main(String[] arguments) {
      try (Client client = new LocalClient(
          EmbeddedStorage.open(Path.of(arguments[0])),
          FunctionResolver.none(),
          Clock.systemUTC())) {
        client.createDatabase("people");
        Connection connection = client.connect("people");
        transact(connection);
        query(connection.db());
        read(connection);
        refuse(connection);
      }
      try (Client again = new LocalClient(
          EmbeddedStorage.open(Path.of(arguments[0])),
          FunctionResolver.none(),
          Clock.systemUTC())) {
        query(again.connect("people").db());
      }
    }

    private static void transact(Connection connection) {
      connection.transact(SCHEMA);
      connection.transact("""
          [{:db/id "ann" :p/name "Ann" :p/age 30 :p/size 1.5 :p/worth 5.50M :p/count 12N
            :p/likes #{:tea :art} :p/friend ["bob" {:p/name "Cat" :p/age 7 :p/size -0.0}]
            :p/house {:db/ident :houses/first :p/age 100} :p/point [3 nil]}
           (:db/add "bob" :p/name "Bob") [:db/add "bob" :p/age 40] {:db/id "datomic.tx"}]""");
      List<?> ann = list(Keyword.intern("p", "name"), "Ann");
      connection.transact(list(
          list(Keyword.intern("db", "add"), ann, Keyword.intern("p", "age"), 31L),
          Map.of(
              Keyword.intern("db", "id"),
              ann,
              Keyword.intern("p", "likes"),
              List.of(Keyword.intern("x"), Keyword.intern("y")))));
      connection.transact("""
          [[:db/cas [:p/name "Ann"] :p/age 31 30] (:db/retract (:p/name "Ann") :p/likes :x)
           [:db/retractEntity (:p/name "nobody")]
           {:p/name "Dan" :p/age 30 :p/friend [(:p/name "Ann") [:p/name "Bob"]]}]""");
    }

    /// A list as programs in Clojure make it, which those of the reader are not.
    private static List<?> list(Object... items) {
      return (List<?>) PersistentList.create(List.of(items));
    }

    private static void query(Db db) {
      for (String query : QUERIES) {
        Object result = db.q(query);
        show(result);
      }
      show(db.q(
          "[:find ?e ?n :in $ % [?n ...] [[?x ?y]] :where (older ?e ?n) [(< ?x ?y)]]",
          Edn.read("[[(older ?e ?n) [?e :p/age ?a] [(> ?a ?n)]]"
              + " [(older ?e ?n) [?f :p/friend ?e] (older ?f ?n)]]"),
          Set.of(5L, 6L),
          list(list(1L, 2.5), list(3L, BigInteger.TEN))));
      show(db.q(
          "[:find ?n :in $ ?e :where [?e :p/name ?n]]", list(Keyword.intern("p", "name"), "Ann")));
    }

    private static void read(Connection connection) {
      Db db = connection.db();
      List<?> ann = list(Keyword.intern("p", "name"), "Ann");
      for (String pattern : List.of(
          "[*]",
          "[\"*\"]",
          "[:db/id {:p/friend ...} {:p/_friend 2} {:p/house [*]}]",
          "[(:p/age :as 5) (:p/size :as [1 2]) (limit :p/friend 1) (:p/none :default {1 2})]",
          "[(:p/likes :as 1) (:p/point :as 2) :p/key :p/name :p/worth :p/count :p/age :p/house"
              + " :p/friend :p/size :db/id]")) {
        show(db.pull(pattern, ann));
      }
      show(db.pull(list(Keyword.intern("p", "age")), ann));
      show(db.indexPull(Index.AVET, "[:p/age]", List.of(Keyword.intern("p", "age"), 5), false)
          .toList());
      show(db.datoms(Index.EAVT, ann).toList());
      show(db.seekDatoms(Index.AVET, Keyword.intern("p", "age"), 30).toList());
      show(db.indexRange(Keyword.intern("p", "age"), 5, 35L).toList());
      show(db.history().datoms(Index.AEVT, Keyword.intern("p", "age")).toList());
      show(db.asOf(db.basisT() - 1).q(QUERIES.get(0)));
      show(db.since(2).q("[:find ?e ?v :where [?e :p/age ?v]]"));
      show(db.with("[{:p/name \"Eve\" :p/likes [:tea]}]").txData());
      show(connection.txRange(null, null).toList());
      show(db.stats());
    }

    private static void refuse(Connection connection) {
      for (String query : MISTAKES) {
        try {
          show(connection.db().q(query));
        } catch (AnomalyException refused) {
          show(refused.anomaly().toMap());
        }
      }
      for (String txData : MISTAKEN_TX_DATA) {
        try {
          connection.transact(txData);
        } catch (AnomalyException refused) {
          show(refused.anomaly().toMap());
        }
      }
    }

    private static void show(@Nullable Object value) {
      System.out.println("> " + Edn.print(value));
    }
  }

  @Test
  void aDatabaseWorksWithoutClojureCore(@TempDir Path directory) throws Exception {
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Xlog:class+init=info",
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .start();
    String log;
    try (var output = process.inputReader()) {
      log = String.join("\n", output.readAllLines());
    }
    assertEquals(0, process.waitFor(), () -> log.replaceAll("(?m)^\\[.*\n", ""));
    // The first shows that the log would tell.
    assertTrue(log.contains("Initializing 'clojure/lang/Keyword'"));
    for (String name : List.of("RT", "Var", "Numbers")) {
      assertFalse(log.contains("Initializing 'clojure/lang/" + name + "'"), name);
    }
  }
}
