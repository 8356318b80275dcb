package valence.tools.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.tools.dev.DevRun.edit;
import static valence.tools.dev.DevRun.save;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `valence dev` in a process of its own, on an application without a build tool.
class DevTest {
  private static final String WEB = """
      package shop;

      import java.util.Map;
      import valence.ion.Cast;
      import valence.ion.HttpRequest;
      import valence.ion.HttpResponse;

      public final class Web {
        public static HttpResponse handle(HttpRequest request) {
          if (request.path().equals("/fail")) {
            throw new IllegalStateException("out of tea");
          }
          Cast.dev(Map.of("asked", request.path()));
          return HttpResponse.text(200, "one " + Words.TEA);
        }
      }
      """;
  private static final String WORDS = """
      package shop;

      final class Words {
        static final String TEA = "tea";
      }
      """;
  private static final String CONFIG =
      "{:app-name \"shop\" :http-direct {:handler-fn shop.Web/handle}}";

  @TempDir
  private Path folder;

  @BeforeEach
  void makeApplication() throws IOException {
    save(folder.resolve("ion-config.edn"), CONFIG);
    save(folder.resolve("src/shop/Web.java"), WEB);
    save(folder.resolve("src/shop/Words.java"), WORDS);
  }

  private Path source(String name) {
    return folder.resolve("src/shop").resolve(name);
  }

