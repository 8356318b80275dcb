package valence.engine.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.schema.Bootstrap;

class ObservedCasesTest {
  private static final Example EXAMPLE = Example.create();
  private static final Pattern NAMES = Pattern.compile("\\b(E:(\\w+)|N(\\d)|TX)(?=[ ,\\]}])");
  private static final Keyword PLUS = Keyword.intern("+");

  record Case(String txData, String expected) {
    @Override
    public String toString() {
      return txData;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<String> lines = Example.text("observed.txt")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .toList();
    for (int i = 0; i < lines.size(); i += 2) {
      cases.add(new Case(lines.get(i), lines.get(i + 1).strip().substring(2)));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void comesOutAsObserved(Case observed) {
    Database db = EXAMPLE.database();
    Object txData = read(observed.txData(), Map.of());
    if (observed.expected().startsWith("! ")) {
      AnomalyException refused = assertThrows(
          AnomalyException.class, () -> Transactions.transact(db, txData, Example.CONTEXT));
      String said = refused.anomaly().category().keyword().getName()
          + refused.anomaly().error().map(error -> " / " + error).orElse("");
      assertEquals(observed.expected().substring(2).split(" — ")[0], said);
      return;
    }
    Transacted transacted = Transactions.transact(db, txData, Example.CONTEXT);
    Map<String, Object> names = names(transacted);
    String[] parts = observed.expected().split("  tempids ");
    List<Object> expected = new ArrayList<>(
        (List<?>) read(parts[0].replace(" +]", " :+]").replace(" -]", " :-]"), names));
    for (Datom datom : transacted.txData().subList(1, transacted.txData().size())) {
      List<Object> seen = List.of(
          datom.e(), ident(db, datom.a()), datom.v(), datom.added() ? PLUS : Keyword.intern("-"));
      assertTrue(expected.remove(seen), "unexpected " + seen);
    }
    assertEquals(List.of(), expected, "missing");
    assertEquals(
        parts.length == 1 ? Map.of() : read(parts[1], names), transacted.tempids(), "tempids");
  }

  private static Object ident(Database db, long attribute) {
    Keyword ident = db.schema().ident(attribute);
    return ident == null ? fail("no ident " + attribute) : ident;
  }

  /// New entities are numbered as they first appear.
  private static Map<String, Object> names(Transacted transacted) {
    Map<String, Object> names = new HashMap<>();
    List<Long> fresh = new ArrayList<>();
    Datom instant = transacted.txData().getFirst();
    assertEquals(Bootstrap.TX_INSTANT, instant.a());
    names.put("TX", instant.e());
    Stream.concat(
            transacted.txData().stream().map(Datom::e), transacted.tempids().values().stream())
        .filter(e -> e != instant.e() && !EXAMPLE.database().isIssued(e) && e > 1_000)
        .distinct()
        .forEach(fresh::add);
    for (int i = 0; i < fresh.size(); i++) {
      names.put("N" + (i + 1), fresh.get(i));
    }
    return names;
  }

  private static Object read(String text, Map<String, Object> names) {
    String tagged = NAMES.matcher(text).replaceAll(ObservedCasesTest::tag);
    Map<String, UnaryOperator<@Nullable Object>> tags = Map.of(
        "known", name -> EXAMPLE.entities().get(String.valueOf(name)),
        "new", name -> names.get(String.valueOf(name)));
    Object value = Edn.read(tagged, tags);
    return value == null ? fail("nothing to read") : value;
  }

  private static String tag(MatchResult name) {
    return name.group(2) == null
        ? "#new \"" + name.group(1) + "\""
        : "#known \"" + name.group(2) + "\"";
  }
}
