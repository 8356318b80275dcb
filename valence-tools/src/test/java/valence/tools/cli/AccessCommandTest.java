package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;

/// Commands on a system that asks who they are of, with a node in a process of its own.
class AccessCommandTest {
  @TempDir
  Path directory;

  private record Ended(int status, String out, String err) {}

  private Ended run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--dir", directory.toString()));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(stream(out), stream(err), false);
    int status = Main.run(terminal, all.toArray(String[]::new));
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String done(String... words) {
    Ended ended = run(words);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  private void refused(String message, String... words) {
    Ended ended = run(words);
    assertThat(ended.status()).as(ended.out()).isEqualTo(1);
    assertThat(ended.err()).contains(message);
  }

  @AfterEach
  void stop() {
    SoloSystem system = new SoloSystem(SoloSystem.DEFAULT_NAME, directory);
    system
        .running()
        .ifPresent(node -> ProcessHandle.of(node.pid()).ifPresent(ProcessHandle::destroy));
  }

  private void up(String... more) {
    List<String> words = new ArrayList<>(List.of("up", "--api-port", "0", "--http-port", "0"));
    words.addAll(List.of(more));
    done(words.toArray(String[]::new));
  }

  @Test
  void keysAreMadeUsedRotatedAndRevoked() throws IOException {
    String query = "[:find ?i . :where [0 :db/ident ?i]]";
    up();
    done("db", "create", "shop"); // nobody has to say who he is yet
    String made = done("access", "create", "admin", "--grant", "all");
    Path admin = directory.resolve("profiles/admin.edn");
    String secret = Files.readString(admin).replaceAll("(?s).*:secret \"([^\"]+)\".*", "$1");
    assertThat(made).contains(admin.toString()).doesNotContain(secret);
    assertThat(secret).hasSize(43);
    assertThat(Files.getPosixFilePermissions(admin)).hasSize(2);
    assertThat(done("db", "list")).contains("shop");

    done("access", "create", "reader", "--grant", "read:shop");
    assertThat(done("q", "--db", "shop", query, "--profile", "reader")).contains(":db.part/db");
    Path file = directory.resolve("profiles/reader.edn");
    assertThat(done("q", "--db", "shop", query, "--profile", file.toString()))
        .contains(":db.part/db");
    refused("the grant administer:DB is missing", "db", "create", "x", "--profile", "reader");

    Path elsewhere = Files.copy(
        file, directory.resolve("old.edn"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    done("access", "rotate", "reader", "--grace", "0");
    assertThat(done("q", "--db", "shop", query, "--profile", "reader")).contains(":db.part/db");
    refused(
        "signature doesn't hold", "q", "--db", "shop", query, "--profile", elsewhere.toString());
    assertThat(done("access", "list")).contains("reader", "read:shop", "ended", "valid");
    assertThat(done("access", "list", "--json"))
        .contains("\"name\":\"reader\"")
        .doesNotContain("signing");
    done("access", "revoke", "reader");
    refused("signature doesn't hold", "q", "--db", "shop", query, "--profile", "reader");
    refused("There is no profile", "q", "--db", "shop", query, "--profile", "nobody");
    done("down");

    refused("TLS is missing", "up", "--host", "0.0.0.0", "--api-port", "0", "--http-port", "0");
    assertThat(done("access", "certificate", "--host", "db.example.org")).contains("sha256:");
    up("--host", "0.0.0.0");
    assertThat(done("status")).contains("shop");
    done("access", "create", "second", "--grant", "all");
    assertThat(Files.readString(directory.resolve("profiles/second.edn")))
        .contains(":endpoint \"https://127.0.0.1:", ":trust \"sha256:");
    assertThat(
            done("status", "--profile", directory.resolve("profiles/second.edn").toString()))
        .contains("shop");
    Files.delete(admin); // then nobody asks, but who may end the process may end the node
    refused("isn't signed", "status");
    done("down");
  }
}
