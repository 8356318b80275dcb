package valence.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every Java source has the form that [SourceFormat] gives it.
///
/// With `-Dformat.write=true` the test writes the files instead:
///
///     mvn -q -pl architecture -am test -Dtest=SourceFormatTest \
///         -Dsurefire.failIfNoSpecifiedTests=false -Dformat.write=true
class SourceFormatTest {
  @Test
  void everySourceIsFormatted() throws IOException {
    var sources = SourceTree.here();
    boolean write = Boolean.getBoolean("format.write");
    List<String> mistakes = new ArrayList<>();
    for (Path file : sources.java()) {
      Path path = sources.root().resolve(file);
      String text = Files.readString(path);
      String formatted;
      try {
        formatted = SourceFormat.format(text);
      } catch (FormatterException failed) {
        mistakes.add(file + " can't be formatted: " + failed.getMessage());
        continue;
      }
      if (formatted.equals(text)) {
        continue;
      }
      if (write) {
        Files.writeString(path, formatted);
      } else {
        mistakes.add(file.toString());
      }
    }
    assertThat(mistakes)
        .as("files to be formatted: run this test with -Dformat.write=true")
        .isEmpty();
  }

  @Test
  void nothingPassesTheLastColumnThatCouldBeBroken() {
    var sources = SourceTree.here();
    List<String> mistakes = new ArrayList<>();
    for (Path file : sources.java()) {
      int number = 0;
      for (String line : sources.text(file).split("\n", -1)) {
        number++;
        int columns = line.codePointCount(0, line.length());
        if (columns > SourceFormat.COLUMNS_MAX
            && !line.startsWith("import ")
            && !line.strip().startsWith("/// |")) {
          mistakes.add(file + ":" + number + " has " + columns + " columns");
        }
      }
    }
    assertThat(mistakes).isEmpty();
  }

  @Test
  void longParagraphsOfCommentsAreFilledAnewAndTablesAndCodeAreNot() throws FormatterException {
    String long120 = "word ".repeat(24).strip();
    String source = """
        /// One %s
        /// two.
        ///
        /// - item %s
        /// - other
        ///
        /// | table %s |
        ///
        ///     code %s
        interface A {
          /// Three.
          @Nullable Object a();
        }
        """.replace("%s", long120);
    String formatted = SourceFormat.format(source);
    assertThat(formatted).isEqualTo("""
        /// One %1$s
        /// %2$s two.
        ///
        /// - item %1$s
        ///   %2$s
        /// - other
        ///
        /// | table %3$s |
        ///
        ///     code %3$s
        interface A {
          /// Three.
          @Nullable Object a();
        }
        """.replace("%1$s", "word ".repeat(18).strip())
        .replace("%2$s", "word ".repeat(6).strip())
        .replace("%3$s", long120));
    assertThat(SourceFormat.format(formatted)).isEqualTo(formatted);
  }

  @Test
  void unnamedPatternsAndParametersStayUnnamed() throws FormatterException {
    String source = """
        class A {
          Object a(Object b) {
            return switch (b) {
              case P(_, var x, _) -> x;
              case P(Q<R>(_), var y, R _) -> y;
              case S _ -> run((_, z) -> z, _ -> b);
            };
          }
        }
        """;
    assertThat(SourceFormat.format(source)).isEqualTo(source);
  }
}
