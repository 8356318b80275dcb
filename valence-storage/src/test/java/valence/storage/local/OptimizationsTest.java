package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.query.Queries;
import valence.engine.query.exec.Optimization;
import valence.storage.memory.MemoryStorage;

/// Answers don't depend on how they are found: random queries of a database that is indexed in
/// part, in several windows of time, with every optimization, with none, and with some.
class OptimizationsTest {
  private static final int ENTITIES = 900;
  private static final int QUERIES = 120;

  private static final String SCHEMA = """
      [{:db/ident :o/id :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :o/x :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :o/rare :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :o/num :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :o/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :o/word :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :o/kind :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
       {:db/ident :o/size :db/valueType :db.type/double :db/cardinality :db.cardinality/one}
       {:db/ident :o/at :db/valueType :db.type/instant :db/cardinality :db.cardinality/one}
       {:db/ident :o/to :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :o/up :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
      """;

  private static final List<String> SCALARS = List.of(
      ":o/id", ":o/x", ":o/x", ":o/rare", ":o/num", ":o/name", ":o/word", ":o/kind", ":o/size",
      ":o/at");

  private SplittableRandom random = new SplittableRandom(0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void neverChangeAnAnswer(long seed) {
    random = new SplittableRandom(seed);
    try (LocalClient client = new LocalClient(
        MemoryStorage.open(),
        FunctionResolver.none(),
        InstantSource.system(),
        Indexing.inMemory(),
        List.of())) {
      client.createDatabase("o");
      Connection connection = client.connect("o");
      transact(connection, SCHEMA);
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < ENTITIES; i += 100) {
        ids.addAll(add(connection, i, ids));
      }
      long early = connection.db().basisT();
      change(connection, ids);
      if (seed != 2) {
        client.index("o");
      }
      for (int i = 0; i < 3; i++) {
        change(connection, ids);
      }
      Db now = connection.db();
      List<Db> views = List.of(
          now,
          now,
          now,
          now.asOf(early),
          now.asOf(now.basisT() - 1),
          now.since(early),
          now.history(),
          now.filter((db, datom) -> datom.e() % 7 != 0));
      for (int i = 0; i < QUERIES; i++) {
        check(views.get(random.nextInt(views.size())), seed);
      }
    }
  }

  private void check(Db view, long seed) {
    String query = query();
    Object bound = random.nextBoolean() ? (Object) (long) random.nextInt(100) : "m";
    Object expected = answer(view, query, bound, Set.of());
    List<Set<Optimization>> choices = new ArrayList<>();
    choices.add(Optimization.ALL);
    Set<Optimization> some = EnumSet.noneOf(Optimization.class);
    for (Optimization each : Optimization.values()) {
      if (random.nextBoolean()) {
        some.add(each);
      }
    }
    choices.add(some);
    choices.add(EnumSet.complementOf(EnumSet.copyOf(some.isEmpty() ? Optimization.ALL : some)));
    for (Set<Optimization> choice : choices) {
      assertEquals(
          expected,
          answer(view, query, bound, choice),
          () -> "seed " + seed + ", " + view + ", " + query + ", " + bound + ", " + choice);
    }
  }

  /// The rows and how many times each is there, or what is wrong.
  private static Object answer(Db view, String query, Object bound, Set<Optimization> choice) {
    try {
      Collection<?> rows = Queries.using(
          choice, () -> view.<Collection<?>>q(QueryRequest.of(Edn.read(query), view, bound)));
      Map<Object, Integer> bag = new HashMap<>();
      rows.forEach(row -> bag.merge(row, 1, Integer::sum));
      return bag;
    } catch (AnomalyException refused) {
      return refused.anomaly().category();
    }
  }

  private String query() {
    List<String> clauses = new ArrayList<>();
    List<String> entities = new ArrayList<>(List.of("?e"));
    List<String> values = new ArrayList<>();
    List<String> found = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    clauses.add(first(values));
    for (int i = 0; i < count; i++) {
      String e = pick(entities);
      String v = "?v" + i;
      switch (random.nextInt(9)) {
        case 0, 1 -> {
          clauses.add("[" + e + " " + pick(SCALARS) + " " + v + "]");
          values.add(v);
        }
        case 2 -> {
          String other = "?e" + i;
          boolean isForward = random.nextBoolean();
          clauses.add("[" + (isForward ? e : other) + " " + pick(List.of(":o/to", ":o/up")) + " "
              + (isForward ? other : e) + "]");
          entities.add(other);
        }
        case 3 -> clauses.add("[" + e + " " + constant() + "]");
        case 4 -> {
          if (!values.isEmpty()) {
            clauses.add(test(pick(values)));
          }
        }
        case 5 -> {
          if (!values.isEmpty()) {
            clauses.add("[?f" + i + " " + pick(SCALARS) + " " + pick(values) + "]");
            entities.add("?f" + i);
          }
        }
        case 6 ->
          clauses.add("(not [" + e + " "
              + pick(List.of(constant(), ":o/rare _", ":o/up _", ":o/up " + pick(entities)))
              + "])");
        case 7 ->
          clauses.add("[" + e + " " + pick(List.of(":o/x", ":o/name", ":o/num")) + " " + v + " ?t"
              + i + (random.nextBoolean() ? " ?op" + i : "") + "]");
        default ->
          clauses.add("(or [" + e + " " + constant() + "] [" + e + " " + constant() + "])");
      }
    }
    found.add(pick(entities));
    for (String value : values) {
      if (random.nextInt(3) > 0) {
        found.add(value);
      }
    }
    boolean needsBound = clauses.stream().anyMatch(clause -> clause.contains("?bound"));
    for (int i = clauses.size() - 1; i > 0; i--) {
      clauses.add(i, clauses.remove(random.nextInt(i + 1)));
    }
    return "[:find " + String.join(" ", found) + " :in $ " + (needsBound ? "?bound" : "_")
        + " :where " + String.join(" ", clauses) + "]";
  }

