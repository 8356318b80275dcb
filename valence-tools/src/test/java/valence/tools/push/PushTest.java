package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.client.NodeClient;
import valence.tools.testing.LocalRepository;
import valence.wire.ion.Revision;

/// Pushes of a small Maven project in a real git repository.
class PushTest {
  private static final String POM = """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <groupId>example</groupId>
        <artifactId>shop</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>25</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencies>
          <dependency>
            <groupId>org.jspecify</groupId>
            <artifactId>jspecify</artifactId>
            <version>1.0.1</version>
          </dependency>
          <dependency>
            <groupId>org.clojure</groupId>
            <artifactId>clojure</artifactId>
            <version>1.12.6</version>
            <scope>provided</scope>
          </dependency>
        </dependencies>
        <build>
          <plugins>
            <plugin>
              <artifactId>maven-resources-plugin</artifactId>
              <version>3.3.1</version>
            </plugin>
            <plugin>
              <artifactId>maven-compiler-plugin</artifactId>
              <version>3.16.0</version>
            </plugin>
            <plugin>
              <artifactId>maven-surefire-plugin</artifactId>
              <version>3.6.1</version>
            </plugin>
            <plugin>
              <artifactId>maven-jar-plugin</artifactId>
              <version>3.4.2</version>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  @TempDir
  private Path temporary = Path.of("");

  private Path project = Path.of("");
  private TestRepository repository = new TestRepository(project);
  private TestSystem system = new TestSystem();
  private NodeClient client = NodeClient.connect(system.address());
  private final List<String> progress = new ArrayList<>();

  PushTest() throws IOException {}

  @BeforeEach
  void aCommittedProject() throws IOException {
    LocalRepository.share();
    project = temporary.resolve("shop");
    repository = new TestRepository(project);
    write("pom.xml", POM);
    write(".gitignore", "target/\n");
    write("src/main/resources/ion-config.edn", "{:app-name \"shop\" :allow [shop.Prices/net]}");
    write("src/main/java/shop/Prices.java", prices(1));
    repository.init();
    commit();
  }

  @AfterEach
  void stop() {
    client.close();
    system.close();
  }

  @Test
  void aCommitBecomesARevisionAndAgainMovesNothing() throws IOException {
    Pushed first = push().commit(project);
    assertThat(first.rev()).isEqualTo(git("rev-parse", "HEAD"));
    assertThat(first.known()).isFalse();
    assertThat(names(first)).containsExactly("shop.jar", "jspecify-1.0.1.jar");
    assertThat(first.moved()).hasSize(2);
    assertThat(system.artifacts).hasSize(2);
    assertThat(system.revisions.values()).extracting(Revision::pushedBy).doesNotContain("");

    progress.clear();
    Pushed again = push().commit(project);
    assertThat(again.known()).isTrue();
    assertThat(again.moved()).isEmpty();
    assertThat(again.build()).isEqualTo(Duration.ZERO);
    assertThat(progress).isEmpty();

    // A system that lost its revisions: the same commit is built again, to the same bytes.
    system.revisions.clear();
    Pushed rebuilt = push().commit(project);
    assertThat(rebuilt.moved()).isEmpty();
    assertThat(ids(rebuilt)).isEqualTo(ids(first));

    write("src/main/java/shop/Prices.java", prices(2));
    commit();
    Pushed second = push().commit(project);
    assertThat(second.moved()).hasSize(1);
    assertThat(second.moved().getFirst().artifact().name()).isEqualTo("shop.jar");
    assertThat(git("worktree", "list").lines()).hasSize(1);
    assertThat(project.resolve("target")).doesNotExist();
  }

  @Test
  void whatIsNotCommittedIsRefusedWithAllReasons() throws IOException {
    write("src/main/java/shop/Prices.java", prices(3));
    write("notes.txt", "buy tea");
    assertThatThrownBy(() -> push().commit(project))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("src/main/java/shop/Prices.java")
        .hasMessageContaining("notes.txt")
        .hasMessageContaining("--uname");
    assertThat(system.revisions).isEmpty();
  }

  @Test
  void versionsThatMayMeanSomethingElseAreRefused() throws IOException {
    write("pom.xml", POM.replace("<version>1.0.1<", "<version>[1.0,2)<"));
    commit();
    assertThatThrownBy(() -> push().commit(project)).hasMessageContaining("jspecify [1.0,2)");
  }

  @Test
  void aRepositoryWithoutCommitsIsRefused() throws IOException {
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    new TestRepository(empty).init();
    assertThatThrownBy(() -> push().commit(empty)).hasMessageContaining("no commit yet");
  }

  @Test
  void aFolderOutsideOfGitIsRefused() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("plain"));
    assertThatThrownBy(() -> push().commit(folder)).hasMessageContaining("not a git repository");
  }

  @Test
  void workInProgressIsPushedUnderAName() throws IOException {
    write("src/main/java/shop/Prices.java", prices(4));
    Pushed pushed = push().folder(project, "try-4");
    assertThat(pushed.rev()).isEqualTo("unreproducible/try-4");
    assertThat(system.revisions).containsKey("unreproducible/try-4");
    assertThat(project.resolve("target")).doesNotExist();
  }

  @Test
  void aNameWithASlashIsRefused() {
    assertThatThrownBy(() -> push().folder(project, "../x")).hasMessageContaining("../x");
  }

  @Test
  void aBuildThatFailsSaysWhatTheCompilerSaid() throws IOException {
    write("src/main/java/shop/Prices.java", "package shop; class Prices { oops }");
    commit();
    assertThatThrownBy(() -> push().commit(project))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("Prices.java");
    assertThat(git("worktree", "list").lines()).hasSize(1);
  }

  @Test
  void aMistakeInTheConfigurationIsNamedBeforeAnythingIsBuilt() throws IOException {
    write("src/main/resources/ion-config.edn", "{:app-name \"shop\" :alow []}");
    commit();
    assertThatThrownBy(() -> push().commit(project)).hasMessageContaining(":alow");
    assertThat(progress).isEmpty();
  }

  private Push push() {
    return new Push(client, progress::add);
  }

  private static List<String> names(Pushed pushed) {
    return pushed.parts().stream().map(part -> part.artifact().name()).toList();
  }

  private static List<String> ids(Pushed pushed) {
    return pushed.parts().stream().map(part -> part.artifact().id()).toList();
  }

  private static String prices(int version) {
    return "package shop; public final class Prices {"
        + " public static long net(long gross) { return gross - " + version + "; } }";
  }

  private void write(String file, String text) throws IOException {
    repository.write(file, text);
  }

  private void commit() {
    repository.commit();
  }

  private String git(String... words) {
    return repository.git(words);
  }
}
