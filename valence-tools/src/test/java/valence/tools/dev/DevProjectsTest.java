package valence.tools.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.tools.dev.DevRun.edit;
import static valence.tools.dev.DevRun.save;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.tools.testing.LocalRepository;
import valence.tools.testing.ToolsDeps;

/// `valence dev` runs what `valence push` takes, with the same libraries, of whatever builds it.
class DevProjectsTest {
  private static final int SAVES = 5;

  private static final String HANDLER = """
      package shop;

      import valence.ion.HttpRequest;
      import valence.ion.HttpResponse;

      public final class Web {
        public static HttpResponse handle(HttpRequest request) {
          return HttpResponse.text(200, TEXT);
        }
      }
      """;
  private static final String CONFIG =
      "{:app-name \"shop\" :http-direct {:handler-fn shop.Web/handle}}";

  @TempDir
  private Path folder;

  @BeforeEach
  void shareTheRepository() throws IOException {
    folder = folder.toRealPath();
    LocalRepository.share();
  }

  @Test
  void withoutABuildToolLibrariesAreThoseThatAreListed() throws Exception {
    save(folder.resolve("resources/ion-config.edn"), CONFIG);
    save(folder.resolve("src/shop/Web.java"), HANDLER.replace("TEXT", "\"none\""));
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      assertThat(run.get("/")).isEqualTo("none");
      save(
          folder.resolve("valence.edn"),
          "{:deps {com.fasterxml.jackson.core/jackson-databind {:mvn/version \"2.22.3\"}}}");
      run.await("live", "valence.edn");
      edit(
          folder.resolve("src/shop/Web.java"),
          "\"none\"",
          "new com.fasterxml.jackson.databind.ObjectMapper().createArrayNode().add(7).toString()");
      run.await("live", "Web.java");
      assertThat(run.get("/")).isEqualTo("[7]");
      save(folder.resolve("valence.edn"), "{:deps {no.such/library {:mvn/version \"1.0\"}}}");
      run.await("refused", "no.such:library");
      assertThat(run.get("/")).isEqualTo("[7]");
    }
  }

  @Test
  void aModuleOfMavenIsRunWithTheModulesThatItNeeds() throws Exception {
    save(folder.resolve("pom.xml"), pom("all", "", """
        <packaging>pom</packaging>
        <modules><module>words</module><module>app</module></modules>
        """));
    save(folder.resolve("words/pom.xml"), pom("words", "all", ""));
    save(folder.resolve("words/src/main/java/words/Words.java"), """
        package words;

        public final class Words {
          public static String tea() {
            return "tea";
          }
        }
        """);
    save(folder.resolve("words/src/main/resources/words.txt"), "green");
    save(folder.resolve("app/pom.xml"), pom("app", "all", """
        <dependencies><dependency><groupId>shop</groupId><artifactId>words</artifactId>
        <version>1</version></dependency>
        <dependency><groupId>com.fasterxml.jackson.core</groupId>
        <artifactId>jackson-databind</artifactId><version>2.22.3</version></dependency>
        <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId>
        <version>2.0.20</version><scope>provided</scope></dependency></dependencies>
        """));
    save(folder.resolve("app/src/main/resources/ion-config.edn"), CONFIG);
    save(
        folder.resolve("app/src/main/java/shop/Web.java"),
        HANDLER.replace(
            "TEXT",
            "words.Words.tea() + new com.fasterxml.jackson.databind.ObjectMapper()"
                + ".createArrayNode().add(Web.class.getResource(\"/words.txt\") != null)"));
    withApi(folder.resolve("app/pom.xml"));
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) { // the one module with a config
      assertThat(run.get("/")).isEqualTo("tea[true]");
      edit(folder.resolve("words/src/main/java/words/Words.java"), "\"tea\"", "\"pots\"");
      run.await("live", "Words.java");
      assertThat(run.get("/")).isEqualTo("pots[true]");
    }
    assertThat(folder.resolve("words/target/classes/words")).doesNotExist();
  }

  /// Compiles against the api, which our build may not have put into the repository yet.
  private static void withApi(Path pom) throws IOException {
    LocalRepository.shareValenceApi();
    edit(pom, "<dependencies>", """
        <dependencies><dependency><groupId>dev.valence</groupId><artifactId>valence-api</artifactId>
        <version>0.1.0</version><scope>provided</scope></dependency>
        """);
  }

  private static String pom(String name, String parent, String more) {
    String above = parent.isEmpty()
        ? ""
        : "<parent><groupId>shop</groupId><artifactId>" + parent
            + "</artifactId><version>1</version></parent>";
    return "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">"
        + "<modelVersion>4.0.0</modelVersion>" + above + "<groupId>shop</groupId><artifactId>"
        + name + "</artifactId><version>1</version>" + more + "</project>";
  }

  @Test
  void aClojureApplicationIsRunWithItsOwnLibrariesAndLoadedAfresh() throws Exception {
    ToolsDeps.share();
    Path shop = folder.resolve("shop");
    save(folder.resolve("words/deps.edn"), "{:paths [\"source\"]}");
    save(folder.resolve("words/source/words/core.clj"), "(ns words.core)\n(def tea \"tea\")\n");
    save(
        shop.resolve("deps.edn"),
        "{:paths [\"src\" :more] :aliases {:more [\"resources\"]}"
            + " :deps {org.clojure/data.json {:mvn/version \"2.5.2\"}"
            + " shop/words {:local/root \"../words\"}}}");
    save(
        shop.resolve("resources/ion-config.edn"),
        "{:app-name \"shop\" :http-direct {:handler-fn shop.web/handle}}");
    save(shop.resolve("src/shop/web.clj"), """
        (ns shop.web
          (:require [clojure.data.json :as json] [words.core :as words]))
        (defonce loaded (atom 0))
        (swap! loaded inc)
        (defn gone [] :here)
        (defn handle [_]
          {:status 200 :body (json/write-str ["one" words/tea @loaded])})
        """);
    List<Long> millis = new ArrayList<>();
    try (DevRun run = new DevRun(shop, "--memory").awaitLive()) {
      assertThat(run.get("/")).isEqualTo("[\"one\",\"tea\",1]");
      for (int i = 0; i < SAVES; i++) {
        run.await("ahead");
        edit(shop.resolve("src/shop/web.clj"), "[\"one\"", "[\"one\" " + i);
        String live = run.await("live", "web.clj");
        millis.add(Long.parseLong(DevRun.field(live, "millis")));
        assertThat(run.get("/")).startsWith("[\"one\"," + i).endsWith(",1]");
      }
      edit(folder.resolve("words/source/words/core.clj"), "\"tea\"", "\"pots\"");
      run.await("live", "core.clj");
      assertThat(run.get("/")).contains("\"pots\"");

      edit(shop.resolve("src/shop/web.clj"), "(defn gone [] :here)", "");
      run.await("live", "web.clj");
      edit(shop.resolve("src/shop/web.clj"), "(defn handle", "(gone)\n(defn handle");
      run.await("refused", "load", "web.clj:", "gone");
      assertThat(run.get("/")).contains("\"pots\"");
      edit(shop.resolve("src/shop/web.clj"), "(gone)\n", "");
      run.await("live", "web.clj");

      save(shop.resolve("src/data_readers.clj"), "{shop/tea shop.readers/tea}");
      save(shop.resolve("src/shop/readers.clj"), "(ns shop.readers)\n(defn tea [x] [:tea x])\n");
      String web = Files.readString(shop.resolve("src/shop/web.clj"));
      save(
          shop.resolve("src/shop/web.clj"),
          web.replace("[clojure.data", "[shop.readers] [clojure.data")
              .replace("words/tea", "(second #shop/tea \"cup\")"));
      run.await("live", "web.clj");
      assertThat(run.get("/")).contains("\"cup\"");
    }
    System.out.println("Clojure, save to live: " + millis + " ms");
    assertThat(Files.isDirectory(shop.resolve(".valence"))).isTrue();
  }
}
