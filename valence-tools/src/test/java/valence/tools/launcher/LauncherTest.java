package valence.tools.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.process.Command;

/// The launcher in a checkout of its own, on a machine where only what the test puts there is
/// found.
class LauncherTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String TOOLS =
      "bash dirname readlink sed head find uname env cat rm mkdir" + " touch mv sleep pwd tail";

  @TempDir
  private Path temporary = Path.of("");

  private Path checkout = Path.of("");
  private Path jdks = Path.of("");
  private Path path = Path.of("");

  @BeforeEach
  void emptyMachine() throws IOException {
    checkout = Files.createDirectories(temporary.resolve("a checkout"));
    jdks = Files.createDirectories(temporary.resolve("jdks"));
    path = Files.createDirectories(temporary.resolve("path"));
    Path original = Path.of("").toAbsolutePath().resolveSibling("valence");
    String script = Files.readString(original)
        .replace("/usr/lib/jvm/", jdks + "/")
        .replace("/opt/", "/nowhere/");
    executable(checkout.resolve("valence"), script);
    for (String tool : TOOLS.split("\\s+")) {
      tool(tool);
    }
    for (String folder : List.of("pom.xml", "dist/pom.xml", "conformance/pom.xml")) {
      Path file = checkout.resolve(folder);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    Files.createDirectories(checkout.resolve("conformance/src"));
  }

  @Test
  void saysInOneLineThatThereIsNoJdk() {
    Command.Outcome outcome = launch();
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("valence: No JDK 25 found. Install one")
        .hasLineCount(1);
  }

  @Test
  void anOlderJdkIsNone() throws IOException {
    jdk("17", "17.0.15");
    assertThat(launch().err()).startsWith("valence: No JDK 25 found.").hasLineCount(1);
  }

  @Test
  void saysInOneLineThatThereIsNoGit() throws IOException {
    jdk("25", "25.0.1");
    assertThat(launch().err()).startsWith("valence: git not found.").hasLineCount(1);
  }

  @Test
  void saysInOneLineThatThereIsNoMaven() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    assertThat(launch().err()).startsWith("valence: Maven not found.").hasLineCount(1);
  }

  @Test
  void saysInOneLineThatMavenIsTooOld() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    executable(path.resolve("mvn"), "#!/usr/bin/env bash\necho 'Apache Maven 3.6.3 (x)'\n");
    assertThat(launch().err()).startsWith("valence: Maven 3.6.3 is too old.").hasLineCount(1);
  }

  @Test
  void showsTheLogOfABuildThatFails() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    maven("echo 'the compiler says no'\nexit 1\n");
    Command.Outcome outcome = launch();
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).contains("the compiler says no").contains("The build failed");
  }

  @Test
  void buildsOnceThenOnlyStarts() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    maven("mkdir -p '" + checkout + "/dist/target/lib'\n");
    assertThat(launch("up", "a b").err()).contains("Built Valence in");
    Command.Outcome second = launch("up", "a b");
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).contains("valence.tools.cli.Main").contains("[a b]");
  }

  @Test
  void buildsAgainAfterAChange() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    maven("mkdir -p '" + checkout + "/dist/target/lib'\n");
    launch();
    Path source = checkout.resolve("conformance/src/New.java");
    Files.writeString(source, "");
    Files.setLastModifiedTime(
        source, java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    assertThat(launch().err()).contains("Built Valence in");
  }

  @Test
  void prefersJdk25ToANewerOneAndANewerOneToNone() throws IOException {
    tool("git");
    maven("mkdir -p '" + checkout + "/dist/target/lib'\n");
    jdk("26", "26");
    assertThat(launch().out()).contains("java of 26");
    jdk("99-is-25", "25.0.2");
    assertThat(launch().out()).contains("java of 25.0.2");
  }

  @Test
  void namesThePlaceWhenTheSettingIsWrong() {
    Command.Outcome outcome =
        run(Map.of("VALENCE_JAVA_HOME", Optional.of("/nowhere")), checkout.resolve("valence"));
    assertThat(outcome.err()).contains("VALENCE_JAVA_HOME is /nowhere").hasLineCount(1);
  }

  @Test
  void worksThroughALinkFromElsewhere() throws IOException {
    jdk("25", "25.0.1");
    tool("git");
    maven("mkdir -p '" + checkout + "/dist/target/lib'\n");
    Path link = temporary.resolve("linked");
    Files.createSymbolicLink(link, Path.of("a checkout", "valence"));
    assertThat(run(Map.of(), link, "node").out()).contains("valence.node.Main");
  }

  private Command.Outcome launch(String... words) {
    return run(Map.of(), checkout.resolve("valence"), words);
  }

  private Command.Outcome run(Map<String, Optional<String>> more, Path script, String... words) {
    List<String> command =
        new java.util.ArrayList<>(List.of(path.resolve("bash").toString()));
    command.add(script.toString());
    command.addAll(List.of(words));
    Map<String, Optional<String>> machine = Map.of(
        "PATH", Optional.of(path.toString()),
        "HOME", Optional.of(temporary.toString()),
        "JAVA_HOME", Optional.empty(),
        "VALENCE_JAVA_HOME", Optional.empty());
    return new Command(temporary, command, machine, TIMEOUT)
        .withEnvironment(more)
        .run();
  }

  /// A folder that looks like a JDK and whose `java` says what it was told.
  private void jdk(String folder, String version) throws IOException {
    Path home = jdks.resolve(folder);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    executable(
        home.resolve("bin/java"),
        "#!/usr/bin/env bash\necho \"java of " + version + "\"\nprintf '[%s]' \"$@\"\n");
    executable(home.resolve("bin/javac"), "");
  }

  private void maven(String build) throws IOException {
    executable(
        path.resolve("mvn"),
        "#!/usr/bin/env bash\nif [ \"$1\" = -v ]; then echo 'Apache Maven 3.9.9'; exit; fi\n"
            + build);
  }

  private void tool(String tool) throws IOException {
    for (String folder : List.of("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin")) {
      Path program = Path.of(folder, tool);
      if (Files.isExecutable(program)) {
        executable(path.resolve(tool), "#!/bin/sh\nexec " + program + " \"$@\"\n");
        return;
      }
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    file.toFile().setExecutable(true);
  }
}
