package valence.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ConsoleFilesTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"(assets/[^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from \"(\\./[^\"]+)\"");

  /// Beside names of namespaces, addresses of elsewhere.
  private static final Pattern ELSEWHERE = Pattern.compile("(?:https?:)?//[a-z0-9]+\\.[a-z]");

  private final ConsoleFiles files = ConsoleFiles.load();

  private static String page(ConsoleFiles files) {
    return new String(files.find("").orElseThrow().content(), UTF_8);
  }

  private static String version(ConsoleFiles files) {
    Matcher reference = REFERENCE.matcher(page(files));
    assertThat(reference.find()).isTrue();
    return reference.group(1).split("/")[1];
  }

  @Test
  void everyFileOfTheFolderIsListedAndNoOther() throws Exception {
    URI folder = requireNonNull(ConsoleFiles.class.getResource("files")).toURI();
    try (Stream<Path> there = Files.list(Path.of(folder))) {
      List<String> names =
          there.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(ConsoleFiles.NAMES).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void whatThePageAndItsModulesReferToIsThere() {
    Matcher reference = REFERENCE.matcher(page(files));
    while (reference.find()) {
      assertThat(files.find(reference.group(1))).as(reference.group(1)).isPresent();
    }
    String assets = "assets/" + version(files) + "/";
    for (String name : ConsoleFiles.NAMES) {
      if (name.endsWith(".js")) {
        ConsoleFile module = files.find(assets + name).orElseThrow();
        Matcher imported = IMPORT.matcher(new String(module.content(), UTF_8));
        while (imported.find()) {
          String target = imported.group(1).substring(2);
          assertThat(files.find(assets + target)).as(name + " → " + target).isPresent();
        }
      }
    }
  }

  @Test
  void onlyWhatHasTheVersionInItsPathLasts() {
    assertThat(files.find("").orElseThrow().lasting()).isFalse();
    assertThat(files.find("assets/" + version(files) + "/main.js").orElseThrow().lasting())
        .isTrue();
    assertThat(files.find("assets/0123/main.js")).isEmpty();
    assertThat(files.find("assets/" + version(files) + "/../main.js")).isEmpty();
    assertThat(version(ConsoleFiles.load())).isEqualTo(version(files));
  }

  @Test
  void nothingComesFromElsewhereAndTextIsNeverMarkup() {
    String assets = "assets/" + version(files) + "/";
    for (String name : ConsoleFiles.NAMES) {
      String path = name.equals("index.html") ? "" : assets + name;
      String text = new String(files.find(path).orElseThrow().content(), UTF_8)
          .replace("http://www.w3.org/2000/svg", "");
      assertThat(ELSEWHERE.matcher(text).find()).as(name).isFalse();
      assertThat(text)
          .as(name)
          .doesNotContain(
              "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "<script>")
          .doesNotContainPattern("<[^>]+ (?:style|on[a-z]+)=\"");
    }
  }
}
