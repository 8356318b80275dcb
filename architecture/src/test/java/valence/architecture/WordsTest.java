package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Words that no file may hold. Here they are written so that this file doesn't hold them either.
class WordsTest {
  private static final SourceTree SOURCES = SourceTree.here();

  @Test
  void noFileNamesADirectoryOfSomeonesMachine() {
    assertAbsent("(?<![\\w.})-])/(?:" + "home|root|work|tmp|Users)/[\\w.]", _ -> true);
  }

  @Test
  void noFileKeepsWorkForLater() {
    assertAbsent("\\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b", _ -> true);
  }

  @Test
  void noFileNamesAPackageRegistry() {
    assertAbsent(
        "(?:repo1?\\.maven|repo\\.maven\\.apache|registry\\.npmjs|registry\\.yarnpkg|clojars"
            + "|pypi|files\\.pythonhosted|crates|proxy\\.golang|rubygems|plugins\\.gradle)"
            + "\\.(?:org|com|io)\\b",
        _ -> true);
  }

  @Test
  void onlyProgramsForTheTerminalWriteToIt() {
    assertAbsent(
        "System\\." + "out\\b|\\.printStack" + "Trace\\(\\)",
        file -> file.toString().contains("src/main/java/")
            && !file.endsWith("valence/ion/Cast.java") // which a program may tell to
            && !file.startsWith("valence-tools")
            && !file.startsWith("examples")
            && !file.startsWith("conformance"));
  }

  @Test
  void noTestSleeps() {
    assertAbsent(
        "Thread\\." + "sleep\\b|TimeUnit\\.\\w+\\." + "sleep\\b",
        file -> file.toString().endsWith(".java") && file.toString().contains("src/test/"));
  }

  private static void assertAbsent(String regex, Predicate<Path> files) {
    Pattern word = Pattern.compile(regex);
    List<String> found = new ArrayList<>();
    for (Path file : SOURCES.files()) {
      if (!files.test(file)) {
        continue;
      }
      String text = SOURCES.text(file);
      if (text.indexOf('\0') >= 0) {
        continue; // not text
      }
      int number = 0;
      for (String line : (Iterable<String>) text.lines()::iterator) {
        number++;
        if (word.matcher(line).find()) {
          found.add(file + ":" + number + ": " + line.strip());
        }
      }
    }
    assertThat(found).isEmpty();
  }
}
