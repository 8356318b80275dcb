package valence.node.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.testing.Fuzz;

/// Artifacts that are no jars, or none that one may open.
final class JarsFuzzTest {
  @TempDir
  private Path directory = Path.of("");

  @Test
  void directoriesOfJars() throws IOException {
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(jar)) {
      for (String name : List.of("META-INF/MANIFEST.MF", "shop/Shop.class", "shop/")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.endsWith("/") ? new byte[0] : name.getBytes(UTF_8));
      }
    }
    Path file = directory.resolve("x.jar");
    new Fuzz("jar", 500).runBytes(List.of(jar.toByteArray()), input -> {
      Files.write(file, input);
      JarCheck.check("x.jar", file);
    });
  }
}
