package valence.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.console.ConsoleFiles;
import valence.node.Node;
import valence.node.access.TestAccess;
import valence.node.testing.Requests;

/// How a node serves the console's files.
final class ConsoleRequestsTest {
  private static final Pattern MODULE = Pattern.compile("src=\"(assets/[0-9a-f]+/main.js)\"");

  @TempDir
  Path directory;

  private Node node;
  private Requests requests;

  @BeforeEach
  void start() {
    TestAccess.create(directory.resolve("system/access"), "admin", "all");
    node = Node.start(ConsoleSystem.config(directory));
    requests = new Requests(node.apiPort());
  }

  @AfterEach
  void stop() {
    requests.close();
    node.close();
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void thePageIsServedToAnybodyAndAskedForAgainEachTime() throws Exception {
    HttpResponse<String> page = requests.get("/console/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "content-type")).startsWith("text/html");
    assertThat(header(page, "cache-control")).isEqualTo("no-cache");
    assertThat(header(page, "content-security-policy"))
        .isEqualTo(ConsoleFiles.CONTENT_SECURITY_POLICY)
        .doesNotContain("unsafe");
    assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
    HttpResponse<String> again =
        requests.send("GET", "/console/", "", "if-none-match", header(page, "etag"));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void whatThePageLoadsIsKeptByTheBrowser() throws Exception {
    Matcher module = MODULE.matcher(requests.get("/console/").body());
    assertThat(module.find()).isTrue();
    HttpResponse<String> script = requests.get("/console/" + module.group(1));
    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(header(script, "content-type")).startsWith("text/javascript");
    assertThat(header(script, "cache-control")).contains("immutable");
    HttpResponse<String> packed =
        requests.send("GET", "/console/" + module.group(1), "", "accept-encoding", "br, gzip");
    assertThat(header(packed, "content-encoding")).isEqualTo("gzip");
    assertThat(header(packed, "etag")).isNotEqualTo(header(script, "etag"));
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    assertThat(header(requests.get("/console"), "location")).isEqualTo("/console/");
    assertThat(requests.get("/console/assets/0/main.js").statusCode()).isEqualTo(404);
    assertThat(requests.get("/console/../health").statusCode()).isNotEqualTo(500);
    assertThat(requests.send("POST", "/console/", "x").statusCode()).isEqualTo(405);
    assertThat(requests.send("HEAD", "/console/", "").body()).isEmpty();
  }

  @Test
  void aPageOfElsewhereIsNotAnswered() throws Exception {
    String own = "http://127.0.0.1:" + node.apiPort();
    for (String origin : new String[] {"https://example.org", "null", "http://127.0.0.1:1"}) {
      HttpResponse<String> refused = requests.send("POST", "/api/status", "{}", "origin", origin);
      assertThat(refused.statusCode()).as(origin).isEqualTo(403);
      assertThat(refused.body()).contains(":access.error/foreign-page");
    }
    assertThat(requests.send("POST", "/api/status", "{}", "origin", own).statusCode())
        .isEqualTo(401);
  }
}
