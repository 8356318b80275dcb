package valence.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.QueryRequest;
import valence.api.Valence;

/// A filtered value answers every call as if the hidden facts had never been said.
class FilterTest {
  private static final String SCHEMA = """
      [{:db/ident :n/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :n/v :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :n/next :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]
      """;
  private static final int ENTITIES = 12;
  private static final int STEPS = 80;

  private static final List<String> QUERIES = List.of(
      "[:find ?n ?v :where [?e :n/name ?n] [?e :n/v ?v]]",
      "[:find (count ?v) . :where [_ :n/v ?v]]",
      "[:find (count ?e) . :with ?v :where [?e :n/v ?v]]",
      "[:find ?e ?f :where [?e :n/next ?f] [?f :n/next ?e]]",
      "[:find ?e ?a ?v :where [?e :n/name \"n3\"] [?e ?a ?v]]",
      "[:find ?e :where [?e :n/v 7]]",
      "[:find ?e :where [?e :n/name] (not [?e :n/v])]",
      "[:find ?e :where [?e :n/name] [(missing? $ ?e :n/v)]]",
      "[:find ?e ?v :where [?e :n/v ?v] [(< 5 ?v)]]",
      "[:find ?e ?f :in $ % :where (reach ?e ?f)]",
      "[:find ?f :in $ % :where [?e :n/name \"n1\"] (reach ?e ?f)]",
      "[:find ?e ?x :where [?e :n/name] (or [?e :n/v ?x] [?e :n/next ?x])]",
      "[:find ?v ?t :where [[:n/name \"n2\"] :n/v ?v ?t]]",
      "[:find (pull ?e [:n/v {:n/_next [:n/name]}]) :where [?e :n/name]]");
  private static final String RULES = """
      [[(reach ?e ?f) [?e :n/next ?f]]
       [(reach ?e ?f) [?e :n/next ?g] (reach ?g ?f)]]
      """;

