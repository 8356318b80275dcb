package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Names that hide a name which hasn't been found yet.
class NamesTest {
  private static final Set<String> ANYWHERE =
      Set.of("Manager", "Helper", "Helpers", "Impl", "Util", "Utils", "Utility", "Common");
  private static final Set<String> FIRST = Set.of("Base", "Abstract");
  private static final Set<String> LAST = Set.of("Data", "Info");

  /// Of the api that applications know by this name.
  private static final Set<String> ALLOWED = Set.of("AppInfo");

  private static final Pattern DECLARATION =
      Pattern.compile("(?m)^\\s*(?:[a-z@-]+\\s+)*(?:class|record|interface|enum)\\s+([A-Z]\\w*)");
  private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  @Test
  void typesHaveNamesThatSayWhatTheyAre() {
    var sources = SourceTree.here();
    Set<String> mistakes = new TreeSet<>();
    for (Path file : sources.java()) {
      var declarations = DECLARATION.matcher(sources.text(file));
      while (declarations.find()) {
        if (hides(declarations.group(1))) {
          mistakes.add(declarations.group(1) + " in " + file);
        }
      }
    }
    assertThat(mistakes).as("types that need a name saying what differs").isEmpty();
  }

  @Test
  void packagesAreNotNamedByKind() {
    Set<String> kinds = Set.of("impl", "util", "utils", "common", "model", "exceptions", "misc");
    Set<Path> mistakes = new TreeSet<>();
    for (Path file : SourceTree.here().java()) {
      for (Path part : file) {
        if (kinds.contains(part.toString())) {
          mistakes.add(file);
        }
      }
    }
    assertThat(mistakes).as("packages that need the noun of their idea").isEmpty();
  }

  private static boolean hides(String name) {
    List<String> words = List.of(WORD_END.split(name));
    return !ALLOWED.contains(name)
        && (words.stream().anyMatch(ANYWHERE::contains)
            || FIRST.contains(words.getFirst())
            || LAST.contains(words.getLast()));
  }
}
