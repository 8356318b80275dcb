package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.lang.Keyword;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Random data, queries and views of time: the engine against [NaiveQuery]. The engine gets the
/// clauses in any order.
class DifferentialTest {
  private static final int DATABASES = 12;
  private static final int QUERIES = 40;

  private static final String SCHEMA = """
      [{:db/ident :n/x :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :n/num :db/valueType :db.type/long :db/cardinality :db.cardinality/many}
       {:db/ident :n/s :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :n/kind :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
       {:db/ident :n/to :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :n/up :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
      """;

  private static final List<String> ATTRIBUTES =
      List.of(":n/x", ":n/num", ":n/s", ":n/kind", ":n/to", ":n/up");

  private static final String RULES = """
      [[(reach ?p ?q) [?p :n/to ?q]]
       [(reach ?p ?q) [?p :n/to ?m] (reach ?m ?q)]
       [(above ?p ?q) [?p :n/up ?q]]
       [(above ?p ?q) (above ?p ?m) [?m :n/up ?q]]
       [(even ?p ?q) [?p :n/to ?m] (odd ?m ?q)]
       [(odd ?p ?q) [?p :n/to ?q]]
       [(odd ?p ?q) [?p :n/to ?m] (even ?m ?q)]
       [(small ?p) [?p :n/x ?v] [(< ?v 2)]]
       [(small ?p) [?p :n/up ?q] (small ?q)]]
      """;

