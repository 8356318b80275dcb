package valence.tools.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.tools.process.Command;
import valence.tools.testing.LocalRepository;
import valence.wire.ion.IonConfig;

/// What `valence new` makes. That of Maven is tested and pushed by the guide's page.
class NewProjectTest {
  @TempDir
  private Path folder = Path.of("");

  @org.jspecify.annotations.Nullable
  private Shell shell;

  @BeforeEach
  void aShell() throws IOException {
    shell = new Shell(folder, LocalRepository.share());
  }

  @ParameterizedTest
  @EnumSource
  void eachKindIsARepositoryWithOneCommitAndNothingElse(Kind kind) throws IOException {
    String said = done("valence new tea-shop --kind " + kind.name().toLowerCase());
    assertThat(said).contains("Made tea-shop, a git repository with its first commit.");
    done("cd tea-shop");
    assertThat(done("git log --format=%an,%s")).isEqualTo("Ada,Begin");
    assertThat(done("git status --porcelain")).isEmpty();
    for (String file : done("git ls-files").lines().toList()) {
      String text = Files.readString(shell.directory().resolve(file));
      assertThat(text).as(file).doesNotContain("{{").endsWith("\n");
      assertThat(file).doesNotContain("{{");
      if (file.endsWith("ion-config.edn")) {
        assertThat(IonConfig.parse(text).appName()).isEqualTo("tea-shop");
      }
      if (file.equals("README.md")) {
        assertThat(text.lines().count()).isLessThan(20);
        assertThat(text).contains(new NewProject("tea-shop", kind, folder, "1").testCommand());
      }
    }
  }

  @Test
  void javaWithoutABuildToolPassesItsTests() {
    done("valence new tea-shop --kind java");
    done("cd tea-shop");
    assertThat(done("java -cp \"$(valence class-path):resources\" src/teashop/Shop.java"))
        .isEqualTo("All tests passed.");
    assertThat(done("git status --porcelain")).isEmpty();
  }

  @Test
  void clojurePassesItsTests() {
    done("valence new tea-shop --kind clojure");
    done("cd tea-shop");
    assertThat(done("java -cp \"$(valence class-path):src:resources:test\" clojure.main"
            + " -m tea-shop.shop-test 2>&1"))
        .contains("3 assertions", "0 failures, 0 errors")
        .doesNotContain("Reflection warning");
  }

  @Test
  void whoIsUnknownToGitIsToldWhatToDo() {
    shell.forgetful();
    String said = done("valence new tea");
    assertThat(said).contains("Nothing is committed yet", "git config user.email");
    done("cd tea");
    done("git config user.name Ada && git config user.email ada@example.org");
    done("git commit --quiet --message Begin");
    assertThat(done("git status --porcelain")).isEmpty();
  }

  @Test
  void whatIsThereIsLeftAlone() throws IOException {
    Path tea = Files.createDirectories(folder.resolve("tea"));
    Files.writeString(tea.resolve("notes.txt"), "buy tea");
    NewProject project = new NewProject("tea", Kind.JAVA, folder, "1");
    assertThatThrownBy(project::make)
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("is there already");
    assertThat(tea).isDirectoryContaining(file -> file.endsWith("notes.txt"));
    Files.delete(tea.resolve("notes.txt"));
    assertThat(project.make().files()).contains("src/tea/Shop.java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Tea", "../tea", "tea shop", "1tea", "new", "tea--x", "tea-", "a.b"})
  void aNameThatNoPackageCanHaveIsRefused(String name) {
    assertThatThrownBy(() -> new NewProject(name, Kind.JAVA, folder, "1"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("such as tea-shop");
  }

  private String done(String line) {
    Command.Outcome outcome = shell.run(line);
    assertThat(outcome.status()).as(line + "\n" + outcome.out() + outcome.err()).isZero();
    return outcome.out().strip();
  }
}
