package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.tools.session.NodeDatabase;

/// Files into databases and back, through a real node.
@Timeout(300)
class TransferCommandsTest {
  @TempDir
  private static Path directory;

  @TempDir
  private Path files;

  private static CommandLineSession session;

  @BeforeAll
  static void up() {
    session = new CommandLineSession(directory).up();
  }

  @AfterAll
  static void down() {
    session.close();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(files.resolve(name), text);
  }

  private static NodeClient node() {
    return NodeClient.connect(session.system().running().orElseThrow().api());
  }

  private static Object found(String db, String query) {
    try (NodeClient node = node()) {
      NodeDatabase database = new NodeDatabase(node, db);
      return String.valueOf(database.q(database.newest(), Edn.read(query)));
    }
  }

  private static final String ITEMS = """
      sku,name,free,price,since,active,id,kind,tags,code
      tea-01,"Green, leafy",10,4.5,2024-01-31,true,6ba7b810-9dad-11d1-80b4-00c04fd430c8,:hot,\
      "[""a"" ""b""]",007
      pot-01,"A ""pot""
      of two lines",2,20,2024-02-01T10:00:00Z,false,6ba7b811-9dad-11d1-80b4-00c04fd430c8,:cold,,012
      cup-01,"",-5,3,2024-02-01 10:00,true,,,"[""a""]",100
      """;

  @Test
  void typesAreInferredFromAllRows() throws IOException {
    session.done("db", "create", "inferred");
    String items = file("items.csv", ITEMS).toString();
    String dry = session.done("import", items, "--db", "inferred", "--dry-run", "--ns", "item");
    assertThat(dry).contains("3 items, 0 bad; nothing was changed");
    assertThat(session.done("db", "schema", "inferred", "--edn")).isEqualTo("[]\n");
    String told =
        session.done("import", items, "--db", "inferred", "--key", "sku", "--ns", "item", "--json");
    assertThat(told).startsWith("{\"items\":3,\"before\":0,\"skipped\":0");
    assertThat(session.done("db", "schema", "inferred", "--edn"))
        .contains("{:ident :item/sku, :type :string, :cardinality :one, :unique :identity}")
        .contains("{:ident :item/free, :type :long", "{:ident :item/price, :type :double")
        .contains("{:ident :item/since, :type :instant", "{:ident :item/active, :type :boolean")
        .contains("{:ident :item/id, :type :uuid", "{:ident :item/kind, :type :keyword")
        .contains("{:ident :item/tags, :type :string, :cardinality :many}")
        .contains("{:ident :item/code, :type :string");
    assertThat(
            found("inferred", "[:find ?n . :where [?i :item/sku \"cup-01\"] [?i :item/name ?n]]"))
        .isEqualTo("");
    assertThat(session.done("import", items, "--db", "inferred", "--key", "sku", "--ns", "item"))
        .contains("All 3 items were imported before.");
    // Changed rows go to the entities that their key names.
    String changed = file("items.csv", "sku,free\ntea-01,7\nnew-01,1\n").toString();
    session.done("import", changed, "--db", "inferred", "--key", "sku", "--ns", "item");
    assertThat(found("inferred", "[:find (count ?i) . :where [?i :item/sku]]")).isEqualTo("4");
    assertThat(
            found("inferred", "[:find ?f . :where [?i :item/sku \"tea-01\"] [?i :item/free ?f]]"))
        .isEqualTo("7");
    // What the file says twice, it says last.
    String twice = file("items.csv", "sku,free\ntea-01,1\ntea-01,2\ntea-01,3\n").toString();
    session.done("import", twice, "--db", "inferred", "--key", "sku", "--ns", "item");
    assertThat(
            found("inferred", "[:find ?f . :where [?i :item/sku \"tea-01\"] [?i :item/free ?f]]"))
        .isEqualTo("3");
  }

  @Test
  void badLinesAreNamedAndLeftOutOnlyWhenSaid() throws IOException {
    session.done("db", "create", "bad");
    String csv = file("n.csv", "id,n\n1,1\n2\n3,\"x\"y\n4,4\n").toString();
    assertThat(session.refused(1, "import", csv, "--db", "bad"))
        .contains(
            "2 bad lines", "line 3: it has 1 cells, and the header 2", "line 4: there is text")
        .contains("Nothing was imported");
    assertThat(session.done("import", csv, "--db", "bad", "--skip-bad", "2"))
        .contains("Imported 2 items", "2 skipped");
    String wrong = file("n.csv", "id,n\n5,5\n6,six\n7,7\n").toString();
    assertThat(session.refused(1, "import", wrong, "--db", "bad"))
        .contains("line 3: \"six\" isn't a long (column n)");
    String json = file("n.jsonl", """
            {"id": 8, "n": 8, "up": "[:n/key \\"no\\"]"}
            {"id": 9, "n": 9}
            {"id": 10, "n": nine}
            """).toString();
    assertThat(session.refused(1, "import", json, "--db", "bad"))
        .contains("line 3: a value was expected (column 17)");
    String refused = session.refused(1, "import", json, "--db", "bad", "--skip-bad", "1");
    assertThat(refused).contains("line 1: ", "unable to resolve entity");
    CommandLineSession.Ended ended = session.here("import", json, "--db", "bad", "--skip-bad", "2");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("skipped line 1: ", "skipped line 3: ");
    assertThat(found("bad", "[:find (sum ?n) . :with ?e :where [?e :n/n ?n]]")).isEqualTo("14");
    assertThat(session.refused(1, "import", files.resolve("none.csv").toString(), "--db", "bad"))
        .contains("There is no file");
    assertThat(session.refused(1, "import", csv, "--db", "nowhere")).contains("nowhere");
    assertThat(session.refused(1, "import", csv, "--db", "bad", "--key", "sku"))
        .contains("There is no column sku", "id, n");
    assertThat(session.refused(2, "import", "x.dat", "--db", "bad")).contains("--format");
    assertThat(session.refused(2, "import", csv, "--db", "bad", "--parallel", "99"))
        .contains("Expected 1 to 16");
  }

