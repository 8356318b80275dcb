package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Links from page to page and from page to source, and the list of decisions.
class LinksTest {
  /// What a link leads to, without its anchor; empty for an anchor of the same page.
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#[^)]*)?\\)");

  private static final Pattern DECISION =
      Pattern.compile("docs/decisions/((\\d{4})-[a-z0-9-]+\\.md)");

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

  @Test
  void everyDecisionHasANumberOfItsOwnAndIsListed() {
    var sources = SourceTree.here();
    String list = sources.text(Path.of("docs/decisions/README.md"));
    Set<String> numbers = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    for (Path page : sources.files()) {
      var name = DECISION.matcher(page.toString());
      if (name.matches()) {
        String number = name.group(2);
        if (!numbers.add(number)
            || !sources.text(page).startsWith("# " + Integer.parseInt(number) + ". ")
            || !list.contains("- [" + number + "](" + name.group(1) + ")")) {
          wrong.add(page.toString());
        }
      }
    }
    assertThat(numbers).isNotEmpty();
    assertThat(wrong)
        .as("number taken, not in the heading, or not in README.md")
        .isEmpty();
  }
}
