package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What each package says of itself. Examples are written as users would, and left out.
class PackagesTest {
  private static final SourceTree SOURCES = SourceTree.here();

  /// The fewest chars of a package's doc; less says nothing that the name doesn't.
  private static final int DOC_CHARS_MIN = 50;

  private static Set<Path> packages() {
    Set<Path> packages = new TreeSet<>();
    for (Path file : SOURCES.java()) {
      if (!file.startsWith("examples") && file.toString().contains("src/")) {
        packages.add(file.getParent());
      }
    }
    return packages;
  }

  @Test
  void eachPackageIsNullMarkedAndSaysWhatItIs() {
    List<String> mistakes = new ArrayList<>();
    for (Path folder : packages()) {
      Path info = folder.resolve("package-info.java");
      // A test package that adds to one of src/main is described there.
      Path ofMain = Path.of(info.toString().replace("src/test/java", "src/main/java"));
      if (Files.exists(SOURCES.root().resolve(info))) {
        String text = SOURCES.text(info);
        if (!text.startsWith("///")) {
          mistakes.add(info + " doesn't begin with a /// comment");
        } else if (text.lines()
                .filter(line -> line.startsWith("///"))
                .mapToInt(String::length)
                .sum()
            < DOC_CHARS_MIN) {
          mistakes.add(info + " says too little");
        }
        if (!text.contains("@NullMarked\npackage ")) {
          mistakes.add(info + " isn't @NullMarked");
        }
      } else if (!Files.exists(SOURCES.root().resolve(ofMain))) {
        mistakes.add(folder + " has no package-info.java");
      }
    }
    assertThat(mistakes).isEmpty();
  }
}
