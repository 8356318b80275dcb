package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
  private static final String CORPUS = "src/test/resources/corpus";

  @TempDir
  private Path folder = Path.of("");

  private record Ended(int code, List<String> out, List<String> err) {}

  private static Ended run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(print(out), print(err), args);
    return new Ended(code, lines(out), lines(err));
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static void refused(String reason, String... args) {
    Ended ended = run(args);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).singleElement().asString().contains(reason);
  }

  @Test
  void badInputIsOneLineAndANonZeroExit() throws IOException {
    refused("Missing required parameter");
    refused("no folder", "no/such/folder");
    refused("--nonsense", CORPUS, "--nonsense");
    refused("no *.edn", folder.toString());
    refused("No case", CORPUS, "--suite", "no-such-suite");
    refused("No case", CORPUS, "--case", "no-such-case");
    Files.writeString(folder.resolve("bad.edn"), "[{:suite");
    refused("bad.edn", folder.toString());
  }

  @Test
  void theLastLineCountsAndTheExitCodeTellsOfFailures() throws IOException {
    Files.writeString(folder.resolve("a.edn"), """
        [{:suite "good" :feature :query/in
          :cases [{:id "g1" :op :q :query [:find ?x :in ?x] :args [1] :expect {:rows #bag [[1]]}}
                  {:id "g2" :quirk true :op :q :query "(" :args [] :expect {:error {}}}]}
         {:suite "bad" :feature :query/in
          :cases [{:id "b1" :op :q :query [:find ?x :in ?x] :args [1] :expect {:rows #bag [[2]]}}
                  {:id "b2" :op :unheard-of :expect {:value 1}}]}
         {:suite "away" :feature :data :data "nowhere"
          :cases [{:id "a1" :op :q :query [:find ?x :in ?x] :args [1] :expect {:rows #bag []}}]}]
        """);
    Ended ended = run(folder.toString(), "--data", folder.toString());
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).endsWith("quirks: 1 passed, 0 failed", "2 passed, 2 failed, 1 skipped");
    assertThat(ended.out()).contains("FAIL b1", "  expected {:rows #bag [[2]]}", "FAIL b2");
    assertThat(ended.out()).contains("good: 2 passed, 0 failed, 0 skipped");
    assertThat(ended.code()).isEqualTo(1);

    Ended good = run(folder.toString(), "--data", folder.toString(), "--suite", "good", "--quiet");
    assertThat(good.out()).endsWith("2 passed, 0 failed, 0 skipped");
    assertThat(good.code()).isEqualTo(0);
    assertThat(run(folder.toString(), "--case", "g1").out())
        .endsWith("1 passed, 0 failed, 0 skipped");
  }
}
