package valence.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.storage.memory.MemoryStorage;
import valence.testing.Fuzz;

/// Queries, pull patterns and tx-data that are anything at all: answered, or refused in words.
final class StatementsFuzzTest {
  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final long QUERY_BYTES_MAX = 32L << 20;

  /// What a query may allocate in its time, all of it put together.
  private static final long ALLOCATED_BYTES = 8L << 30;

  private static final Client CLIENT =
      new LocalClient(MemoryStorage.open(), FunctionResolver.none(), Clock.systemUTC());
  private static Db db;

  @BeforeAll
  static void fill() {
    CLIENT.createDatabase("fuzz");
    Connection connection = CLIENT.connect("fuzz");
    connection.transact("""
        [{:db/ident :n/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :n/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
         {:db/ident :n/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :n/part :db/valueType :db.type/ref :db/cardinality :db.cardinality/many
          :db/isComponent true}
         {:db/ident :n/price :db/valueType :db.type/bigdec :db/cardinality :db.cardinality/one}
         {:db/ident :n/at :db/valueType :db.type/instant :db/cardinality :db.cardinality/one}
         {:db/ident :n/pair :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
          :db/tupleTypes [:db.type/long :db.type/string]}]""");
    connection.transact("""
        [{:db/id "a" :n/name "ann" :n/age 7 :n/friend ["b" "c"] :n/price 1.50M :n/pair [1 "x"]}
         {:db/id "b" :n/name "bob" :n/age 9 :n/friend "a" :n/part {:n/age 1}
          :n/at #inst "2026-01-01"}
         {:db/id "c" :n/name "cy" :n/age 9}]""");
    db = connection.db();
  }

  @AfterAll
  static void close() {
    CLIENT.close();
  }

  private static Object form(byte[] input) {
    Object form = Edn.read(new String(input, UTF_8));
    return form == null ? Map.of() : form;
  }

  private static final List<String> QUERIES = List.of(
      "[:find ?n (count ?f) (sum ?a) :with ?e :in $ [?a ...]"
          + " :where [?e :n/name ?n] [?e :n/friend ?f] [?f :n/age ?a] [(< ?a 100)]]",
      "[:find (pull ?e [:n/name {:n/friend 2} (limit :n/part 1)]) . :in $ _ :where [?e :n/age 9]"
          + " (not [?e :n/friend]) (or [?e :n/name \"cy\"] (and [?e :n/price ?p] [(> ?p 1.0M)]))]",
      "{:find [[?n ...]] :in [$ _] :where [[?e :n/name ?n] [(str ?n \"-\" ?n) ?s]"
          + " [(get-else $ ?e :n/age 0) ?a] [(ground [[1 2] [3 4]]) [[?x ?y]]]"
          + " (not-join [?e] [?e :n/at ?t ?tx true]) [(missing? $ ?e :n/price)]]}",
      "[:find [?min ?max] :in $ _ :keys a b :where [_ :n/age ?v] [(tuple ?v ?v) ?t]"
          + " [(untuple ?t) [?min ?max]] (or-join [?v] [?z :n/age ?v])]",
      "[:find (min 2 ?v) (median ?v) (sample 1 ?v) (distinct ?v) :in $ _ :limit 5 :offset 1"
          + " :timeout 100 :where [?e ?a ?v] [?a :db/ident :n/age]]");

  @Test
  void queries() {
    new Fuzz("query", 1_500)
        .allocating(ALLOCATED_BYTES)
        .run(
            QUERIES,
            input -> db.q(QueryRequest.of(form(input), db, List.of(1, 9))
                .withTimeout(LIMIT)
                .withMemory(QUERY_BYTES_MAX)));
  }

  @Test
  void rulesAndInputs() {
    String query = "[:find ?a ?b :in $ % [[?a _] ...] ?m :where (near ?a ?b) [(get ?m ?b 1) _]]";
    new Fuzz("query-inputs", 1_000)
        .allocating(ALLOCATED_BYTES)
        .run(
            List.of(
                "[[[(near ?x ?y) [?x :n/friend ?y]] [(near ?x ?y) [?x :n/friend ?z] (near ?z ?y)]]"
                    + " [[1 2] [[:n/name \"ann\"] 3]] {17592186045418 1}]"),
            input -> {
              List<?> given = form(input) instanceof List<?> list ? list : List.of();
              Object[] inputs = new Object[4];
              inputs[0] = db;
              for (int i = 1; i < inputs.length; i++) {
                inputs[i] = i <= given.size() ? given.get(i - 1) : null;
              }
              db.q(QueryRequest.of(query, inputs).withTimeout(LIMIT).withMemory(QUERY_BYTES_MAX));
            });
  }

  @Test
  void pullPatterns() {
    new Fuzz("pull-pattern", 1_500)
        .allocating(ALLOCATED_BYTES)
        .run(
            List.of(
                "[* :n/name {:n/friend [:n/age {:n/part ...}]} [:n/_friend :as \"fans\" :limit 2]]",
                "[(:n/age :default 7) (limit :n/friend nil) {[:n/friend :limit 1] 3} :db/id]",
                "[[:n/name :xform str] {(default :n/part []) [*]} \"n/age\"]"),
            input -> db.pull(form(input), List.of(Edn.read(":n/name"), "ann")));
  }

  @Test
  void entities() {
    new Fuzz("entity-id", 1_000)
        .run(
            List.of("[:n/name \"bob\"]", ":n/age", "17592186045418", "\"n/age\"", "[:n/age 9]"),
            input -> db.pull("[*]", form(input)));
  }

  @Test
  void transactions() {
    new Fuzz("tx-data", 1_500)
        .run(
            List.of(
                "[{:db/id \"x\" :n/name \"dan\" :n/friend [[:n/name \"ann\"] {:n/name \"eve\"}]}"
                    + " [:db/add \"x\" :n/age 5] [:db/retract [:n/name \"bob\"] :n/age 9]"
                    + " [:db/cas [:n/name \"ann\"] :n/age 7 8] [:db/retractEntity \"y\"]]",
                "[{:db/ident :n/new :db/valueType :db.type/keyword :db/index true"
                    + " :db/cardinality :db.cardinality/many :db/doc \"d\"}"
                    + " {:db/id \"datomic.tx\" :db/txInstant #inst \"2040-01-01\"}"
                    + " {:db/id :n/age :db/ident :n/years} [:db/add :n/name :db/noHistory true]]",
                "[{:db/ident :n/both :db/valueType :db.type/tuple :db/tupleAttrs [:n/name :n/age]"
                    + " :db/cardinality :db.cardinality/one :db/unique :db.unique/value}"
                    + " {:n/_friend [:n/name \"ann\"] :n/pair [1 \"z\"] :n/price 3.0M}"
                    + " {:db/excise [:n/name \"cy\"] :db.excise/attrs [:n/age]}]"),
            input -> db.with(form(input) instanceof List<?> list ? list : List.of()));
  }

  @Test
  void timePoints() {
    new Fuzz("time-point", 500)
        .run(List.of("1", "#inst \"2026-01-01\"", "13194139533313"), input -> {
          Object point = form(input);
          db.asOf(point).pull("[*]", Edn.read(":n/age"));
          db.since(point)
              .history()
              .datoms(valence.api.Index.AEVT, Edn.read(":n/age"))
              .count();
        });
  }
}
