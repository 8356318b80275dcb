package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import valence.tools.terminal.Terminal;

/// The schema and the log of a database as people see them.
@Timeout(300)
class DatabaseCommandsTest {
  @TempDir
  private static Path directory;

  private static CommandLineSession session;

  @BeforeAll
  static void up() {
    session = new CommandLineSession(directory).up();
    session.done("db", "create", "shop");
    session.done("transact", "--db", "shop", """
        [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity :db/doc "What it is <called>"}
         {:db/ident :item/color :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :order/items :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :order/after :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :audit/user :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :color/red}]""");
    session.done("transact", "--db", "shop", """
        [{:item/sku "tea" :item/color :color/red}
         {:db/id "first" :order/items [{:item/sku "pot"}]}
         {:order/after "first" :order/items [{:item/sku "cup"}]}
         {:db/id "datomic.tx" :audit/user "alice"}]""");
  }

  @AfterAll
  static void down() {
    session.close();
  }

  @Test
  void theSchemaIsATableDataOrAPicture() throws Exception {
    assertThat(session.done("db", "schema", "shop"))
        .contains(":item/sku", "unique identity", "What it is <called>")
        .doesNotContain(":db/ident");
    assertThat(session.done("db", "schema", "shop", "--json"))
        .startsWith("[{\"ident\":\"audit/user\",\"type\":\"string\"");
    assertThat(session.done("db", "schema", "shop", "--as-of", "0")).hasLineCount(1);
    assertThat(session.done("db", "schema", "shop", "--picture", "mermaid"))
        .contains("order }o--o{ item : \"items\"", "item }o--|| color", "order }o--|| order");
    assertThat(session.done("db", "schema", "shop", "--picture", "dot"))
        .contains("\"order\" -> \"item\" [label=\"items *\"]");
    Path file = directory.resolve("schema.svg");
    session.done("db", "schema", "shop", "--picture", "svg", "--out", file.toString());
    var document = DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Files.readString(file))));
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(1 + 3);
    assertThat(session.refused(2, "db", "schema", "shop", "--picture", "jpeg")).contains("svg");
    assertThat(session.refused(1, "db", "schema", "shop", "--out", "/nowhere/x"))
        .contains("can't be written");
    assertThat(session.done("db", "stats", "shop")).contains(":item/sku").contains("3");
  }

  @Test
  void theLogSaysWhenByWhomAndWhat() {
    String log = session.done("tx", "--db", "shop");
    assertThat(log)
        .contains("t 1  20", "t 2  20", ":audit/user alice", "+  ", ":item/sku", "tea")
        .contains(":item/color   :color/red")
        .doesNotContain("request-id", ":db.install");
    assertThat(session.done("tx", "--db", "shop", "--from", "2", "--json"))
        .startsWith("[{\"t\":2,")
        .contains("\"v\":\"tea\"");
    assertThat(session.done("tx", "--db", "shop", "--from", "1", "--to", "2"))
        .doesNotContain("alice");
    assertThat(session.done("tx", "--db", "shop", "--from", "2000-01-01")).contains("alice");
    assertThat(session.done("tx", "--db", "shop", "--from", "99")).isEmpty();
  }

  @Test
  void followingTellsWhatComes() throws Exception {
    session.done("db", "create", "followed");
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false);
    Thread follower = Thread.ofPlatform()
        .start(() -> Main.run(
            terminal,
            "tx",
            "--db",
            "followed",
            "--last",
            "0",
            "--follow",
            "--json",
            "--dir",
            directory.toString()));
    for (String word : List.of("one", "two", "three")) {
      session.done("transact", "--db", "followed", "[{:db/doc \"" + word + "\"}]");
    }
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (out.toString(StandardCharsets.UTF_8).lines().count() < 3
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    follower.interrupt();
    follower.join();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.getLast()).contains("three");
    assertThat(lines).allMatch(line -> line.startsWith("{\"t\":")).doesNotHaveDuplicates();
  }
}
