package valence.storage.guide;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Client;
import valence.api.Valence;

class GuideTest {
  /// The page whose blocks are one program together; `valence.storage.record` runs it.
  private static final String ONE_PROGRAM = "java.md";

  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir
  private Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /// Someone who reads the page, on a database that finds the page's own functions.
  private Reader reader(String page, List<Example> examples) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classPath(page, examples));
    try {
      Client client = Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));
      open.addFirst(client);
      client.createDatabase(page);
      return new Reader(page, client.connect(page));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private ClassLoader classPath(String page, List<Example> examples) {
    Path directory = folder.resolve(page);
    try {
      for (Example example : examples) {
        if (example instanceof Example.Source(_, String path, String text)) {
          Path file = directory.resolve(path);
          Files.createDirectories(requireNonNull(file.getParent()));
          Files.writeString(file, text);
          if (path.endsWith(".java")) {
            SourceRun.compile(path, text, directory);
          }
        }
      }
      var loader = new URLClassLoader(
          new URL[] {directory.toUri().toURL()}, GuideTest.class.getClassLoader());
      open.addFirst(loader);
      return loader;
    } catch (IOException | SourceRun.Failed e) {
      throw new AssertionError(page + ": " + e.getMessage(), e);
    }
  }

  @TestFactory
  Stream<DynamicContainer> everyExampleDoesWhatThePageShows() throws IOException {
    try (Stream<Path> files = Files.list(guide())) {
      return files
          .filter(file -> file.toString().endsWith(".md") && !file.endsWith(ONE_PROGRAM))
          .sorted()
          .toList()
          .stream()
          .map(this::examples);
    }
  }

  private DynamicContainer examples(Path file) {
    String page = String.valueOf(file.getFileName());
    List<Example> examples = Example.of(text(file));
    Reader reader = reader(page, examples);
    return dynamicContainer(
        page,
        examples.stream()
            .map(example -> dynamicTest("line " + example.line(), () -> reader.run(example))));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// `docs/guide` of the repository that the test runs in.
  private static Path guide() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("docs/guide"))) {
      directory = requireNonNull(directory.getParent(), "docs/guide");
    }
    return directory.resolve("docs/guide");
  }

  private static final String RIGHT = """
      Two facts:

      ```clojure
      (transact [{:db/ident :tea} {:db/ident :pot :db/doc "for tea"}])
      ;=> [[:db/ident :pot true] [:db/ident :tea true]
      ;    [:db/doc _ true]]

      ; and one question
      (q [:find [?e ...] :where [?e :db/doc "for tea"]] db)
      ;=> [_]
      (pull db [:db/ident :db/doc] :pot)
      ;=> {:db/doc "for tea" :db/ident :pot}
      (transact [[:db/add "x" :no/such 1]])
      ;!! incorrect :db.error/not-an-entity ":no/such"
      ```

      ```java
      IO.println(connection.db().basisT()); //=> 1
      ```
      """;

  private void read(String page) {
    List<Example> examples = Example.of(page);
    Reader reader = reader("page.md", examples);
    assertThat(examples).hasSize(2);
    examples.forEach(reader::run);
  }

  @Test
  void whatAPageShowsRightlyPasses() {
    read(RIGHT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4|[:db/doc _ true]|[:db/doc _ false]",
        "4|[:db/ident :tea true]|",
        "9|;=> [_]|;=> []",
        "9|;=> [_]|;!! incorrect",
        "11|\"for tea\" :db/ident :pot}|\"for two\" :db/ident :pot}",
        "13|incorrect :db|conflict :db",
        "13|not-an-entity|not-an-attribute",
        "13|\":no/such\"|\"all is well\"",
        "13|;!! incorrect :db.error/not-an-entity \":no/such\"|",
        "17|//=> 1|//=> 2",
        "17|//=> 1|",
        "17|basisT|basis",
      })
  void whatAPageShowsWronglyFailsWithPageAndLine(String difference) {
    String[] parts = difference.split("\\|", -1);
    assertThat(RIGHT).contains(parts[1]);
    assertThatThrownBy(() -> read(RIGHT.replace(parts[1], parts[2])))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("page.md:" + parts[0] + ":");
  }
}
