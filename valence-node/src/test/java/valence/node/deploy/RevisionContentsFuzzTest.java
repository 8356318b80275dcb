package valence.node.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.testing.Fuzz;

/// Class files of a revision that no compiler made: they are read without being run.
final class RevisionContentsFuzzTest {
  @TempDir
  private Path directory = Path.of("");

  @Test
  void classes() throws IOException {
    Path jar = directory.resolve("x.jar");
    new Fuzz("class-file", 300).runBytes(List.of(bytes(Sample.class)), input -> {
      try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
        zip.putNextEntry(new ZipEntry("x/X.class"));
        zip.write(input);
      }
      try (RevisionContents contents = new RevisionContents(List.of(jar))) {
        contents.functions("x.X");
      }
    });
  }

  private static byte[] bytes(Class<?> of) throws IOException {
    String name = of.getName().replace('.', '/') + ".class";
    try (InputStream in = Objects.requireNonNull(of.getClassLoader().getResourceAsStream(name))) {
      return in.readAllBytes();
    }
  }

  /// Something with functions.
  static final class Sample {
    private Sample() {}

    public static String of(String text, int number) {
      return text.repeat(number);
    }

    public static List<String> of(List<String> texts) {
      return texts.stream().sorted().toList();
    }
  }
}
