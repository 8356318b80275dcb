package valence.tools.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import valence.tools.terminal.Terminal;
import valence.tools.testing.LocalRepository;

/// The whole thread: a real node, the real example, real git and Maven. Needs what the build has
/// put into the local repository by then, hence a lifecycle phase of package or later.
class QuickstartTest {
  @Test
  void tellsItsWholeStoryWithoutLosingACall() {
    LocalRepository.shareValenceApi();
    Path checkout = Path.of("").toAbsolutePath().getParent();
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    new Quickstart(new Terminal(stream, stream, false), checkout, false).run();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("calls over HTTP and as Lambda, 0 failures")
        .contains(":valence.tx/revision")
        .contains("Done in")
        .doesNotContain("✗");
    assertThat(Path.of(".valence", "quickstart")).doesNotExist();
  }
}
