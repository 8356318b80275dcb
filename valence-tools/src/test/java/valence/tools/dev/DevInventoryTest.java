package valence.tools.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.tools.dev.DevRun.edit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.testing.LocalRepository;
import valence.tools.tour.Folders;

/// `valence dev` on the example application, with the libraries that its Maven names. How long a
/// save takes to be live is printed.
class DevInventoryTest {
  private static final int SAVES = 15;

  @TempDir
  private Path folder;

  @Test
  void eachSaveIsLive() throws Exception {
    LocalRepository.shareValenceApi();
    Path shop = folder.resolve("inventory");
    Folders.copySources(example(), shop);
    DevRun.withoutTestKit(shop);
    Path web = shop.resolve("src/main/java/inventory/Web.java");
    List<Long> millis = new ArrayList<>();
    try (DevRun run = new DevRun(shop, "--memory").awaitLive()) {
      for (int i = 0; i < SAVES; i++) {
        edit(web, "\"There is no", "\"" + i + " There is no");
        String live = run.await("live", "Web.java");
        millis.add(Long.parseLong(DevRun.field(live, "millis")));
        assertThat(run.get("/nowhere")).contains(i + " There is no").contains("GET /nowhere");
        edit(web, "\"" + i + " There is no", "\"There is no");
        run.await("live", "Web.java");
      }
      run.interrupt();
      String end = run.await("end");
      System.out.println("save to live, by the tool: " + end);
    }
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.println("save to live: " + sorted.get(SAVES / 2) + " ms in the median of " + sorted);
  }

  private static Path example() throws IOException {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("examples/inventory"))) {
      at = at.getParent();
    }
    assertThat(at).as("the repository that the test runs in").isNotNull();
    return at.resolve("examples/inventory");
  }
}
