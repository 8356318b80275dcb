package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import valence.api.AnomalyException;
import valence.client.NodeClient;
import valence.tools.testing.LocalRepository;
import valence.wire.ion.Artifact;
import valence.wire.ion.Coordinates;

/// Pushes of an application that is one of several Maven modules of a real git repository.
class ReactorPushTest {
  private static final String HEAD = """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
      """;

  private static final String PARENT = HEAD + """
        <groupId>example</groupId>
        <artifactId>all</artifactId>
        <version>1-SNAPSHOT</version>
        <packaging>pom</packaging>
        <modules>
          <module>unrelated</module>
          <module>apps/shop</module>
          <module>prices</module>
        </modules>
        <properties>
          <maven.compiler.release>25</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          <jspecify.version>1.0.1</jspecify.version>
        </properties>
        <build>
          <pluginManagement>
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
          </pluginManagement>
        </build>
      </project>
      """;

  private static final String JSPECIFY = """
      <dependency>
        <groupId>org.jspecify</groupId>
        <artifactId>jspecify</artifactId>
        <version>${jspecify.version}</version>
      </dependency>
      """;

  private static final String SYSTEM_PATH =
      "</version><scope>system</scope>" + "<systemPath>/p.jar</systemPath></dependency>";

  @TempDir
  private Path temporary = Path.of("");

  private TestSystem system = new TestSystem();
  private NodeClient client = NodeClient.connect(system.address());
  private TestRepository all = new TestRepository(temporary);

  ReactorPushTest() throws IOException {}

  @BeforeEach
  void threeModules() throws IOException {
    LocalRepository.share();
    all = new TestRepository(temporary.resolve("all"));
    all.init();
    all.write("pom.xml", PARENT);
    all.write(".gitignore", "target/\n");
    all.write("prices/pom.xml", module("..", "prices", JSPECIFY));
    all.write(
        "prices/src/main/java/prices/Prices.java",
        "package prices; public class Prices { public static long net(long g) { return g; } }");
    all.write("unrelated/pom.xml", module("..", "unrelated", ""));
    all.write("unrelated/src/main/java/Broken.java", "this is no Java");
    all.write("apps/shop/pom.xml", module("../..", "shop", PRICES));
    all.write(
        "apps/shop/src/main/java/shop/Shop.java",
        "package shop; public class Shop {"
            + " public static long net(long gross) { return prices.Prices.net(gross); } }");
    all.write(
        "apps/shop/src/main/resources/ion-config.edn",
        "{:app-name \"shop\" :allow [shop.Shop/net]}");
    all.commit();
  }

  private static final String PRICES = """
      <dependency>
        <groupId>example</groupId>
        <artifactId>prices</artifactId>
        <version>${project.version}</version>
      </dependency>
      """;

  private static String module(String up, String name, String dependencies) {
    return HEAD
        + "<parent><groupId>example</groupId><artifactId>all</artifactId>"
        + "<version>1-SNAPSHOT</version><relativePath>" + up + "/pom.xml</relativePath></parent>"
        + "<artifactId>" + name + "</artifactId><dependencies>" + dependencies
        + "</dependencies></project>";
  }

  @AfterEach
  void stop() {
    client.close();
    system.close();
  }

  @Test
  void theModulesThatItNeedsTravelWithTheSameBytesFromAnyClone() throws IOException {
    Pushed first = push().commit(all.folder().resolve("apps/shop"));
    assertThat(first.parts())
        .extracting(part -> part.artifact().name())
        .containsExactly("shop.jar", "prices-1-SNAPSHOT.jar", "jspecify-1.0.1.jar");
    assertThat(first.parts())
        .extracting(part -> part.artifact().kind())
        .containsExactly(
            Artifact.Kind.APPLICATION, Artifact.Kind.APPLICATION, Artifact.Kind.LIBRARY);
    assertThat(first.parts().getLast().artifact().coordinates())
        .isEqualTo(new Coordinates("org.jspecify/jspecify", "1.0.1"));

    Path clone = temporary.resolve("somewhere/else");
    Files.createDirectories(clone.getParent());
    all.git("clone", "--quiet", all.folder().toString(), clone.toString());
    system.revisions.clear();
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      // From the top of the repository, which has one application.
      Pushed second = push().commit(clone);
      assertThat(second.moved()).isEmpty();
      assertThat(second.parts().stream().map(Pushed.Part::artifact).toList())
          .isEqualTo(first.parts().stream().map(Pushed.Part::artifact).toList());
    } finally {
      TimeZone.setDefault(zone);
    }

    // Work in progress in a sibling belongs to the application.
    all.write(
        "prices/src/main/java/prices/Prices.java",
        "package prices; public class Prices { public static long net(long g) { return g - 1; } }");
    Pushed named = push().folder(all.folder().resolve("apps/shop"), "try");
    assertThat(named.moved())
        .extracting(part -> part.artifact().name())
        .containsExactly("prices-1-SNAPSHOT.jar");
    assertThat(git("worktree", "list").lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      pom.xml           | <jspecify.version>1.0.1 | <jspecify.version>[1,2)  | jspecify [1,2)
      prices/pom.xml    | ${jspecify.version}     | LATEST                   | jspecify LATEST
      prices/pom.xml    | ${jspecify.version}     | 1.1-SNAPSHOT             | jspecify 1.1-SNAPSHOT
      pom.xml           | 3.4.2                   | RELEASE                  | jar-plugin RELEASE
      apps/shop/pom.xml | ${project.version}<     | <systemPath> | prices, /p.jar
      """)
  void aVersionThatIsNotFixedIsFoundInEachPomConcerned(
      String file, String from, String to, String reason) throws IOException {
    String pom = Files.readString(all.folder().resolve(file));
    assertThat(pom).contains(from);
    all.write(
        file,
        to.startsWith("<systemPath>")
            ? pom.replaceFirst("</version>\\s*</dependency>", SYSTEM_PATH)
            : pom.replace(from, to));
    all.write("notes.txt", "buy tea");
    assertThatThrownBy(() -> push().commit(all.folder().resolve("apps/shop")))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("not committed")
        .hasMessageContaining("notes.txt")
        .hasMessageContaining(reason);
  }

  @Test
  void whatIsOfOtherModulesOrForTestsDoesNotMatter() throws IOException {
    String test = JSPECIFY.replace("${jspecify.version}", "[1,2)");
    all.write("unrelated/pom.xml", module("..", "unrelated", test));
    all.write(
        "apps/shop/pom.xml",
        module(
            "../..",
            "shop",
            PRICES + test.replace("</dependency>", "<scope>test</scope></dependency>")));
    all.commit();
    Path shop = all.folder().resolve("apps/shop");
    var project = new Build.Project(all.folder().toRealPath(), shop.toRealPath());
    assertThat(new MavenBuild().reasons(project)).isEmpty();
  }

  @Test
  void severalApplicationsAreNamed() throws IOException {
    all.write("prices/src/main/resources/ion-config.edn", "{:app-name \"prices\"}");
    all.commit();
    assertThatThrownBy(() -> push().commit(all.folder())).hasMessageContaining("apps/shop, prices");
  }

  private Push push() {
    return new Push(client, _ -> {});
  }

  private String git(String... words) {
    return all.git(words);
  }
}
