package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import valence.api.Db;
import valence.api.Explanation;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;

/// An explanation says how each clause was run and what it cost.
class ExplainTest {
  private final Db db = people();

  private static Db people() {
    Db empty = LocalDb.of(
        Database.empty("people"),
        new LocalDb.Surroundings(
            FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));
    String schema = """
        [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
         {:db/ident :p/boss :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}]
        """;
    Db withSchema = empty.with(schema).dbAfter();
    List<Object> people = new ArrayList<>();
    for (long i = 0; i < 2000; i++) {
      people.add(Map.of(
          kw("db/id"), "p" + i,
          kw("p/name"), "name " + i % 100,
          kw("p/age"), i % 50,
          kw("p/boss"), "p" + i / 10));
    }
    return withSchema.with(people).dbAfter();
  }

  private static List<Map<?, ?>> operators(Explanation explanation) {
    List<Map<?, ?>> operators = new ArrayList<>();
    for (Object each : (List<?>) at(explanation.data(), "operators")) {
      operators.add((Map<?, ?>) each);
    }
    return operators;
  }

  private static Object at(Map<?, ?> map, String key) {
    Object value = map.get(kw(key));
    if (value == null) {
      throw new AssertionError("no " + key + " in " + Edn.print(map));
    }
    return value;
  }

  private static long number(Map<?, ?> map, String key) {
    return (Long) at(map, key);
  }

  @Test
  void eachClauseTellsItsRangeItsRowsAndItsCost() {
    Explanation explanation =
        db.explain("[:find ?e ?n :where [?e :p/name ?n] [?e :p/age 7] [?e :p/boss ?b]]");
    List<Map<?, ?>> operators = operators(explanation);
    assertEquals(4, operators.size());
    assertEquals(List.of(kw("result")), at(operators.get(3), "by"));
    Map<?, ?> first = operators.get(0);
    assertEquals(Edn.read("[?e :p/age 7]"), at(first, "clause"));
    assertEquals(List.of("AVET :p/age = 7"), at(first, "ranges"));
    assertTrue(((List<?>) at(first, "by")).contains(kw("range-scan")));
    assertEquals(40, number(first, "rows-out"));
    assertEquals(40, number(first, "rows-expected"));
    assertEquals(40, number(first, "rows-read"));
    assertTrue(number(first, "bytes") >= 40 * 8);
    assertTrue(number(first, "nanos") > 0);
    assertEquals(40, number(explanation.data(), "rows"));
    assertTrue(number(explanation.data(), "bytes") >= number(first, "bytes"));
    long sum = operators.stream().mapToLong(each -> number(each, "nanos")).sum();
    assertTrue(sum <= number(explanation.data(), "nanos"));
  }

  @Test
  void aScanOfAWholeAttributeAndACrossProductAreWarnedOf() {
    Explanation scan = db.explain("[:find (count ?e) . :where [?e :p/name ?n]]");
    Map<?, ?> warnings = (Map<?, ?>) at(operators(scan).get(0), "warnings");
    assertTrue(at(warnings, "unbound-scan").toString().contains("2000 rows of AEVT :p/name"));
    Explanation product = db.explain("[:find ?a ?b :where [?a :p/age 7] [?b :p/age 8]]");
    Map<?, ?> last = (Map<?, ?>) at(operators(product).get(1), "warnings");
    assertTrue(last.containsKey(kw("cross-product")), last::toString);
    assertTrue(product.toString().contains("product"), product::toString);
  }

  @Test
  void bodiesOfRulesAndNegationsStandInsideOfTheirClause() {
    Explanation explanation = db.explain(
        "[:find ?b :in $ % :where [?e :p/age 7] (above ?e ?b) (not [?b :p/age 7])]",
        "[[(above ?e ?b) [?e :p/boss ?b]] [(above ?e ?b) [?e :p/boss ?m] (above ?m ?b)]]");
    Map<?, ?> rule = operators(explanation).stream()
        .filter(each -> Edn.print(at(each, "clause")).startsWith("(above"))
        .findFirst()
        .orElseThrow();
    assertTrue(Edn.print(at(rule, "inside")).contains(":p/boss"));
    Map<?, ?> not = operators(explanation).stream()
        .filter(each -> Edn.print(at(each, "clause")).startsWith("(not"))
        .findFirst()
        .orElseThrow();
    assertTrue(((List<?>) at(not, "by")).contains(kw("anti-join")));
    assertEquals(List.of("AVET :p/age = 7"), at(not, "ranges"));
  }

  @Test
  void aPatternThatTwoBranchesBeginWithIsReadOnce() {
    String query = "[:find ?e ?x :where (or-join [?e ?x] (and [?e :p/age 7] [?e :p/name ?x])"
        + " (and [?e :p/age 7] [?e :p/boss ?x]))]";
    String text = db.explain(query).toString();
    assertTrue(text.contains("shared"), text);
    Set<Optimization> others = EnumSet.complementOf(EnumSet.of(Optimization.SHARED_PATTERNS));
    Set<Object> apart = Queries.using(others, () -> new HashSet<>((Collection<?>) db.q(query)));
    assertEquals(80, apart.size());
    assertEquals(apart, new HashSet<>((Collection<?>) db.q(query)));
  }

  @Test
  void whatMakesTheResultIsToldOf() {
    List<Map<?, ?>> grouped = operators(
        db.explain("[:find ?a (count ?e) (max ?n) :where [?e :p/age ?a] [?e :p/name ?n]]"));
    List<Object> texts = new ArrayList<>();
    grouped.forEach(each -> texts.add(at(each, "text")));
    assertEquals(
        List.of("[:find ?a]", "(count ?e)", "(max ?n)", "[:find ?a (count ?e) (max ?n)]"),
        texts.subList(texts.size() - 4, texts.size()));
    for (Map<?, ?> each : grouped.subList(grouped.size() - 4, grouped.size())) {
      assertEquals(50, number(each, "rows-out"), each::toString);
      assertEquals(2000, number(each, "rows-in"), each::toString);
      assertTrue(number(each, "nanos") > 0, each::toString);
      assertTrue(number(each, "bytes") >= 50 * 8, each::toString);
    }
    List<Map<?, ?>> pulled =
        operators(db.explain("[:find (pull ?e [:p/name]) :where [?e :p/age 7]]"));
    assertEquals("(pull ?e [:p/name])", at(pulled.get(1), "text"));
    assertEquals(40, number(pulled.get(1), "rows-out"));
    List<Map<?, ?>> distinct =
        operators(db.explain("[:find ?a :where [?e :p/age ?a] [?e :p/name ?n]]"));
    assertTrue(
        distinct.stream()
            .anyMatch(each ->
                at(each, "by").equals(List.of(kw("distinct"))) || number(each, "rows-out") == 50),
        distinct::toString);
  }

  @Test
  void theTableHasALineForEachClauseAndTheWarnings() {
    String text = db.explain("[:find ?e ?n :where [?e :p/name ?n] [?e :p/age 7] [?e :p/boss ?b]]")
        .toString();
    assertTrue(text.startsWith("40 rows found in "), text);
    assertTrue(text.contains("AVET :p/age = 7"), text);
    assertTrue(text.contains("[?e :p/boss ?b]"), text);
    assertTrue(text.lines().filter(line -> line.startsWith("! ")).count() > 0, text);
  }
}
