package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.AnomalyException;
import valence.client.NodeClient;
import valence.tools.project.Kind;
import valence.tools.project.NewProject;
import valence.tools.testing.LocalRepository;

/// Pushes of Java without a build tool, out of real git repositories.
class JavaPushTest {
  @TempDir
  private Path temporary = Path.of("");

  private TestSystem system = new TestSystem();
  private NodeClient client = NodeClient.connect(system.address());
  private final List<String> progress = new ArrayList<>();
  private TestRepository shop = new TestRepository(temporary);

  JavaPushTest() throws IOException {}

  @BeforeEach
  void aCommittedFile() throws IOException {
    LocalRepository.share();
    shop = new TestRepository(temporary.resolve("shop"));
    shop.init();
    shop.write("src/shop/Prices.java", """
        package shop;

        import valence.api.Db;

        public final class Prices {
          public static long net(Db db, long gross) {
            return gross - 1;
          }
        }
        """);
    shop.write("resources/ion-config.edn", "{:app-name \"shop\" :allow [shop.Prices/net]}");
    shop.write("resources/schema.edn", "[{:db/ident :user/password :db/doc \"Hashed\"}]");
    shop.commit();
  }

  @AfterEach
  void stop() {
    client.close();
    system.close();
  }

  @Test
  void aFolderOfSourcesIsCompiledAndPushed() throws IOException {
    Pushed pushed = push().commit(shop.folder());
    assertThat(names(pushed)).containsExactly("shop.jar");
    assertThat(entries(pushed.parts().getFirst().artifact().id()))
        .containsExactly("ion-config.edn", "schema.edn", "shop/Prices.class");
    assertThat(progress).anyMatch(line -> line.equals("building with javac"));
    assertThat(pushed.warnings()).isEmpty();
    assertThat(push().commit(shop.folder()).known()).isTrue();
  }

  @Test
  void theAnswerTellsProgramsHowToGoOn() {
    Pushed pushed = push().commit(shop.folder());
    Map<?, ?> answer = pushed.toMap("valence " + pushed.deployWords());
    assertThat(answer.get(kw("rev"))).isEqualTo(shop.git("rev-parse", "HEAD"));
    assertThat(answer.get(kw("deploy-groups"))).isEqualTo(List.of("solo"));
    assertThat(answer.get(kw("deploy-command")))
        .isEqualTo("valence deploy shop " + pushed.rev() + " --wait");
    assertThat(answer.containsKey(kw("uname"))).isFalse();
    assertThat(push().folder(shop.folder(), "try").toMap("").get(kw("uname"))).isEqualTo("try");
  }

  @Test
  void aNewProjectCanBePushedAtOnce() throws IOException {
    NewProject project = new NewProject("tea-shop", Kind.JAVA, temporary, "1");
    NewProject.Made made = project.make();
    if (made.commit().isEmpty()) { // nobody told git who runs the tests
      new TestRepository(made.folder()).commit();
    }
    Pushed pushed = new Push(client, progress::add, true, false).commit(made.folder());
    assertThat(pushed.appName()).isEqualTo("tea-shop");
    assertThat(entries(pushed.parts().getFirst().artifact().id())).contains("teashop/Shop.class");
  }

