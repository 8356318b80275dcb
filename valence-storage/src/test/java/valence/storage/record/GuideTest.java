package valence.storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guide's page for Java is a program: its blocks, in order, are compiled and run, and print
/// what stands beside the lines.
class GuideTest {
  private static final Path PAGE = Path.of("..", "docs", "guide", "java.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
  private static final Pattern PRINTS = Pattern.compile("(?m)IO\\.println\\(.*?// (.*)$");

  /// What the page runs in: its `IO` keeps what is printed.
  private static final String PROGRAM = """
      %s
      public class Page {
        public static final List<String> PRINTED = new ArrayList<>();
        static final class IO {
          static void println(Object line) {
            PRINTED.add(String.valueOf(line));
          }
        }
        public static void run() {
      %s
        }
      }
      """;

  @TempDir
  private Path folder;

  @Test
  void thePageForJavaDoesWhatItSays() throws Exception {
    List<String> blocks = BLOCK
        .matcher(Files.readString(PAGE))
        .results()
        .map(block -> block.group(1))
        .toList();
    String code = String.join("\n", blocks);
    List<String> expected =
        PRINTS.matcher(code).results().map(line -> line.group(1).strip()).toList();
    assertThat(expected).hasSizeGreaterThan(10);

    assertThat(printed(blocks)).isEqualTo(expected);
  }

  private List<?> printed(List<String> blocks) throws Exception {
    String imports = lines(blocks, true);
    String statements = lines(blocks, false);
    Path source = folder.resolve("Page.java");
    Files.writeString(source, PROGRAM.formatted(imports, statements));
    compile(source);
    try (var loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> page = loader.loadClass("Page");
      page.getMethod("run").invoke(null);
      return new ArrayList<>((List<?>) page.getField("PRINTED").get(null));
    }
  }

  private static String lines(List<String> blocks, boolean imports) {
    return blocks.stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("import ") == imports)
        .collect(Collectors.joining("\n"));
  }

  private void compile(Path source) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of(
          "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
      boolean compiled = compiler
          .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
          .call();
      assertThat(compiled).as("the page compiles: %s", messages).isTrue();
    }
  }
}
