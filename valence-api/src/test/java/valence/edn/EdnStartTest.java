package valence.edn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;

/// Reading and printing leave clojure.core unloaded, seen from the log of a JVM of its own.
class EdnStartTest {
  private static final String TEXT = """
      {:find [?e (count ?x) (pull ?e [* {:a/_b [:c]}])] :in [$ % [?x ...]]
       :where [[?e :a/b ?x] [(> ?x 5N)] (not [?e :c #inst "2026"]) [(re-find #"a" ?y)]]
       :empty () :set #{1 1.5 2M "three" \\c #uuid "00000000-0000-0001-0000-000000000002"}
       :map {1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 (9) [10] {:a 1} #{2}} :hint ^String ?n :uri #uri "a:b"}
      """;

  /// What the JVM runs.
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Object value = Edn.read(TEXT);
      String text = Edn.print(value);
      assert Edn.print(Edn.read(Edn.printPretty(value, 40))).equals(text);
      // What those who take the data apart do with it.
      var query = (Map<?, ?>) Objects.requireNonNull(value);
      var list = (List<?>) Objects.requireNonNull(Edn.read("(> ?x [5] {:a 1})"));
      assert new ArrayList<>(list).equals(list) && new HashSet<>(list).containsAll(list);
      assert List.copyOf(list).equals(list) && list.subList(1, 2).size() == 1;
      assert list.hashCode() == List.copyOf(list).hashCode() && list.toString().equals(list + "");
      assert new HashMap<>(query).size() == query.size();
      try {
        Edn.read("{(1) 2 (1) 3}");
        throw new AssertionError();
      } catch (AnomalyException expected) {
        assert expected.getMessage().contains("twice");
      }
    }
  }

  @Test
  void clojureCoreIsNotLoaded() throws Exception {
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
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
    // The first shows that the log would tell.
    assertThat(log).contains("Initializing 'clojure/lang/Keyword'");
    assertThat(log)
        .doesNotContain("Initializing 'clojure/lang/RT'")
        .doesNotContain("Initializing 'clojure/lang/Var'")
        .doesNotContain("clojure/core");
  }
}