  @Test
  void whatIsSavedIsLive() throws Exception {
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      assertThat(run.get("/")).isEqualTo("one tea");

      edit(source("Web.java"), "\"one \"", "\"two \"");
      String live = run.await("live", "dev/2", "Web.java");
      assertThat(DevRun.field(live, "compiled")).as("the file alone").isEqualTo("1");
      assertThat(run.get("/")).isEqualTo("two tea");

      edit(source("Words.java"), "\"tea\"", "\"pots\"");
      live = run.await("live", "dev/3");
      assertThat(DevRun.field(live, "compiled"))
          .as("what uses a constant has a copy of it")
          .isEqualTo("2");
      assertThat(run.get("/")).isEqualTo("two pots");
    }
  }

  @Test
  void whatDoesNotCompileIsShownAndTheOldGoesOn() throws Exception {
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      edit(source("Web.java"), "Words.TEA", "Words.COFFEE");
      String refused = run.await("refused", "compile");
      assertThat(refused)
          .contains("src/shop/Web.java:14: error: cannot find symbol")
          .contains("return HttpResponse.text(200, \\\"one \\\" + Words.COFFEE);")
          .contains("^")
          .contains("\"serving\":\"dev/1\"");
      assertThat(run.get("/")).isEqualTo("one tea");

      edit(source("Words.java"), "static", "static final String COFFEE = \"coffee\";\n  static");
      run.await("live");
      assertThat(run.get("/")).isEqualTo("one coffee");
    }
  }

  @Test
  void whatDoesNotLoadIsShownWithItsOwnStackAndTheOldGoesOn() throws Exception {
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      edit(
          source("Web.java"),
          "public static",
          "static int x = 1 / Words.TEA.indexOf(\"t\");\n  public static");
      String refused = run.await("refused", "load");
      assertThat(refused)
          .contains("ArithmeticException")
          .contains("at shop.Web.<clinit>(Web.java:");
      assertThat(refused).doesNotContain("valence.node").doesNotContain("java.base");
      assertThat(run.get("/")).isEqualTo("one tea");
    }
  }

  @Test
  void aResourceAConfigurationAndADeletedClassAreReloaded() throws Exception {
    edit(source("Web.java"), "\"one \" + Words.TEA", "words()");
    edit(source("Web.java"), "  public static", """
          static String words() {
            try (var in = Web.class.getResourceAsStream("/words.txt")) {
              return new String(in.readAllBytes());
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }

          public static""");
    save(folder.resolve("resources/words.txt"), "first");
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      assertThat(run.get("/")).isEqualTo("first");
      save(folder.resolve("resources/words.txt"), "second");
      String live = run.await("live", "words.txt");
      assertThat(DevRun.field(live, "compiled")).isEqualTo("0");
      assertThat(run.get("/")).isEqualTo("second");

      save(folder.resolve("ion-config.edn"), CONFIG.replace("Web/handle", "Web/nothing"));
      run.await("refused", "shop.Web/nothing can't be called");
      save(folder.resolve("ion-config.edn"), CONFIG.replace(":app-name", ":app-nam"));
      run.await("refused", "config", ":app-nam");
      save(folder.resolve("ion-config.edn"), CONFIG.replace("shop", "shop").replace("}}", "} }"));
      run.await("live", "ion-config.edn");

      Files.delete(source("Words.java"));
      run.await("live", "Words.java (gone)");
      assertThat(run.get("/")).isEqualTo("second");
    }
  }

  @Test
  void theSchemaThatItCarriesIsSaidOnce() throws Exception {
    save(
        folder.resolve("ion-config.edn"),
        CONFIG.replace("{:app", "{:schema {\"shop\" \"s.edn\"} :app"));
    save(folder.resolve("s.edn"), "[{:db/ident :tea/green} {:db/ident :tea/black}]");
    try (DevRun run = new DevRun(folder, "--memory")) {
      assertThat(run.await("live")).contains("tea/green", "tea/black");
      save(folder.resolve("s.edn"), "[{:db/ident :tea/green} {:db/ident :tea/white}]");
      assertThat(run.await("live")).contains("tea/white").doesNotContain("tea/green");
    }
  }

  @Test
  void aSchemaThatBreaksWhatProgramsRelyOnIsRefused() throws Exception {
    String schema = "[{:db/ident :tea/name :db/valueType :db.type/string"
        + " :db/cardinality :db.cardinality/one}]";
    save(
        folder.resolve("ion-config.edn"),
        CONFIG.replace("{:app", "{:schema {\"shop\" \"s.edn\"} :app"));
    save(folder.resolve("s.edn"), schema);
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      save(folder.resolve("s.edn"), schema.replace("type/string", "type/long"));
      assertThat(run.await("refused", "load"))
          .contains(":tea/name of database shop has :db/valueType :db.type/string")
          .contains("name a new attribute");
      assertThat(run.get("/")).isEqualTo("one tea");
      save(folder.resolve("s.edn"), schema);
      run.await("live");
    }
  }

  @Test
  void aFailedCheckIsShownAndTheOldGoesOn() throws Exception {
    save(
        folder.resolve("ion-config.edn"),
        CONFIG.replace("{:app", "{:check {:fn shop.Web/ready :timeout-secs 1} :app"));
    edit(source("Web.java"), "  public static", """
          private static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger("shop");

          public static boolean ready() throws InterruptedException {
            LOG.info("counting {}", Words.TEA);
            return true;
          }

          public static""");
    try (DevRun run = new DevRun(folder, "--memory")) {
      run.await("logged", "counting tea");
      run.await("live");
      edit(source("Web.java"), "return true", "return false");
      run.await("refused", "Its check shop.Web/ready says that it isn't ready.", "dev/1");
      edit(source("Web.java"), "return false", "return 1 / Words.TEA.indexOf(\"t\") > 0");
      assertThat(run.await("refused", "threw", "by zero"))
          .contains("at shop.Web.ready(Web.java:")
          .doesNotContain("valence.node");
      edit(
          source("Web.java"),
          "LOG.info",
          "new java.util.concurrent.CountDownLatch(1).await();\n    LOG.info");
      run.await("refused", "hadn't ended after 1 s");
    }
  }

  @Test
  void aBurstOfSavesEndsWithTheLast() throws Exception {
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      for (int i = 0; i < 30; i++) {
        save(source("Web.java"), WEB.replace("\"one \"", "\"" + i + " \""));
      }
      save(source("Web.java"), WEB.replace("\"one \"", "\"last \""));
      do {
        run.await("live");
      } while (!run.get("/").equals("last tea"));
    }
  }

  @Test
  void castsFailuresAndPrintedWordsAreShown() throws Exception {
    edit(
        source("Web.java"),
        "    Cast",
        "    System.out.println(\"printed \" + request.path());\n    Cast");
    try (DevRun run = new DevRun(folder, "--memory").awaitLive()) {
      run.get("/a");
      run.await("printed", "printed /a");
      run.await("cast", "\"kind\":\"dev\"", ":asked");
      run.get("/fail");
      String failed = run.await("failed", "handler-failed", "out of tea");
      assertThat(failed).contains("at shop.Web.handle(Web.java:").doesNotContain("valence.");
    }
  }

  @Test
  void controlCEndsAllAndTheFactsStay() throws Exception {
    long node;
    try (DevRun run = new DevRun(folder).awaitLive()) {
      node = run.nodePid();
      try (DevRun second = new DevRun(folder)) {
        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.rest()).contains("runs already").contains("answers at http://127.0.0.1:");
      }
      run.interrupt();
      assertThat(run.rest()).contains("\"event\":\"end\"").doesNotContain("The node ended");
    }
    assertThat(ProcessHandle.of(node).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    assertThat(folder.resolve(".valence/dev/data/store")).isDirectory();
    assertThat(folder.resolve(".valence/dev/classes")).doesNotExist();
    try (DevRun again = new DevRun(folder).awaitLive()) {
      assertThat(again.get("/")).isEqualTo("one tea");
    }
  }

  @Test
  void aDebuggerMayAttachIfAskedFor() throws Exception {
    try (DevRun run = new DevRun(folder, "--memory", "--debug", "0")) {
      run.await("printed", "Listening for transport dt_socket at address: ");
    }
  }
}
