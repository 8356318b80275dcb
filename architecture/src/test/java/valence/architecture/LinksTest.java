package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Links from page to page and from page to source.
class LinksTest {
  /// What a link leads to, without its anchor; empty for an anchor of the same page.
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#[^)]*)?\\)");

  @Test
  void everyLinkLeadsToAFile() {
    var sources = SourceTree.here();
    List<String> broken = new ArrayList<>();
    for (Path page : sources.files()) {
      if (!page.toString().endsWith(".md")) {
        continue;
      }
      var links = LINK.matcher(sources.text(page));
      while (links.find()) {
        String target = links.group(1);
        if (!target.contains(":")
            && !Files.exists(sources.root().resolve(page).resolveSibling(target))) {
          broken.add(page + ": " + target);
        }
      }
    }
    assertThat(broken).as("links that lead nowhere").isEmpty();
  }
}