  /// A database with references in circles, several values, idents, tuples and composites.
  private void shop(String name, int count) throws IOException {
    session.done("db", "create", name);
    session.done("transact", "--db", name, """
        [{:db/ident :x/id :db/valueType :db.type/long :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity :db/doc "named \\"x\\""}
         {:db/ident :x/next :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :x/all :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :x/text :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
         {:db/ident :x/price :db/valueType :db.type/bigdec :db/cardinality :db.cardinality/one}
         {:db/ident :x/pair :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
          :db/tupleTypes [:db.type/ref :db.type/long]}
         {:db/ident :x/both :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
          :db/tupleAttrs [:x/id :x/price]}
         {:db/ident :color/red} {:db/ident :color/blue :db/doc "deep"}]""");
    Path data = files.resolve("data.edn");
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(("{:db/id \"e%d\" :x/id %d :x/next \"e%d\" :x/all #{\"e%d\" :color/%s}"
              + " :x/text #{\"a%d\" \"\\n\\\"b\\\"\"} :x/price %d.50M :x/pair [\"e%d\" %d]}%n")
          .formatted(
              i,
              i,
              (i + 1) % count,
              random.nextInt(count),
              random.nextBoolean() ? "red" : "blue",
              i,
              i,
              random.nextInt(count),
              i));
    }
    Files.writeString(data, text);
    session.done("import", data.toString(), "--db", name, "--batch", "50");
  }

  /// What a database says, with entities by what names them.
  private static Set<List<Object>> facts(String name, String timePoint) {
    try (NodeClient node = node()) {
      NodeDatabase database = new NodeDatabase(node, name);
      var db = timePoint.isEmpty()
          ? database.newest()
          : database.newest().withAsOf(Long.parseLong(timePoint));
      Map<Object, Object> names = new java.util.HashMap<>();
      for (Object row : database.rows(db, Edn.read("[:find ?e ?n :where [?e :x/id ?n]]"))) {
        names.put(((List<?>) row).get(0), ((List<?>) row).get(1));
      }
      for (Object row : database.rows(db, Edn.read("[:find ?e ?n :where [?e :db/ident ?n]]"))) {
        names.put(((List<?>) row).get(0), ((List<?>) row).get(1));
      }
      Set<List<Object>> facts = new HashSet<>();
      for (String attribute :
          List.of("x/id", "x/next", "x/all", "x/text", "x/price", "x/pair", "x/both")) {
        boolean reference = attribute.equals("x/next") || attribute.equals("x/all");
        for (Object row : database.rows(
            db, Edn.read("[:find ?e ?v :in $ ?a :where [?e ?a ?v]]"), kw(attribute))) {
          Object value = ((List<?>) row).get(1);
          if (attribute.equals("x/pair") && value instanceof List<?> pair) {
            value =
                List.of(String.valueOf(names.get(pair.get(0))), pair.get(1)); // perhaps dangling
          }
          facts.add(List.of(
              names.get(((List<?>) row).get(0)), attribute, reference ? names.get(value) : value));
        }
      }
      return facts;
    }
  }

  @Test
  void whatIsExportedImportsIntoAnEqualDatabaseAlsoAsItWas() throws IOException {
    shop("original", 500);
    Set<List<Object>> before = facts("original", "");
    assertThat(before).hasSize(500 * 9);
    String t = session
        .done("tx", "--db", "original", "--last", "1", "--edn")
        .replaceAll("(?s).*?:t (\\d+).*", "$1");
    session.done("transact", "--db", "original", "[[:db/retractEntity [:x/id 3]]]");
    session.done("transact", "--db", "original", "[{:x/id 4 :x/text \"more\"}]");
    String now = files.resolve("now.edn").toString();
    String then = files.resolve("then.edn").toString();
    session.done("export", now, "--db", "original");
    session.done("export", then, "--db", "original", "--as-of", t);
    session.done("db", "create", "now");
    session.done("db", "create", "then");
    session.done("import", now, "--db", "now", "--batch", "7", "--parallel", "8");
    session.done("import", then, "--db", "then", "--batch", "100", "--parallel", "1");
    assertThat(facts("now", "")).isEqualTo(facts("original", "")).isNotEqualTo(before);
    assertThat(facts("then", "")).isEqualTo(before);
    assertThat(found("then", "[:find (count ?k) . :where [_ :valence.import/key ?k]]"))
        .isEqualTo("null");
    assertThat(session.done("db", "schema", "then", "--edn"))
        .isEqualTo(session.done("db", "schema", "original", "--edn"));
    assertThat(session.done("pull", "--db", "then", "[:db/doc]", ":color/blue")).contains("deep");
    String again = files.resolve("again.edn").toString();
    session.done("export", again, "--db", "then");
    assertThat(Files.readAllLines(Path.of(again))).hasSameSizeAs(Files.readAllLines(Path.of(then)));
  }

  @Test
  void anImportThatIsKilledGoesOnAndNothingIsThereTwice() throws Exception {
    session.done("db", "create", "killed");
    int count = 60_000;
    StringBuilder text = new StringBuilder("n,word\n");
    for (int i = 0; i < count; i++) {
      text.append(i).append(",w").append(i % 97).append('\n');
    }
    String csv = file("k.csv", text.toString()).toString();
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        "valence.tools.cli.Main"));
    List<String> words = List.of(
        "import",
        csv,
        "--db",
        "killed",
        "--batch",
        "200",
        "--parallel",
        "3",
        "--json",
        "--dir",
        session.folder().toString());
    command.addAll(words);
    Process process = new ProcessBuilder(command).start();
    try (BufferedReader progress = new BufferedReader(
        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 12; i++) {
        assertThat(progress.readLine()).startsWith("{\"progress\"");
      }
      process.destroyForcibly().waitFor();
    }
    Object there = found("killed", "[:find (count ?e) . :where [?e :k/n]]");
    assertThat(Integer.parseInt(String.valueOf(there))).isBetween(1, count - 1);
    // With other batches: what is in is known by position.
    String told = session.done("import", csv, "--db", "killed", "--batch", "1000", "--json");
    assertThat(told).doesNotContain("\"before\":0,");
    assertThat(found("killed", "[:find (count ?e) . :where [?e :k/n]]")).isEqualTo("" + count);
    assertThat(found("killed", "[:find (count-distinct ?n) . :where [_ :k/n ?n]]"))
        .isEqualTo("" + count);
  }

  @Test
  void rowsGoOutAndComeBack() throws IOException {
    session.done("db", "create", "rows");
    String items = file("items.csv", ITEMS).toString();
    session.done("import", items, "--db", "rows", "--key", "sku", "--ns", "item");
    session.done("transact", "--db", "rows", """
        [{:db/ident :item/goes-with :db/valueType :db.type/ref
          :db/cardinality :db.cardinality/many}]""");
    session.done("transact", "--db", "rows", """
        [{:item/sku "tea-01" :item/goes-with [[:item/sku "pot-01"] [:item/sku "cup-01"]]}]""");
    for (String format : List.of("csv", "jsonl")) {
      String out = files.resolve("out." + format).toString();
      session.done("export", out, "--db", "rows", "--ns", "item");
      String copy = "rows-" + format;
      session.done("db", "create", copy);
      session.done("import", items, "--db", copy, "--key", "sku", "--ns", "item");
      session.done("transact", "--db", copy, """
          [{:db/ident :item/goes-with :db/valueType :db.type/ref
            :db/cardinality :db.cardinality/many}]""");
      session.done("import", out, "--db", copy, "--key", "item/sku");
      String back = files.resolve("back." + format).toString();
      session.done("export", back, "--db", copy, "--ns", "item");
      assertThat(Files.readString(Path.of(back))).isEqualTo(Files.readString(Path.of(out)));
    }
    assertThat(
            session.done("export", "-", "--db", "rows", "--format", "csv", "--attr", ":item/code"))
        .isEqualTo("item/code\n007\n012\n100\n");
    assertThat(session.refused(1, "export", "-", "--db", "rows", "--attr", ":item/nope"))
        .contains("has no attribute :item/nope");
  }

  @Test
  void ednFormsKeepTheirOrderWhereItMatters() throws IOException {
    session.done("db", "create", "order");
    String forms = file("forms.edn", """
            ; schema, then data, in one file
            [{:db/ident :o/n :db/valueType :db.type/long :db/cardinality :db.cardinality/one
              :db/unique :db.unique/identity}
             {:db/ident :o/v :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
            {:o/n 1 :o/v 1} #_{:o/n 2}
            {:o/n 1 :o/v 2}
            [:db/cas [:o/n 1] :o/v 2 3]
            [:db/add [:o/n 1] :o/v 4]
            """).toString();
    session.done("import", forms, "--db", "order");
    assertThat(found("order", "[:find ?v . :where [?e :o/n 1] [?e :o/v ?v]]")).isEqualTo("4");
    String open = file("open.edn", "{:o/n 5}\n{:o/n 6").toString();
    assertThat(session.refused(1, "import", open, "--db", "order"))
        .contains("line 2: the text ends within a form");
  }
}
