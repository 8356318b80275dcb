package valence.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.node.access.TestAccess;
import valence.storage.place.Place;
import valence.wire.access.AccessKey;

/// `docs/protocol.md`: the request that its `sh` block signs with `openssl` is let in.
final class SignedByHandTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(body=.*?)^```$");

  @TempDir
  Path directory;

  @Test
  void theScriptOfThePageIsLetIn() throws Exception {
    for (String program : new String[] {"sh", "curl", "openssl", "sed"}) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is needed");
    }
    AccessKey key = TestAccess.create(directory.resolve("system/access"), "admin", "all");
    Matcher block = BLOCK.matcher(Files.readString(ProtocolPageTest.page()));
    assertThat(block.find()).isTrue();
    try (Node node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)))) {
      ProcessBuilder shell =
          new ProcessBuilder("sh", "-c", block.group(1).replace(":8182", ":" + node.apiPort()));
      shell.environment().put("KEY_ID", key.id());
      shell.environment().put("SECRET", key.secret());
      Process process = shell.redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(said).isEqualTo("{:ok true}");
    }
  }
}
