package valence.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Valence;
import valence.edn.Edn;

/// `deploy`, `deployments`, `rollback`, `revisions` and `params`, as somebody types them.
class DeploymentCommandsTest {
  @TempDir
  Path directory;

  private CommandLineSession session;

  @BeforeEach
  void up() {
    session = new CommandLineSession(directory).up();
  }

  @AfterEach
  void down() {
    session.close();
  }

  private static String sha(int version) {
    return DeployedRevision.sha(version);
  }

  private void push(int version, String config) throws Exception {
    new DeployedRevision(session)
        .push(
            version,
            config,
            Map.of(
                "schema.edn",
                "[{:db/ident :item/v" + version + " :db/valueType :db.type/long"
                    + " :db/cardinality :db.cardinality/one}]"));
  }

  @Test
  void aDeploymentIsFollowedListedComparedAndTakenBack() throws Exception {
    push(
        1,
        "{:app-name \"shop\" :allow [valence.tools.cli.DeployedCode/twice"
            + " valence.tools.cli.DeployedCode/half]}");
    push(
        2,
        "{:app-name \"shop\" :allow [valence.tools.cli.DeployedCode/twice]"
            + " :schema {\"stock\" \"schema.edn\"}}");
    assertThat(session.done("deploy", "shop", sha(1), "--wait", "--message", "we open"))
        .contains("succeeded in ", "we open", "wished", "drain", "added", "serving");
    CommandLineSession.Ended refused = session.here("deploy", "shop", sha(2), "--wait");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out())
        .contains("objections", ":allow had valence.tools.cli.DeployedCode/half");
    assertThat(refused.err()).contains("The deployment failed. It doesn't fit what runs");
    assertThat(session.done("deploy", "shop", sha(2), "--wait", "--force"))
        .contains("forced", "stock: new are [:item/v2]", "removed");
    assertThat(session.done("rollback", "--why", "too slow")).contains("takes back", "too slow");
    assertThat(session.done("status")).contains(sha(1));
    String history = session.done("deployments");
    assertThat(history.lines()).hasSize(5);
    assertThat(history).contains("(rollback)", "(forced)", "failed", "we open");
    assertThat(session.done("deployments", "other")).contains("Nothing was deployed yet.");
    List<?> all = (List<?>) Edn.read(session.done("deployments", "--edn"));
    String forced = String.valueOf(((Map<?, ?>) all.get(1)).get(Valence.kw("deployment")));
    assertThat(session.done("deployments", "show", forced))
        .contains("- allow valence.tools.cli.DeployedCode/half (long)", "+ v2.jar", "+ :item/v2");
    assertThat(session.done("deploy-status", forced, "--json")).contains("\"phases\"");
    assertThat(session.done("revisions", "shop")).contains(sha(2), "tester");
    assertThat(session.done("revisions", "diff", sha(2), sha(1)))
        .contains("+ allow valence.tools.cli.DeployedCode/half (long)");
    assertThat(session.done("revisions", "diff", sha(1), sha(1)))
        .contains("Nothing that Valence sees differs.");
    session.refused(1, "rollback", "other");
    session.refused(1, "rollback", "--to", "ffff");
    session.refused(1, "deploy", "shop", "99");
  }

  @Test
  void parametersAreSetShownAndRemovedAndSecretsAreNot() throws IOException {
    session.done("params", "set", "mail/host", "a.example");
    session.done("params", "set", "mail/host", "b.example", "--env", "prod", "--app", "shop");
    session.refused(2, "params", "set", "mail/password", "hunter2", "--secret");
    session.refused(2, "params", "set", "mail/password");
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("hunter2\n".getBytes(StandardCharsets.UTF_8)));
      session.done("params", "set", "mail/password", "--secret");
    } finally {
      System.setIn(before);
    }
    assertThat(session.done("params", "list"))
        .contains("/default/mail/host", "a.example", "/env/prod/app/shop/mail/host", "(secret)")
        .doesNotContain("hunter2");
    assertThat(session.done("params", "get", "mail/host")).isEqualTo("a.example\n");
    assertThat(session.done("params", "get", "mail/password")).isEqualTo("(secret)\n");
    assertThat(session.done("params", "get", "mail/password", "--json")).doesNotContain("hunter2");
    assertThat(session.done("params", "history", "mail/password")).doesNotContain("hunter2");
    assertThat(session.done("params", "remove", "mail/host"))
        .contains("Removed /default/mail/host");
    assertThat(session.done("params", "remove", "mail/host")).contains("There was no parameter");
    assertThat(session.done("params", "history", "mail/host")).contains("(removed)", "a.example");
    session.refused(1, "params", "get", "mail/host");
    assertThat(session.done("params", "env")).isEqualTo("{}\n");
    session.done("params", "env", "set", "{:env :staging}");
    assertThat(session.done("params", "env")).isEqualTo("{:env :staging}\n");
    session.refused(2, "params", "env", "set", "[1]");
    session.refused(2, "params", "env", "sett", "{}");
  }
}
