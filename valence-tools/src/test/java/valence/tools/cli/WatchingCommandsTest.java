package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.tools.cli.CommandLineSession.Ended;
import valence.tools.terminal.Terminal;

/// `casts`, `cast`, `metrics`, `blame` and `sources`, as somebody types them who watches a system.
@Timeout(300)
class WatchingCommandsTest {
  private static final String CONFIG = """
      {:app-name "shop"
       :allow [valence.tools.cli.DeployedCode/stocked]
       :lambdas {:said {:fn valence.tools.cli.DeployedCode/said}}
       :sources {:orders {:type :queue :queue "orders" :retries 0
                          :fn valence.tools.cli.DeployedCode/ordered}
                 :off {:type :schedule :cron "@daily" :enabled false
                       :fn valence.tools.cli.DeployedCode/ordered}}}
      """;

  @TempDir
  private static Path directory;

  private static CommandLineSession session;

  @BeforeAll
  static void up() throws Exception {
    session = new CommandLineSession(directory).up();
    assertThat(session.done("sources")).isEqualTo("The application has no sources.\n");
    assertThat(session.done("sources", "--json")).isEqualTo("[]\n");
    assertThat(session.done("casts")).isEmpty();
    session.done("db", "create", "shop");
    session.done("transact", "--db", "shop", """
        [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :item/free :db/valueType :db.type/long
          :db/cardinality :db.cardinality/one}]""");
    new DeployedRevision(session).push(1, CONFIG, Map.of());
    session.done("deploy", "shop", DeployedRevision.sha(1), "--wait");
  }

