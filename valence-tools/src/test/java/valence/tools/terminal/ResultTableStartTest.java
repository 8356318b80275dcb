package valence.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import valence.wire.EdnBody;

/// A result is shown without clojure.core, seen from the log of a JVM of its own: to load it takes
/// longer than all else that a command does.
final class ResultTableStartTest {
  /// What the JVM runs.
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Terminal terminal = new Terminal(System.out, System.err, false);
      Object answer = EdnBody.parse("[[1 \"a\"] [2 \"b\"]]");
      ResultTable.print(terminal, EdnBody.parse("[:find ?e ?n :where [?e :n ?n]]"), answer);
      ResultTable.print(terminal, EdnBody.parse("{:find [?e (count ?n)] :where []}"), answer);
      ResultTable.print(terminal, EdnBody.parse("[:find [?e ...] :where []]"), answer);
      ResultTable.print(terminal, EdnBody.parse("[:find (count ?e) . :where []]"), 63L);
      ResultTable.print(
          terminal,
          EdnBody.parse("[:find ?e ?n :keys e n :where []]"),
          EdnBody.parse("[{:e 1 :n \"a\"}]"));
      System.out.println(Json.print(answer));
    }
  }

  @Test
  void clojureCoreIsNotLoaded() throws Exception {
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+init=info",
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName())
        .redirectErrorStream(true)
        .start();
    String log;
    try (var output = process.inputReader()) {
      log = String.join("\n", output.readAllLines());
    }
    assertThat(process.waitFor()).as(() -> log.replaceAll("(?m)^\\[.*\n", "")).isZero();
    assertThat(log).contains("2 rows", "63", "Initializing 'clojure/lang/Keyword'");
    assertThat(log).doesNotContain("Initializing 'clojure/lang/RT'").doesNotContain("clojure/core");
  }
}
