package valence.engine.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.Index;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.query.Queries;

/// Holds the page of errors to what the database does.
class ErrorsTest {
  private static final Path PAGE = Path.of("..", "docs", "errors.md");
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Pattern FENCE = Pattern.compile("```edn\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ERROR = Pattern.compile("\"((?:db\\.error|pull)/[a-z-]+)\"");
  private static final Object AL = List.of(Keyword.intern("p/name"), "Al");

  private final List<Row> rows = rows();
  private final Db db = database();

  /// One line of a table.
  private record Row(String section, Keyword error, String category, String example) {}

  private static String page() {
    try {
      return Files.readString(PAGE);
    } catch (IOException missing) {
      throw new java.io.UncheckedIOException(missing);
    }
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    String section = "";
    for (String line : page().split("\n")) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (line.startsWith("| `:") && !line.startsWith("| `:db/error`")) {
        String[] cells = line.substring(2, line.length() - 2).split(" \\| ");
        rows.add(new Row(
            section,
            Keyword.intern(code(cells[0]).substring(1)),
            cells[1],
            cells.length > 4 ? code(cells[4]) : ""));
      }
    }
    return rows;
  }

  private static String code(String cell) {
    return cell.startsWith("`") ? cell.substring(1, cell.length() - 1) : cell;
  }

  private static Db database() {
    Db db = LocalDb.of(
        Database.empty("errors"),
        new LocalDb.Surroundings(
            (name, use) -> args -> false,
            Queries::run,
            InstantSource.fixed(Instant.parse("2024-01-01T00:00:00Z"))));
    Matcher fence = FENCE.matcher(page());
    assertTrue(fence.find(), "the page has the database");
    for (Object txData : Edn.readAll(fence.group(1), Map.of())) {
      db = db.with(java.util.Objects.requireNonNull(txData)).dbAfter();
    }
    return db;
  }

  private Stream<DynamicTest> examples(String section, Consumer<String> run) {
    return rows.stream()
        .filter(row -> row.section().equals(section))
        .map(row -> provoked(row, () -> run.accept(row.example())));
  }

  private static DynamicTest provoked(Row row, Executable call) {
    return dynamicTest(row.error() + " by " + row.example(), () -> {
      Anomaly anomaly = assertThrows(AnomalyException.class, call).anomaly();
      assertEquals(row.error(), anomaly.error().orElse(null), anomaly.toString());
      assertEquals(row.category(), anomaly.category().keyword().getName(), anomaly.toString());
      assertFalse(anomaly.message().isBlank());
    });
  }

  @TestFactory
  Stream<DynamicTest> transactionsAreRefusedAsThePageSays() {
    return examples("Transactions", db::with);
  }

  @TestFactory
  Stream<DynamicTest> queriesAreRefusedAsThePageSays() {
    return examples("Queries", query -> db.<Object>q(query));
  }

  @TestFactory
  Stream<DynamicTest> pullsAreRefusedAsThePageSays() {
    return examples("Pulls", pattern -> db.pull(pattern, AL));
  }

  @TestFactory
  Stream<DynamicTest> otherCallsAreRefusedAsThePageSays() {
    return rows.stream()
        .filter(row -> row.section().equals("Other calls"))
        .map(row -> provoked(row, call(row.error().getName())));
  }

  private Executable call(String error) {
    return switch (error) {
      case "history-not-supported" -> () -> db.history().with(List.of());
      case "endless-rule" ->
        () -> db.<Object>q(
            "[:find ?y :in $ % :where (up 0 ?y)]",
            "[[(up ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (up ?x ?z) [(+ ?z 1) ?y]]]");
      case "invalid-time-point" -> () -> db.asOf("yesterday");
      case "attribute-not-indexed" ->
        () -> db.with("[{:db/id :p/age :db/index true}]")
            .dbAfter()
            .datoms(Index.AVET, Keyword.intern("p/nick"))
            .toList();
      case "nil-input" ->
        () -> db.indexPull(Index.AVET, "[*]", List.of(), false).toList();
      case "not-an-attribute" ->
        () -> db.indexPull(Index.EAVT, "[*]", List.of(AL), false).toList();
      case "not-an-entity" ->
        () -> db.indexRange(Keyword.intern("p/nmae"), null, null).toList();
      case "pull-too-large" -> () -> chain(600).pull("[{:p/boss ...}]", AL);
      default -> throw new AssertionError("the test doesn't know how to provoke " + error);
    };
  }

  /// Al has a boss, who has a boss, and so on.
  private Db chain(int length) {
    List<Object> txData = new ArrayList<>();
    Object below = AL;
    for (int i = 0; i < length; i++) {
      txData.add(List.of(Keyword.intern("db/add"), below, Keyword.intern("p/boss"), "boss" + i));
      below = "boss" + i;
    }
    txData.add(List.of(Keyword.intern("db/add"), below, Keyword.intern("p/name"), "Top"));
    return db.with(txData).dbAfter();
  }

  @Test
  void everyErrorOfTheSourcesIsOnThePage() throws IOException {
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        Matcher error = ERROR.matcher(Files.readString(file));
        while (error.find()) {
          missing.add(":" + error.group(1));
        }
      }
    }
    missing.remove(":db.error/pred-return"); // a value concerned, no error
    rows.forEach(row -> missing.remove(row.error().toString()));
    assertEquals(Set.of(), missing);
  }

  private static Anomaly refused(Executable call) {
    return assertThrows(AnomalyException.class, call).anomaly();
  }

  @Test
  void mistakesNameTheirPlaceAndTheNearestName() {
    Anomaly query =
        refused(() -> db.<Object>q("[:find ?n :where [?e :p/name ?n] (not [?e :p/agee 3])]"));
    assertEquals(1L, query.data().get(Keyword.intern("clause-index")), query.toString());
    assertTrue(query.message().contains("Did you mean :p/age?"), query.toString());
    assertTrue(query.message().contains("[?e :p/agee 3]"), query.toString());
    Anomaly call = refused(() -> db.<Object>q("[:find ?b :where [_ :p/name ?n] [(inc ?n) ?b]]"));
    assertEquals(1L, call.data().get(Keyword.intern("clause-index")), call.toString());
    Anomaly form = refused(() -> db.<Object>q("[:find ?n :where [_ :p/name ?n] 7]"));
    assertEquals(1L, form.data().get(Keyword.intern("clause-index")), form.toString());
    Anomaly pull = refused(() -> db.pull("[:p/name {:p/boss [:p/age [7]]}]", AL));
    assertEquals(List.of(1L, 1L), pull.data().get(Keyword.intern("pattern-path")), pull.toString());
    Anomaly tx = refused(() -> db.with("[{:p/name \"Di\"} {:p/agee 3}]"));
    assertTrue(tx.message().startsWith("Form 1 of tx-data"), tx.toString());
    assertTrue(tx.message().contains("Did you mean :p/age?"), tx.toString());
  }
}