  private final Client client =
      Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));

  private final Client other =
      Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));

  @AfterEach
  void close() {
    client.close();
    other.close();
  }

  private static Connection start(Client client) {
    client.createDatabase("numbers");
    Connection connection = client.connect("numbers");
    connection.transact(SCHEMA);
    List<Object> names = new ArrayList<>();
    for (int i = 0; i < ENTITIES; i++) {
      names.add(Map.of(kw("db/id"), "e" + i, kw("n/name"), "n" + i));
    }
    connection.transact(names);
    return connection;
  }

  /// Hides odd values, and references to odd entities.
  private static boolean isShown(Db db, Datom datom) {
    Object attribute = db.ident(datom.a());
    return !(kw("n/v").equals(attribute) || kw("n/next").equals(attribute))
        || (Long) datom.v() % 2 == 0;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aFilteredValueAnswersAsIfTheHiddenFactsHadNeverBeenSaid(long seed) {
    Connection all = start(client);
    Connection shown = start(other);
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      Object e = List.of(kw("n/name"), "n" + random.nextInt(ENTITIES));
      boolean next = random.nextInt(3) == 0;
      Object v =
          next ? entity(all.db(), random.nextInt(ENTITIES)) : (Object) (long) random.nextInt(20);
      Object operation = kw(random.nextInt(4) == 0 ? "db/retract" : "db/add");
      List<?> txData = List.of(List.of(operation, e, kw(next ? "n/next" : "n/v"), v));
      all.transact(txData);
      shown.transact((Long) v % 2 == 0 ? txData : List.of());
    }
    long middle = STEPS / 2;
    List<Function<Db, Db>> views = List.of(
        db -> db,
        db -> db.asOf(middle),
        db -> db.since(2),
        db -> db.asOf(middle + 20).since(middle),
        Db::history,
        db -> db.asOf(middle).history(),
        db -> db.with(List.of()).dbAfter());
    for (int i = 0; i < views.size(); i++) {
      String place = "seed " + seed + ", view " + i;
      Db expected = views.get(i).apply(shown.db());
      Db filteredLast = views.get(i).apply(all.db()).filter(FilterTest::isShown);
      Db filteredFirst = views.get(i).apply(all.db().filter(FilterTest::isShown));
      assertThat(filteredLast.isFiltered()).isTrue();
      assertThat(answers(filteredLast)).as(place).isEqualTo(answers(expected));
      assertThat(answers(filteredFirst)).as(place + ", turned").isEqualTo(answers(expected));
    }
  }

  private static long entity(Db db, int i) {
    return db.entid(List.of(kw("n/name"), "n" + i)).orElseThrow();
  }

  /// What every call of the api answers, by call. Transactions' own facts differ in their instants.
  private static Map<String, Object> answers(Db db) {
    Map<String, Object> answers = new LinkedHashMap<>();
    for (String query : QUERIES) {
      Object[] rules = query.contains("%") ? new Object[] {RULES} : new Object[0];
      answer(answers, query, () -> bag(db.q(query, rules)));
      answer(answers, "qseq " + query, () -> {
        List<Object> args = new ArrayList<>(List.of(db));
        args.addAll(Arrays.asList(rules));
        return bag(db.qseq(QueryRequest.of(query, args.toArray())));
      });
    }
    for (Index index : Index.values()) {
      answer(answers, "datoms " + index, () -> untimed(db.datoms(index).toList()));
      Object[] start = index == Index.VAET
          ? new Object[] {kw("db.type/long")}
          : new Object[] {index == Index.EAVT ? (Object) 1000 : kw("n/v")};
      answer(answers, "seek " + index, () -> untimed(db.seekDatoms(index, start).toList()));
    }
    answer(answers, "range", () -> db.indexRange(kw("n/v"), 3, 9).toList());
    Object pattern = "[:n/v :n/name {:n/next [:n/v] :n/_next [:n/name]}]";
    for (boolean reverse : new boolean[] {false, true}) {
      answer(
          answers,
          "index-pull " + reverse,
          () -> db.indexPull(
                  Index.AVET,
                  pattern,
                  reverse ? List.of(kw("n/v"), 100) : List.of(kw("n/v")),
                  reverse)
              .toList());
    }
    for (int i = 0; i < ENTITIES; i++) {
      Object lookup = List.of(kw("n/name"), "n" + i);
      answer(answers, "entid " + i, () -> db.entid(lookup));
      answer(answers, "pull " + i, () -> db.pull(pattern, lookup));
      answer(answers, "pull * " + i, () -> db.pull("[*]", lookup));
      answer(
          answers,
          "entity " + i,
          () -> db.entity(lookup).map(each -> new java.util.HashMap<>(each)));
      answer(answers, "reverse " + i, () -> db.entity(lookup).map(each -> each.get(kw("n/_next"))));
    }
    return answers;
  }

  @FunctionalInterface
  private interface Call {
    Object answer();
  }

  private static void answer(Map<String, Object> answers, String name, Call call) {
    try {
      answers.put(name, call.answer());
    } catch (AnomalyException refused) {
      answers.put(name, refused.anomaly().category());
    }
  }

  private static Object bag(Object result) {
    return result instanceof Collection<?> rows
        ? rows.stream().collect(Collectors.groupingBy(row -> row, Collectors.counting()))
        : String.valueOf(result);
  }

  private static List<Datom> untimed(List<Datom> datoms) {
    return datoms.stream()
        .filter(datom -> !(datom.v() instanceof java.util.Date))
        .toList();
  }

  @Test
  void filtersStackAndTheSecondSeesWhatTheFirstShows() {
    Connection connection = start(client);
    connection.transact("[{:n/name \"n0\" :n/v [1 2 3 4 5 6]}]");
    Set<Object> seen = new HashSet<>();
    Db both = connection
        .db()
        .filter((db, datom) -> !(datom.v() instanceof Long v && isV(db, datom) && v < 3))
        .filter((db, datom) -> {
          if (isV(db, datom)) {
            seen.add(datom.v());
          }
          return !(isV(db, datom) && (Long) datom.v() > 4);
        });
    Object found = both.q("[:find [?v ...] :where [_ :n/v ?v]]");
    assertThat(new HashSet<>((Collection<?>) found)).isEqualTo(Set.of(3L, 4L));
    assertThat(seen).isEqualTo(Set.of(3L, 4L, 5L, 6L));
  }

  private static boolean isV(Db db, Datom datom) {
    return kw("n/v").equals(db.ident(datom.a()));
  }

  @Test
  void thePredicateSeesTheUnfilteredPresentAndATransactionSeesEverything() {
    Connection connection = start(client);
    connection.transact("[{:n/name \"n0\" :n/v 1}]");
    Db none = connection.db().asOf(2).filter((db, datom) -> {
      assertThat(db.isFiltered()).isFalse();
      assertThat(db.asOfT()).isEmpty();
      assertThat(db.entid(List.of(kw("n/name"), "n0"))).isPresent();
      return false;
    });
    assertThat(none.datoms(Index.EAVT)).isEmpty();
    assertThat(none.entid(List.of(kw("n/name"), "n0"))).isEmpty();
    assertThat(none.ident(kw("n/name"))).as("names are known").isEqualTo(kw("n/name"));
    assertThat(none.attribute(kw("n/name"))).isPresent();
    assertThat(none.stats())
        .as("stats ignore filters")
        .isEqualTo(connection.db().stats());

    Db after = none.with("[{:n/name \"n0\" :n/v 2}]").dbAfter();
    assertThat(after.isFiltered()).isTrue();
    assertThat(after.datoms(Index.EAVT)).isEmpty();
  }

  @Test
  void equalFiltersMakeEqualValues() {
    Db db = start(client).db();
    BiPredicate<Db, Datom> one = (_, _) -> true;
    BiPredicate<Db, Datom> other = (_, _) -> true;
    assertThat(db.filter(one)).isEqualTo(db.filter(one)).hasSameHashCodeAs(db.filter(one));
    assertThat(db.filter(one)).isNotEqualTo(db.filter(other)).isNotEqualTo(db);
  }

  @Test
  void aPredicateThatThrowsIsNamedWithItsDatom() {
    Db db = start(client).db().filter((_, _) -> {
      throw new IllegalStateException("no");
    });
    assertThatThrownBy(() -> db.datoms(Index.EAVT).toList())
        .isInstanceOfSatisfying(AnomalyException.class, thrown -> {
          assertThat(thrown.anomaly().category()).isEqualTo(Anomaly.Category.INCORRECT);
          assertThat(thrown.anomaly().data().get(kw("datom"))).isInstanceOf(Datom.class);
          assertThat(thrown)
              .hasMessageContaining("The predicate of a filter threw")
              .hasCause(thrown.getCause());
        });
  }

  @Test
  void aValueOnTheOtherSideOfANetworkRefuses() {
    // Whoever implements the api without code beside the data has what the interfaces say.
    ClassLoader loader = FilterTest.class.getClassLoader();
    InvocationHandler remote = InvocationHandler::invokeDefault;
    Db db = (Db) Proxy.newProxyInstance(loader, new Class<?>[] {Db.class}, remote);
    Connection connection =
        (Connection) Proxy.newProxyInstance(loader, new Class<?>[] {Connection.class}, remote);
    for (Runnable call :
        List.<Runnable>of(() -> db.filter((_, _) -> true), () -> connection.txFeed(1))) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              AnomalyException.class,
              thrown ->
                  assertThat(thrown.anomaly().category()).isEqualTo(Anomaly.Category.UNSUPPORTED));
    }
  }

  @Test
  void aLongScanAsksForEachDatomOnceAndOnlyAsItIsRead() {
    Connection connection = start(client);
    List<Object> many = new ArrayList<>();
    for (long v = 0; v < 20_000; v++) {
      many.add(List.of(kw("db/add"), List.of(kw("n/name"), "n1"), kw("n/v"), v));
    }
    connection.transact(many);
    AtomicInteger asked = new AtomicInteger();
    Db db = connection.db().filter((_, _) -> asked.incrementAndGet() > 0);
    assertThat(db.datoms(Index.AVET, kw("n/v")).limit(10)).hasSize(10);
    assertThat(asked.get()).isLessThan(10_000);
    asked.set(0);
    assertThat(db.datoms(Index.AVET, kw("n/v")).count()).isEqualTo(20_000);
    assertThat(asked).hasValue(20_000);
  }
}
