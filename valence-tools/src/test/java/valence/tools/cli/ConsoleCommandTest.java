package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The console as somebody types into it: through a pseudo terminal, and as a script.
@Timeout(300)
class ConsoleCommandTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  @TempDir
  private static Path directory;

  private static CommandLineSession session;

  @BeforeAll
  static void up() {
    session = new CommandLineSession(directory).up();
    session.done("db", "create", "shop");
    session.done("transact", "--db", "shop", """
        [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :item/free :db/valueType :db.type/long
          :db/cardinality :db.cardinality/one}]""");
    session.done("transact", "--db", "shop", "[{:item/sku \"tea\" :item/free 5}]");
    session.done("transact", "--db", "shop", "[{:item/sku \"tea\" :item/free 7}]");
  }

  @AfterAll
  static void down() {
    session.close();
  }

  private static CommandLineSession.Ended script(String entries) {
    var before = System.in;
    System.setIn(new ByteArrayInputStream(entries.getBytes(StandardCharsets.UTF_8)));
    try {
      return session.here("console", "--db", "shop");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aScriptIsTheSameConversation() {
    CommandLineSession.Ended ended = script("""
        [:find ?sku ?free
         :where [?i :item/sku ?sku]   ; over several lines
                [?i :item/free ?free]]
        [:find ?f . :in $ ?s :where [?i :item/sku ?s] [?i :item/free ?f]] "tea"
        :as-of 2
        [:find ?free . :where [_ :item/free ?free]]
        :as-of now
        :history on
        [:find (count ?free) . :with ?op :where [_ :item/free ?free _ ?op]]
        :history off
        :pull [:item/free] [:item/sku "tea"]
        :explain [:find ?s :where [_ :item/sku ?s]]
        :tx [{:item/sku "pot" :item/free 1}]
        :log 1
        :schema item
        :stats
        :dbs
        """);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    assertThat(ended.out())
        .contains("?sku  ?free\ntea       7\n1 row\n7\n5\n3\n")
        .contains("{:item/free 7}", "range-scan of AEVT", "t 4, 4 datoms", ":item/sku   pot")
        .contains("unique identity", "facts in all", "shop");
  }

  @Test
  void whatFailsIsSaidAndTheRestIsDone() {
    CommandLineSession.Ended ended = script("""
        :bogus
        [:find ?x :where [?x :no/such]]
        (1 2)
        :db nowhere
        :as-of never
        [:find (count ?i) . :where [?i :item/sku]]
        [:find""");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err().lines()).hasSize(6).allMatch(line -> line.startsWith("valence: "));
    assertThat(ended.out()).containsAnyOf("1\n", "2\n");
  }

  /// Types into the console on a pseudo terminal, each text once what is before it was answered.
  private static String typed(List<Map.Entry<String, String>> entries) throws Exception {
    assumeTrue(Files.isExecutable(SCRIPT), "needs script(1) of util-linux");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command = java + " --enable-native-access=ALL-UNNAMED -Dvalence.terminal=012 -cp '"
        + System.getProperty("java.class.path")
        + "' valence.tools.cli.Main console --db shop --dir '"
        + directory + "'";
    ProcessBuilder builder = new ProcessBuilder(
        SCRIPT.toString(), "-q", "-e", "-c", "stty cols 120 rows 20; exec " + command, "/dev/null");
    builder.environment().put("TERM", "xterm");
    Process process = builder.redirectErrorStream(true).start();
    var said = new StringBuilder();
    OutputStream keys = process.getOutputStream();
    // What never comes ends the wait with what came instead.
    process.toHandle().onExit().orTimeout(60, TimeUnit.SECONDS).exceptionally(late -> {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      return process.toHandle();
    });
    try {
      for (Map.Entry<String, String> entry : entries) {
        await(process, said, entry.getKey());
        keys.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
        keys.flush();
      }
      said.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertThat(process.waitFor()).as(said.toString()).isZero();
      return said.toString();
    } finally {
      process.destroyForcibly();
    }
  }

  // Byte by byte: what is waited for is a byte of the continuation's prompt, or ASCII. What was
  // there before counts for nothing: a key sent on the strength of an old prompt overtakes.
  private static void await(Process process, StringBuilder said, String text) throws IOException {
    int from = said.length();
    while (said.indexOf(text, from) < 0) {
      int c = process.getInputStream().read();
      assertThat(c).as("waiting for " + text + " in " + said).isNotNegative();
      said.append((char) c);
    }
  }

  @Test
  void aPersonCompletesGoesOnStopsAndEnds() throws Exception {
    // Fifteen million rows, a few calls for each.
    String slow = "[:find (count ?a) . :where [?a :db/ident ?x] [?b :db/ident ?y] [?c :db/ident ?z]"
        + " [?d :db/ident ?u] [(not= ?x ?y ?z ?u)] [(not= ?y ?x ?z ?u)] [(not= ?z ?x ?y ?u)]]\r";
    String said = typed(List.of(
        Map.entry("shop> ", "[:find ?f . :where [_ :item/fr\t"),
        Map.entry("item/free", " ?f]\r"),
        Map.entry("\u00a6", "]\r"),
        Map.entry("shop> ", ":sch\titem\r"),
        Map.entry("unique identity", slow),
        Map.entry("\u001b[?2004l", "\u0003"),
        Map.entry("interrupted", "[:find ?i :where [_ :db/ident ?i]]\r"),
        Map.entry("more lines", "q"),
        Map.entry("shop> ", "half\u0003"),
        Map.entry("shop> ", "\u0004")));
    assertThat(said).contains("\u001b["); // colours, on a terminal
    Path history = directory.resolve("console-history");
    assertThat(Files.readString(history)).contains(":schema item", "?f]");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
  }
}
