package valence.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.client.Profile;
import valence.tools.solo.AccessTool;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;
import valence.tools.testing.LocalRepository;
import valence.tools.tour.Folders;
import valence.tools.tour.Git;
import valence.wire.Fields;

/// The whole demonstration: a real node, the real example, a real repository. Needs what the build
/// has put into the local repository by then, hence a lifecycle phase of package or later.
class CodebaseDemoTest {
  private static final String ODD = "odd \"näme\"\t{1}.txt";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @TempDir
  private Path repository = Path.of("");

  @AfterEach
  void forget() throws IOException {
    Folders.delete(CodebaseSystem.here(Optional.empty()).folder());
  }

  @Test
  void importsWhatIsNewAndAnswers() throws IOException {
    LocalRepository.shareValenceApi();
    Git git = new Git(repository);
    git.run("init", "--quiet", "--initial-branch=main");
    Files.writeString(repository.resolve(ODD), "one\ntwo\n");
    git.commit("Begin");
    git.run("checkout", "--quiet", "-b", "side");
    Files.write(repository.resolve("binary"), new byte[] {0, 1, 2});
    git.commit("Add bytes");
    git.run("checkout", "--quiet", "main");
    Files.writeString(repository.resolve(ODD), "one\ntwo\nthree\n");
    git.commit("Go on");
    git.run("merge", "--quiet", "--no-edit", "side");

    assertThat(run())
        .contains("4 new commits")
        .contains("git rev-list --count HEAD, without HEAD itself: 3 too")
        .contains("moved")
        .doesNotContain("✗");

    git.run("mv", ODD, "plain.txt");
    git.commit("Rename");
    assertThat(run())
        .contains("1 new commits")
        .contains("nothing was built, nothing moved")
        .contains("it runs already")
        .doesNotContain("✗");

    CodebaseDemo demo = demo();
    Question.Answer knows = demo.ask(Question.knows(ODD, Optional.empty()));
    assertThat(knows.rows()).hasSize(1);
    assertThat(knows.rows().getFirst().subList(2, 4)).asString().isEqualTo("[3, 6]");
    assertThatThrownBy(() -> demo.ask(Question.owner("absent", Optional.empty())))
        .isInstanceOf(AnomalyException.class)
        .hasMessage("No commit changed a file absent.");

    goesOnWhereThereArePrincipals();
  }

  /// On the same system, since to make one takes long.
  private void goesOnWhereThereArePrincipals() {
    SoloSystem system = SoloSystem.above(Path.of("").toAbsolutePath(), CodebaseSystem.NAME);
    Object made = AccessTool.run(
        system, "create", Map.of(kw("name"), SoloSystem.ADMIN, kw("grants"), List.of("all")));
    assertThatThrownBy(() -> demo().ask(Question.size()))
        .hasMessageContaining("has principals, and nothing says who asks")
        .hasMessageContaining("--profile");
    Fields key = Fields.of("The key", made);
    Profile.write(
        system.profile(SoloSystem.ADMIN),
        Map.of(
            kw("endpoint"),
            "http://127.0.0.1:" + SoloSystem.API_PORT,
            kw("access-key"),
            Map.of(kw("id"), key.text("id"), kw("secret"), key.text("secret"))));
    assertThat(run())
        .contains("all of its commits were there already", "signed")
        .doesNotContain("✗");
    assertThat(demo().ask(Question.changed(Optional.empty(), Optional.empty())).rows())
        .hasSize(3);
  }

  @Test
  void aFolderWithoutCommitsHasNoHistory() {
    assertThatThrownBy(() -> History.of(repository))
        .hasMessageContaining("There is no git repository in");
    new Git(repository).run("init", "--quiet");
    assertThatThrownBy(() -> History.of(repository)).hasMessageContaining("has no commit yet");
  }

  private String run() {
    out.reset();
    demo().run(Path.of("").toAbsolutePath().getParent(), false);
    return out.toString(StandardCharsets.UTF_8);
  }

  private CodebaseDemo demo() {
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new CodebaseDemo(
        new Terminal(stream, stream, false), History.of(repository), Optional.empty());
  }
}
