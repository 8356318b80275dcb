package valence.node.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.edn.Edn;
import valence.testing.Fuzz;

final class KeysFileFuzzTest {
  @TempDir
  Path directory;

  @Test
  void filesOfKeys() throws Exception {
    TestAccess.create(directory, "ann", "read:shop", "push");
    TestAccess.rotate(directory, "ann", 60);
    String file = Files.readString(directory.resolve("keys.edn"));
    new Fuzz("keys", 3_000)
        .run(
            List.of(file), input -> Roster.of(Edn.read(new String(input, StandardCharsets.UTF_8))));
  }
}