  @AfterAll
  static void down() {
    session.close();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(session.done("sources", "--json")).isLessThan(deadline);
    }
  }

  private static void say(String what) throws Exception {
    new DeployedRevision(session).invoke("solo-said", '"' + what + '"');
  }

  @Test
  void castsAreLinesOrDataOfOneKindOrAll() throws Exception {
    say("one");
    await(() -> session.done("casts").contains("one"));
    assertThat(session.done("casts"))
        .contains(" event one {:shop/said \"one\"}", " alert one", "DeployedCode/said");
    assertThat(session.done("casts", "--kind", "alert"))
        .contains(" alert one")
        .doesNotContain(" event ");
    assertThat(session.done("casts", "--json", "--last", "1"))
        .startsWith("[{\"")
        .contains("\"kind\":\"alert\"")
        .hasLineCount(1);
    assertThat(session.done("casts", "--kind", "metric", "--json")).isEqualTo("[]\n");
    assertThat(session.refused(2, "casts", "--kind", "rumour"))
        .contains("rumour", "event, alert, metric, dev");
    assertThat(session.refused(2, "casts", "--last", "many")).contains("--last");
  }

  @Test
  void castsAreFollowedUntilSomebodyStops() throws Exception {
    var out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Thread follower = Thread.ofPlatform()
        .start(() -> Main.run(
            new Terminal(stream, stream, false),
            "casts",
            "--follow",
            "--json",
            "--kind",
            "event",
            "--dir",
            directory.toString()));
    for (String word : List.of("red", "green", "blue")) {
      say(word);
      await(() -> out.toString(StandardCharsets.UTF_8).contains(word));
    }
    follower.interrupt();
    follower.join();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("green"))
        .hasSize(1)
        .allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
  }

  @Test
  void castsForDevelopersPassWhileTheyAreLet() throws Exception {
    say("dropped");
    assertThat(session.done("cast", "dev", "on", "--for", "1h"))
        .isEqualTo("Casts for developers pass for 1h; see them with valence casts --follow.\n");
    say("passes");
    await(() -> session.done("casts", "--kind", "dev").contains("passes"));
    assertThat(session.done("cast", "dev", "off")).isEqualTo("Casts for developers are dropped.\n");
    say("again");
    await(() -> session.done("casts").contains("event again"));
    assertThat(session.done("casts", "--kind", "dev"))
        .contains("passes")
        .doesNotContain("dropped", "again");
    assertThat(session.refused(1, "cast", "dev", "on", "--for", "soon"))
        .contains("'soon' is no time", "10m");
    assertThat(session.refused(2, "cast", "dev", "perhaps")).contains("perhaps");
    assertThat(session.refused(2, "cast", "dev")).contains("on|off");
  }

  @Test
  void metricsAreThoseOfPrometheus() throws Exception {
    say("counted");
    await(() -> session.done("metrics").contains("valence_ion_call_seconds_count{"));
    assertThat(session.done("metrics"))
        .contains("# TYPE valence_source_delivered_total counter")
        .contains("valence_source_waiting{source=\"orders\"}")
        .doesNotContain("source=\"off\"");
    assertThat(session.refused(2, "metrics", "--json")).contains("--json");
  }

  @Test
  void blameSaysWhoSaidWhatAndWhere() {
    session.done(
        "transact", "--db", "shop", "[[valence.tools.cli.DeployedCode/stocked \"tea\" 7]]");
    session.done("transact", "--db", "shop", "[{:item/sku \"tea\" :item/free 8}]");
    assertThat(session.done("blame", "--db", "shop", "[:item/sku \"tea\"]"))
        .contains("attribute", ":item/sku", "tea", ":item/free", "8")
        .contains("DeployedCode/stocked", DeployedRevision.sha(1).substring(0, 10));
    assertThat(session.done("blame", "--db", "shop", "[:item/sku \"tea\"]", "--history"))
        .containsPattern("(?m)^- .*:item/free\\s+7")
        .containsPattern("(?m)^\\+ .*:item/free\\s+8");
    assertThat(session.done("blame", "--db", "shop", "[:item/sku \"tea\"]", "--json"))
        .startsWith("[{\"")
        .contains("\"revision\":\"" + DeployedRevision.sha(1) + "\"")
        .hasLineCount(1);
    assertThat(session
            .here("blame", "--db", "shop", "[:item/sku \"tea\"]", "--limit", "1")
            .err())
        .contains("There may be more: --offset 1.");
    assertThat(session.refused(1, "blame", "--db", "shop", "[:item/sku \"none\"]"))
        .contains("no such entity in database shop");
    assertThat(session.refused(1, "blame", "--db", "nowhere", "1")).contains("nowhere");
    assertThat(session.refused(2, "blame", "--db", "shop")).contains("ENTITY");
  }

  @Test
  void sourcesAreShownPausedAndResumedAndTheirDeadLettersReplayed() throws Exception {
    await(() -> session.done("sources").contains("running"));
    assertThat(session.done("sources"))
        .containsPattern("name +type +state +position +lag +delivered +failed +dead")
        .containsPattern("orders +queue +running")
        .containsPattern("off +schedule +disabled");
    assertThat(session.done("sources", "--json")).startsWith("[{\"name\":\"off\",");
    assertThat(session.done("sources", "pause", "orders")).isEqualTo("orders waits.\n");
    new DeployedRevision(session).send("orders", "poison");
    assertThat(session.done("sources")).containsPattern("orders +queue +paused +1 +0 +0 +0");
    assertThat(session.done("sources", "dead", "orders"))
        .isEqualTo("orders has no dead letters.\n");
    assertThat(session.done("sources", "resume", "orders")).isEqualTo("orders goes on.\n");
    await(() -> session.done("sources", "dead", "orders").contains("poison"));
    assertThat(session.done("sources", "dead", "orders"))
        .containsPattern("sent +attempts +why +body")
        .contains("It is poison.");
    assertThat(session.done("sources")).contains("orders: ", "It is poison.");
    assertThat(session.done("sources", "dead", "orders", "--json", "--limit", "1"))
        .startsWith("[{\"")
        .contains("\"body\":\"poison\"");
    assertThat(session.done("sources", "replay", "orders")).isEqualTo("1 delivered again.\n");
    await(() -> session.done("sources", "--json").contains("\"failed\":2"));
    assertThat(session.refused(1, "sources", "pause", "none"))
        .contains("No source none runs", "orders");
    assertThat(session.refused(2, "sources", "dead")).contains("NAME");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "casts",
        "cast",
        "cast dev",
        "metrics",
        "blame",
        "sources",
        "sources pause",
        "sources resume",
        "sources dead",
        "sources replay"
      })
  void eachExplainsItself(String command) {
    Ended help = CommandLineSession.run((command + " --help").split(" "));
    assertThat(help.status()).isZero();
    assertThat(help.out())
        .startsWith("Usage: valence " + command)
        .contains("Example", "valence " + command);
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "casts",
        "cast dev off",
        "metrics",
        "blame --db shop 1",
        "sources",
        "sources pause orders",
        "sources resume orders",
        "sources dead orders",
        "sources replay orders"
      })
  void eachSaysThatThereIsNoNode(String command, @TempDir Path empty) {
    try (var nowhere = new CommandLineSession(empty)) {
      assertThat(nowhere.refused(3, command.split(" "))).contains("valence up");
    }
  }
}
