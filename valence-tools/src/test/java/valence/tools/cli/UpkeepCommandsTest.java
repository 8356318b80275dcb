package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Valence;
import valence.tools.terminal.Terminal;

/// The commands that work on storages and keys: what they print, for people and for programs, and
/// what they end with.
@Timeout(300)
class UpkeepCommandsTest {
  @TempDir
  Path directory;

  private record Ended(int status, String out, String err) {}

  private static Ended run(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(stream(out), stream(err), false);
    int status = Main.run(terminal, words);
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String ends(int status, Ended ended) {
    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(status);
    if (status != 0 && ended.out().isEmpty()) {
      assertThat(ended.err()).startsWith("valence: ").hasLineCount(1);
    }
    return ended.out() + ended.err();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Client open(String name, Map<Keyword, Object> more) {
    Map<Keyword, Object> system = new HashMap<>(more);
    system.put(kw("server-type"), kw("local"));
    system.put(kw("storage-dir"), path(name));
    return Valence.client(system);
  }

  private static Connection movies(Client client) {
    client.createDatabase("movies");
    Connection connection = client.connect("movies");
    connection.transact("""
        [{:db/ident :movie/title :db/valueType :db.type/string
          :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}]""");
    connection.transact("[{:movie/title \"Commando\"}]");
    return connection;
  }

  @Test
  void aStorageInUseIsBackedUpAndChecked() throws IOException {
    String store = path("store");
    String backup = path("backup");
    try (Client client = open("store", Map.of())) {
      Connection connection = movies(client);
      Ended first = run("backup", backup, "--storage", store, "--json");
      assertThat(ends(0, first)).contains("\"moved-records\":2");
      assertThat(first.out()).startsWith("[{").hasLineCount(1);
      assertThat(first.err().lines()).isNotEmpty().allMatch(line -> line.startsWith("{\"progress"));
      assertThat(ends(0, run("backup", backup, "--storage", store, "--edn")))
          .contains(":moved-records 0");
      connection.transact("[{:movie/title \"Alien\"}]");
      assertThat(ends(0, run("backup", backup, "--storage", store)))
          .contains("database", "moved records", "movies");
      assertThat(ends(0, run("backup", backup, "--list"))).contains("movies").hasLineCount(3);
      assertThat(ends(0, run("verify", "--storage", store))).contains("movies", "whole");
      assertThat(ends(0, run("inspect", "--storage", store, "--database", "movies", "--json")))
          .startsWith("[");
      assertThat(ends(1, run("restore", backup, "movies", "--storage", store)))
          .contains("is in use by the process");
      assertThat(ends(1, run("db", "reindex", "movies", "--storage", store)))
          .contains("is in use by the process");
      assertThat(ends(1, run("backup", backup, "--storage", store, "--database", "none")))
          .contains("Db not found: none.");
    }
    String other = path("other");
    assertThat(ends(0, run("restore", backup, "movies", "--storage", other)))
        .contains("Restored movies as of t=3: 3 records");
    assertThat(ends(1, run("restore", backup, "movies", "--storage", other)))
        .contains("There is a database movies already.", "Restore under another name");
    assertThat(ends(
            0, run("restore", backup, "movies", "--storage", other, "--as", "then", "--t", "2")))
        .contains("Restored then as of t=2");
    assertThat(ends(1, run("restore", backup, "none", "--storage", other)))
        .contains("The backup has no database none.", "It has movies.");
    assertThat(ends(1, run("restore", backup, "movies", "--storage", other, "--point", "9")))
        .contains("The backup has no point 9");
    assertThat(ends(0, run("db", "reindex", "movies", "--storage", other))).contains("Made");
    assertThat(ends(0, run("verify", "--storage", other, "--json"))).contains("\"indexed-t\":3");
    try (Client client = open("other", Map.of())) {
      assertThat(client
              .connect("movies")
              .db()
              .<Object>q("[:find (count ?m) . :where [?m :movie/title]]"))
          .isEqualTo(2L);
      assertThat(client
              .connect("then")
              .db()
              .<Object>q("[:find (count ?m) . :where [?m :movie/title]]"))
          .isEqualTo(1L);
    }
  }

  @Test
  void damageEndsWith1AndSaysWhatToDo() throws IOException {
    try (Client client = open("store", Map.of())) {
      movies(client);
    }
    ends(0, run("backup", path("backup"), "--storage", path("store")));
    assertThat(ends(0, run("verify", "--backup", path("backup")))).contains("movies", "whole");
    for (String damaged : new String[] {"backup", "store"}) {
      Path log;
      try (Stream<Path> files = Files.walk(directory.resolve(damaged).resolve("log"))) {
        log = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(log);
      bytes[90] ^= 1;
      Files.write(log, bytes);
    }
    assertThat(ends(1, run("verify", "--backup", path("backup"))))
        .contains("movies", "damaged", "Make a backup in a new directory");
    assertThat(ends(1, run("verify", "--storage", path("store"), "--json")))
        .contains("\"whole\":false", "\"part\":\"log\"");
    assertThat(ends(1, run("restore", path("backup"), "movies", "--storage", path("new"))))
        .contains("damaged");
    assertThat(ends(1, run("verify", "--storage", path("none")))).contains("There is no directory");
    assertThat(ends(2, run("verify", "--backup", path("backup"), "--rebuild")))
        .contains("A backup's indexes aren't made anew.");
    assertThat(ends(2, run("inspect", "--storage", path("store"))))
        .contains("Expected a segment or --database.");
    assertThat(ends(1, run("inspect", "--storage", path("store"), "0".repeat(64))))
        .contains("There is no segment");
    assertThat(ends(1, run("inspect", "--storage", path("store"), path("none"))))
        .contains("can't be read");
  }

  @Test
  void anEncryptedStorageIsBackedUpByItsKeys() {
    String keys = path("keys");
    assertThat(ends(0, run("keys", "generate", keys))).contains("Keep a copy elsewhere");
    assertThat(ends(1, run("keys", "generate", keys))).contains(keys);
    assertThat(ends(0, run("keys", "add", keys))).contains("Added a key");
    assertThat(ends(1, run("keys", "rotate", "--storage", path("store"))))
        .contains("No key file is named.");
    assertThat(ends(2, run("keys"))).contains("Which command?");
    try (Client client = open("store", Map.of(kw("encryption"), Map.of(kw("key-file"), keys)))) {
      movies(client);
      assertThat(ends(1, run("backup", path("backup"), "--storage", path("store"))))
          .contains("The storage is encrypted");
      ends(0, run("backup", path("backup"), "--storage", path("store"), "--key-file", keys));
    }
    assertThat(ends(0, run("keys", "rotate", "--storage", path("store"), "--key-file", keys)))
        .contains("Rotated.");
    ends(0, run("verify", "--storage", path("store"), "--key-file", keys));
    assertThat(ends(1, run("restore", path("backup"), "movies", "--storage", path("new"))))
        .contains("The storage is encrypted");
    ends(0, run("restore", path("backup"), "movies", "--storage", path("new"), "--key-file", keys));
    ends(0, run("verify", "--storage", path("new"), "--key-file", keys));
  }
}