  private static final LocalDb.Surroundings SURROUNDINGS = new LocalDb.Surroundings(
      FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH));

  private Random random = new Random(0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void answersAsNestedLoopsDo(long seed) {
    random = new Random(seed);
    for (int i = 0; i < DATABASES; i++) {
      Db now = data();
      Db view = switch (random.nextInt(5)) {
        case 0 -> now.asOf(2 + random.nextInt(3));
        case 1 -> now.since(1 + random.nextInt(3));
        case 2 -> now.history();
        default -> now;
      };
      Map<Object, Long> attributes = new HashMap<>();
      List<Datom> datoms = new ArrayList<>();
      for (String attribute : ATTRIBUTES) {
        Keyword ident = Keyword.intern(attribute.substring(1));
        attributes.put(ident, now.entid(ident).orElseThrow());
        datoms.addAll(view.datoms(Index.AEVT, ident).toList());
      }
      NaiveQuery naive =
          new NaiveQuery(datoms, attributes, (List<?>) Objects.requireNonNull(Edn.read(RULES)));
      for (int k = 0; k < QUERIES; k++) {
        check(seed, view, naive);
      }
    }
  }

  private void check(long seed, Db view, NaiveQuery naive) {
    List<String> clauses = clauses();
    String text = "[" + String.join(" ", clauses) + "]";
    List<?> forms = (List<?>) Objects.requireNonNull(Edn.read(text));
    List<?> variables = (List<?>) Objects.requireNonNull(Edn.read(find(clauses)));
    Collections.shuffle(clauses, random);
    String query = "[:find " + find(clauses).replaceAll("[\\[\\]]", "") + " :in $ % :where "
        + String.join(" ", clauses) + "]";
    List<List<Object>> rows = view.q(query, Edn.read(RULES));
    List<?> engineVariables = (List<?>) Objects.requireNonNull(Edn.read(find(clauses)));
    assertEquals(variables.size(), engineVariables.size());
    Set<List<Object>> expected = naive.find(engineVariables, forms);
    Set<List<Object>> actual = new HashSet<>();
    rows.forEach(row -> actual.add(new ArrayList<>(row)));
    assertEquals(expected, actual, () -> "seed " + seed + ", " + view + ", " + query);
    assertEquals(rows.size(), actual.size(), () -> "seed " + seed + ", equal rows of " + query);
  }

  /// The variables that the top clauses bind, as EDN.
  private static String find(List<String> clauses) {
    Set<String> variables = new TreeSet<>();
    for (String clause : clauses) {
      if (!clause.startsWith("(not") && !clause.startsWith("(or")) {
        Matcher names = Pattern.compile("\\?\\w+").matcher(clause);
        while (names.find()) {
          variables.add(names.group());
        }
      }
    }
    return "[" + String.join(" ", variables) + "]";
  }

  /// Clauses in an order in which each has what it needs.
  private List<String> clauses() {
    List<String> clauses = new ArrayList<>();
    List<String> entities = new ArrayList<>(List.of("?e0"));
    List<String> longs = new ArrayList<>();
    clauses.add("[?e0 " + pick(ATTRIBUTES) + " _]");
    int count = 1 + random.nextInt(5);
    for (int i = 1; i <= count; i++) {
      String e = pick(entities);
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          String attribute = pick(List.of(":n/x", ":n/num"));
          clauses.add("[" + e + " " + attribute + " ?v" + i + "]");
          longs.add("?v" + i);
        }
        case 2 -> {
          clauses.add("[" + e + " " + pick(List.of(":n/to", ":n/up")) + " ?e" + i + "]");
          entities.add("?e" + i);
        }
        case 3 -> {
          clauses.add("[?e" + i + " " + pick(List.of(":n/to", ":n/up")) + " " + e + "]");
          entities.add("?e" + i);
        }
        case 4 ->
          clauses.add("[" + e + " "
              + pick(List.of(":n/x 1", ":n/num 2", ":n/s \"b\"", ":n/kind :red")) + "]");
        case 5 -> {
          if (longs.isEmpty()) {
            clauses.add("[" + e + " :n/s ?s" + i + " ?t" + i + " ?op" + i + "]");
          } else {
            clauses.add("[(" + pick(List.of("<", ">=", "not=")) + " " + pick(longs) + " 2)]");
          }
        }
        case 6 -> {
          if (!longs.isEmpty()) {
            clauses.add("[(+ " + pick(longs) + " 1) ?v" + i + "]");
            longs.add("?v" + i);
          }
        }
        case 7 ->
          clauses.add(pick(List.of(
              "(not [" + e + " :n/kind :red])",
              "(not-join [" + e + "] [" + e + " :n/to ?i] [?i :n/x ?j] [(< ?j 2)])",
              "(not (reach " + e + " " + pick(entities) + "))")));
        case 8 -> {
          clauses.add("(or-join [" + e + " ?e" + i + "] [" + e + " :n/to ?e" + i
              + "] (and [?i :n/to " + e + "] [?i :n/up ?e" + i + "]))");
          clauses.add("[?e" + i + " " + pick(ATTRIBUTES) + " _]");
          entities.add("?e" + i);
        }
        default -> {
          String rule = pick(List.of("reach", "above", "even", "odd"));
          String other = random.nextBoolean() ? "?e" + i : pick(entities);
          clauses.add(
              random.nextInt(4) == 0
                  ? "(small " + e + ")"
                  : "(" + rule + " " + (random.nextBoolean() ? e + " " + other : other + " " + e)
                      + ")");
          if (clauses.getLast().contains(other) && !entities.contains(other)) {
            entities.add(other);
          }
        }
      }
    }
    return clauses;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private Db data() {
    Database database = Database.empty("random");
    database = transact(database, SCHEMA, 1);
    int entities = 3 + random.nextInt(8);
    StringBuilder first = new StringBuilder("[");
    for (int i = 0; i < entities; i++) {
      first.append("{:db/id \"e").append(i).append("\" :n/num [").append(random.nextInt(4));
      first.append("]} ");
    }
    var made = Transactions.transact(database, first.append("]").toString(), context(2));
    database = made.after();
    List<Long> ids = new ArrayList<>(made.tempids().values());
    for (int t = 3; t < 6; t++) {
      StringBuilder text = new StringBuilder("[");
      Set<String> said = new HashSet<>();
      for (int i = 0; i < entities * 2; i++) {
        String attribute = pick(ATTRIBUTES);
        long e = ids.get(random.nextInt(entities));
        if (said.add(e + attribute)) {
          boolean retract = random.nextInt(4) == 0;
          text.append(retract ? "[:db/retract " : "[:db/add ").append(e).append(' ');
          text.append(attribute).append(' ').append(retract ? "" : value(attribute, ids));
          text.append("] ");
        }
      }
      database = transact(database, text.append("]").toString(), t);
    }
    return LocalDb.of(database, SURROUNDINGS);
  }

  private String value(String attribute, List<Long> ids) {
    return switch (attribute) {
      case ":n/s" -> pick(List.of("\"a\"", "\"b\"", "\"c\""));
      case ":n/kind" -> pick(List.of(":red", ":blue"));
      case ":n/to", ":n/up" -> String.valueOf(ids.get(random.nextInt(ids.size())));
      default -> String.valueOf(random.nextInt(4));
    };
  }

  private static Database transact(Database database, String text, int second) {
    return Transactions.transact(database, text, context(second)).after();
  }

  private static TxContext context(int second) {
    return new TxContext(
        FunctionResolver.none(),
        facts -> LocalDb.of(facts, SURROUNDINGS),
        Instant.EPOCH.plusSeconds(second),
        Optional.empty());
  }
}