  /// A clause that keeps what follows small.
  private String first(List<String> values) {
    if (random.nextInt(3) > 0) {
      return "[?e " + constant() + "]";
    }
    values.add("?v");
    return "[?e " + pick(List.of(":o/rare", ":o/x", ":o/name", ":o/word")) + " ?v]";
  }

  private String constant() {
    return pick(List.of(
        ":o/x " + random.nextInt(20),
        ":o/num " + random.nextInt(30),
        ":o/name \"" + name() + "\"",
        ":o/word \"" + name() + "\"",
        ":o/kind :red",
        ":o/kind :blue",
        ":o/rare " + random.nextInt(5),
        ":o/id " + random.nextInt(ENTITIES)));
  }

  private String test(String value) {
    String other = pick(
        List.of("?bound", "?bound", "10", "\"m\"", "2.5", ":k", "#inst \"2024-01-05\"", "-1", "0"));
    String function = pick(List.of("<", "<=", ">", ">=", "=", "!=", "not="));
    return switch (random.nextInt(4)) {
      case 0 -> "[(" + function + " " + other + " " + value + ")]";
      case 1 -> "[(clojure.string/starts-with? " + value + " \"" + name().charAt(0) + "\")]";
      default -> "[(" + function + " " + value + " " + other + ")]";
    };
  }

  private List<Long> add(Connection connection, int from, List<Long> known) {
    StringBuilder text = new StringBuilder("[");
    for (int i = from; i < from + 100; i++) {
      text.append("{:db/id \"e").append(i).append("\" :o/id ").append(i);
      text.append(" :o/x ").append(random.nextInt(20));
      if (random.nextInt(40) == 0) {
        text.append(" :o/rare ").append(random.nextInt(5));
      }
      text.append(" :o/num [").append(random.nextInt(30)).append(' ').append(random.nextInt(30));
      text.append("] :o/name \"").append(name()).append("\" :o/word [\"").append(name());
      text.append("\" \"w").append(random.nextInt(500)).append("\"]");
      text.append(" :o/kind ").append(random.nextBoolean() ? ":red" : ":blue");
      if (random.nextBoolean()) {
        text.append(" :o/size ").append(random.nextInt(8) / 2.0 - 1);
      }
      text.append(" :o/at #inst \"2024-01-0").append(1 + random.nextInt(9)).append('"');
      if (!known.isEmpty()) {
        text.append(" :o/up ").append(known.get(random.nextInt(known.size())));
        text.append(" :o/to [").append(known.get(random.nextInt(known.size()))).append(' ');
        text.append(known.get(random.nextInt(known.size()))).append(']');
      }
      text.append("} ");
    }
    var made = transact(connection, text.append("]").toString());
    List<Long> ids = new ArrayList<>();
    for (int i = from; i < from + 100; i++) {
      ids.add(Objects.requireNonNull(made.get("e" + i)));
    }
    return ids;
  }

  private void change(Connection connection, List<Long> ids) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < 60; i++) {
      long e = ids.get(i * ids.size() / 60 + random.nextInt(ids.size() / 60));
      switch (random.nextInt(5)) {
        case 0 -> text.append("[:db/retract ").append(e).append(" :o/up]");
        case 1 -> text.append("[:db/retract ").append(e).append(" :o/num]");
        case 2 ->
          text.append("[:db/add ")
              .append(e)
              .append(" :o/name \"")
              .append(name())
              .append("\"]");
        case 3 ->
          text.append("[:db/add ").append(e).append(" :o/to ").append(pick(ids)).append(']');
        default ->
          text.append("[:db/add ")
              .append(e)
              .append(" :o/x ")
              .append(random.nextInt(20))
              .append(']');
      }
    }
    transact(connection, text.append("]").toString());
  }

  private static Map<String, Long> transact(Connection connection, String text) {
    return connection.transact((List<?>) Objects.requireNonNull(Edn.read(text))).tempids();
  }

  private String name() {
    return pick(List.of("alba", "bo", "ann", "max", "mia", "zoe", "m"));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