  @Test
  void submodulesAreWarnedAbout() throws IOException {
    TestRepository other = new TestRepository(temporary.resolve("other"));
    other.init();
    other.write("README.md", "Other");
    other.commit();
    shop.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        other.folder().toString());
    shop.commit();
    assertThat(push().commit(shop.folder()).warnings())
        .singleElement()
        .asString()
        .contains("submodules");
  }

  @Test
  void oneFileInTheFolderIsEnough() throws IOException {
    TestRepository one = new TestRepository(temporary.resolve("one"));
    one.init();
    one.write("Shop.java", "public class Shop { public static long one() { return 1; } }");
    one.write("ion-config.edn", "{:app-name \"one\" :allow [Shop/one]}");
    one.commit();
    Pushed pushed = push().commit(one.folder());
    assertThat(entries(pushed.parts().getFirst().artifact().id()))
        .containsExactly("Shop.class", "ion-config.edn");
    assertThat(push().commit(one.folder()).known()).isTrue();
  }

  @Test
  void theSameCommitGivesTheSameBytesAnywhereAndAnyTime() throws IOException {
    Pushed first = push().commit(shop.folder());
    Path elsewhere = temporary.resolve("a/long/way/off");
    Files.createDirectories(elsewhere.getParent());
    shop.git("clone", "--quiet", shop.folder().toString(), elsewhere.toString());
    new TestRepository(elsewhere).git("config", "core.autocrlf", "true");
    Files.setPosixFilePermissions(
        elsewhere.resolve("resources/ion-config.edn"),
        PosixFilePermissions.fromString("rw-------"));
    Files.setLastModifiedTime(
        elsewhere.resolve("src/shop/Prices.java"), FileTime.fromMillis(1_000_000_000_000L));
    system.revisions.clear();
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      Pushed second = push().commit(elsewhere);
      assertThat(second.rev()).isEqualTo(first.rev());
      assertThat(second.moved()).isEmpty();
      assertThat(second.parts().getFirst().artifact())
          .isEqualTo(first.parts().getFirst().artifact());
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void librariesComeFromTheFolderAndByTheirNames() throws IOException {
    Files.createDirectories(shop.folder().resolve("lib"));
    jar(shop.folder().resolve("lib/tea.jar"), "tea/Leaf.txt", "green");
    shop.write("valence.edn", "{:deps {org.jspecify/jspecify {:mvn/version \"1.0.1\"}}}");
    shop.commit();
    Pushed pushed = new Push(client, progress::add, false, true).commit(shop.folder());
    assertThat(names(pushed)).containsExactly("shop.jar", "tea.jar", "jspecify-1.0.1.jar");
    assertThat(pushed.libraryLines())
        .containsExactly(
            "tea.jar                      says no licence",
            "org.jspecify/jspecify 1.0.1  The Apache License, Version 2.0");
  }

  @Test
  void aMistakeIsSaidWithItsLine() throws IOException {
    shop.write("src/shop/Prices.java", "package shop;\nclass Prices { int x = \"\"; }");
    shop.commit();
    assertThatThrownBy(() -> push().commit(shop.folder()))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("src/shop/Prices.java:2: ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {:deps {a/b {:mvn/version "[1,2)"}}}     | a version that isn't fixed: a/b [1,2)
      {:deps {a/b {:mvn/version "LATEST"}}}    | a version that isn't fixed: a/b LATEST
      {:deps {a/b {:mvn/version "1-SNAPSHOT"}}} | a version that isn't fixed: a/b 1-SNAPSHOT
      {:deps {a/b {:local/root "../b"}}}       | Expected a library and its version
      {:dops {}}                               | :dops
      """)
  void whatTheLibrariesAreMustBeSaid(String text, String reason) throws IOException {
    shop.write("valence.edn", text);
    shop.commit();
    assertThatThrownBy(() -> push().commit(shop.folder())).hasMessageContaining(reason);
  }

  @Test
  void whatWasHardlyMeantToBeShippedIsSaidAndStrictlyRefused() throws IOException {
    shop.write("resources/aws.properties", "region=eu\nkey=AKIA" + "ABCDEFGHIJKLMNOP\n");
    shop.write("resources/config.edn", "{:db/password \"correct horse\"}");
    shop.write("resources/.env", "A=b");
    shop.write("resources/server", "-----BEGIN RSA " + "PRIVATE KEY-----\nMII");
    shop.write("resources/photo.jpg", "version https://git-lfs.github.com/spec/v1\noid");
    shop.write("resources/by-reference.yml", "password: ${DB_PASSWORD}\n");
    Files.write(
        shop.folder().resolve("resources/big.bin"), new byte[Findings.FILE_BYTES_WARNED + 1]);
    shop.commit();
    Pushed pushed = push().commit(shop.folder());
    assertThat(pushed.warnings())
        .containsExactlyInAnyOrder(
            "aws.properties:2 seems to hold an access key of AWS",
            "config.edn:1 seems to hold a password",
            ".env looks like a file of secrets",
            "server:1 seems to hold a private key",
            "photo.jpg is a pointer of Git LFS: its content doesn't go with the application",
            "big.bin has 5242 kB: each push of a change to it moves all of it");
    assertThat(String.join(" ", pushed.warnings())).doesNotContain("correct horse", "AKIA");
    assertThatThrownBy(() -> new Push(client, progress::add, true, false).commit(shop.folder()))
        .hasMessageContaining("aws.properties:2");
  }

  @Test
  void aBrokenUploadGoesOnWithWhatIsMissing() throws IOException {
    Files.createDirectories(shop.folder().resolve("lib"));
    for (int i = 0; i < 6; i++) {
      jar(shop.folder().resolve("lib/tea-" + i + ".jar"), "tea/Leaf.txt", "green ".repeat(i + 1));
    }
    shop.commit();
    system.uploadsToBreak = 2;
    Pushed pushed = push().commit(shop.folder());
    assertThat(pushed.moved()).hasSize(7);
    assertThat(system.artifacts).hasSize(7);
    assertThat(system.uploads).hasSize(9);

    // A push that gave up leaves what arrived, and the next one takes only the rest.
    system.revisions.clear();
    system.artifacts.clear();
    system.uploads.clear();
    system.uploadsToBreak = 1_000;
    assertThatThrownBy(() -> push().commit(shop.folder())).isInstanceOf(AnomalyException.class);
    system.uploadsToBreak = 0;
    Pushed rest = push().commit(shop.folder());
    assertThat(rest.moved()).hasSize(7);
    assertThat(new TreeSet<>(system.artifacts.keySet()))
        .isEqualTo(new TreeSet<>(
            rest.parts().stream().map(part -> part.artifact().id()).toList()));
  }

  @Test
  void aLinkAmongTheResourcesIsRefused() throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret"), "42");
    Files.createSymbolicLink(shop.folder().resolve("resources/notes"), secret);
    shop.commit();
    assertThatThrownBy(() -> push().commit(shop.folder())).hasMessageContaining("notes is a link");
  }

  @Test
  void whatNothingSaysHowToBuildIsRefused() throws IOException {
    TestRepository gradle = new TestRepository(temporary.resolve("gradle"));
    gradle.init();
    gradle.write("build.gradle.kts", "plugins { java }");
    gradle.commit();
    assertThatThrownBy(() -> push().commit(gradle.folder())).hasMessageContaining("Gradle");
    TestRepository empty = new TestRepository(temporary.resolve("empty"));
    empty.init();
    empty.write("README.md", "Nothing yet");
    empty.commit();
    assertThatThrownBy(() -> push().commit(empty.folder())).hasMessageContaining("valence new");
  }

  private Push push() {
    return new Push(client, progress::add);
  }

  private static List<String> names(Pushed pushed) {
    return pushed.parts().stream().map(part -> part.artifact().name()).toList();
  }

  private List<String> entries(String artifact) throws IOException {
    List<String> names = new ArrayList<>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(system.artifacts.get(artifact)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  private static void jar(Path file, String name, String text) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }
}
