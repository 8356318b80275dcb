package valence.ion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.Keyword;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;

/// Parameters and environment of code that no node hosts.
final class ParamsTest {
  @AfterEach
  void forget() {
    System.clearProperty(Params.PROPERTY);
    System.clearProperty(Env.PROPERTY);
    System.clearProperty(AppInfo.PROPERTY);
  }

  private static void given(String params) {
    System.setProperty(Params.PROPERTY, params);
  }

  @Test
  void textOfAMapIsTakenWithKeysOfEachKind() {
    given("{\"mail/host\" \"here\", :mail {:port 25, :tls {:on true}}, \"/shared/x\" \"1\"}");
    assertThat(Params.text("mail/host")).isEqualTo("here");
    assertThat(Params.number("mail/port")).isEqualTo(25);
    assertThat(Params.bool("mail/tls/on")).isTrue();
    assertThat(Params.text("/shared/x")).isEqualTo("1");
    assertThat(Params.at("/default/mail"))
        .isEqualTo(Map.of("host", "here", "port", "25", "tls/on", "true"));
    assertThat(Params.secret("mail/host").toString()).doesNotContain("here");
    assertThat(Params.secret("mail/host").reveal()).isEqualTo("here");
    assertThat(Params.find("no")).isEmpty();
    assertThat(Params.number("no", 7)).isEqualTo(7);
  }

  @Test
  void aFileIsReadWhenItIsAskedFor(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("params.edn");
    Files.writeString(file, "{:a 1}");
    given(file.toString());
    assertThat(Params.number("a")).isEqualTo(1);
    Files.writeString(file, "{:a 2}");
    assertThat(Params.number("a")).isEqualTo(2);
    Files.delete(file);
    assertThatThrownBy(() -> Params.number("a")).hasMessageContaining("can't be read");
  }

  @Test
  void theMostSpecificCountsWhereCodeKnowsWhereItIs() {
    given("{\"db\" \"default\" \"/env/ci/db\" \"ci\" \"/app/shop/db\" \"shop\""
        + " \"/env/ci/app/shop/db\" \"both\" \"/group/green/db\" \"green\"}");
    assertThat(Params.text("db")).isEqualTo("default");
    System.setProperty(Env.PROPERTY, "{:env :ci}");
    assertThat(Params.text("db")).isEqualTo("ci");
    System.setProperty(
        AppInfo.PROPERTY, "{:app-name \"shop\" :deployment-group \"blue\" :revision \"local\"}");
    assertThat(Params.text("db")).isEqualTo("both");
    System.setProperty(Env.PROPERTY, "{:env \"prod\"}");
    assertThat(Params.text("db")).isEqualTo("shop");
    System.setProperty(
        AppInfo.PROPERTY, "{:app-name \"shop\" :deployment-group \"green\" :revision \"local\"}");
    assertThat(Params.text("db")).isEqualTo("green");
    assertThat(AppInfo.map())
        .containsEntry(Keyword.intern("deployment-group"), "green")
        .containsEntry(Keyword.intern("app-name"), "shop");
  }

  @Test
  void whatIsMissingOrUnfitSaysSoWithoutTheValue() {
    assertThatThrownBy(() -> Params.text("db/name"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("/default/db/name")
        .hasMessageContaining("valence params set db/name");
    given("{:port \"hunter2\" :bad \"[\"}");
    assertThatThrownBy(() -> Params.number("port"))
        .hasMessageContaining("isn't a whole number")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> Params.bool("port")).hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> Params.edn("bad")).hasMessageContaining("isn't EDN");
    assertThatThrownBy(() -> Params.at("x")).hasMessageContaining("begins with '/'");
    given("{3 4}");
    assertThatThrownBy(() -> Params.text("x")).hasMessageContaining("Expected a string");
    System.setProperty(Env.PROPERTY, "[]");
    assertThatThrownBy(Env::current).hasMessageContaining("Expected a map");
  }
}
