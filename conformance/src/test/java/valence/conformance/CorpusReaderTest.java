package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;

final class CorpusReaderTest {
  @TempDir
  private Path folder = Path.of("");

  @Test
  void readsFilesByNameAndSuitesAsWritten() throws IOException {
    Files.writeString(folder.resolve("b.edn"), "[{:suite \"three\" :cases []}]");
    Files.writeString(folder.resolve("a.edn"), """
        [{:suite "one" :feature :query/in :isolation :case
          :schema [[:db/add #eid "x" :a 1]] :setup [[1] [2]]
          :other-dbs {"b" {:setup [[3]]}}
          :cases [{:id "one/001" :op :q :quirk true :query [:find ?x]}
                  {:id "one/002" :op :seq :steps [{:id "s1" :op :pull :expect {:value 1}}]}]}
         {:suite "two" :data "mbrainz" :cases []}]
        """);
    Files.writeString(folder.resolve("README.md"), "no suites");
    List<Suite> suites = CorpusReader.read(folder);
    assertThat(suites).extracting(Suite::name).containsExactly("one", "two", "three");
    Suite one = suites.getFirst();
    assertThat(one.feature()).isEqualTo("query/in");
    assertThat(one.fresh()).isTrue();
    assertThat(one.build().setup()).hasSize(2);
    assertThat(one.others().get("b"))
        .extracting(Suite.Build::setup)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .hasSize(1);
    assertThat(one.cases().getFirst().quirk()).isTrue();
    assertThat(one.cases().getLast().steps()).extracting(Case::op).containsExactly("pull");
    assertThat(Shown.text(one.build().schema())).isEqualTo("[[:db/add #eid \"x\" :a 1]]");
    assertThat(suites.get(1).data()).isEqualTo("mbrainz");
    assertThat(suites.get(1).fresh()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "{:suite \"a\" :cases []}",
        "[1]",
        "[{:cases []}]",
        "[{:suite \"a\"}]",
        "[{:suite \"a\" :cases [{:id \"x\"}]}]",
        "[{:suite \"a\" :cases [{:op :q}]}]",
        "[{:suite \"a\" :cases [{:id 1 :op :q}]}]",
        "[{:suite \"a\" :cases [{:id \"x\" :op :seq :steps [1]}]}]",
        "[{:suite \"a\" :other-dbs {\"b\" 1} :cases []}]",
        "[{:suite \"a\" :cases [{:id \"x\" :op :q} {:id \"x\" :op :q}]}]",
        "[{:suite \"a\" :schema #nonsense 1 :cases []}]",
      })
  void whatIsNoSuiteIsRefusedWithTheFile(String text) throws IOException {
    Files.writeString(folder.resolve("bad.edn"), text);
    assertThatThrownBy(() -> CorpusReader.read(folder))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("bad.edn");
  }

  @Test
  void aFolderWithoutSuitesIsRefused() {
    assertThatThrownBy(() -> CorpusReader.read(folder))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("no *.edn");
    assertThatThrownBy(() -> CorpusReader.read(folder.resolve("missing")))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("no folder");
  }
}
