package valence.node.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JarCheckTest {
  @TempDir
  private Path directory = Path.of("");

  @Test
  void plainNamesAreTaken() throws IOException {
    JarCheck.check("tea.jar", jar(zip("META-INF/", "", "a/B.class", "x", "..a/b..c", "y")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil", "a/../../evil", "/etc/passwd", "C:/evil", "a\\..\\evil", "a/./b"})
  void aNameThatLeadsOutIsRefusedWithJarAndEntry(String name) throws IOException {
    assertThatThrownBy(() -> JarCheck.check("tea.jar", jar(zip("ok", "x", name, "y"))))
        .hasMessageContaining("tea.jar has the entry " + name);
  }

  @Test
  void aNameWithTwoContentsIsRefused() throws IOException {
    // The JDK writes no such jar: one name is changed into the other afterwards.
    byte[] bytes = zip("a/First", "x", "a/Other", "y");
    String text = new String(bytes, ISO_8859_1).replace("a/Other", "a/First");
    assertThatThrownBy(() -> JarCheck.check("tea.jar", jar(text.getBytes(ISO_8859_1))))
        .hasMessageContaining("tea.jar has the entry a/First: it is there twice");
  }

  @Test
  void whatIsNoJarIsRefused() {
    assertThatThrownBy(() -> JarCheck.check("tea.jar", jar("some code".getBytes(UTF_8))))
        .hasMessageContaining("tea.jar is no jar");
  }

  private Path jar(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("artifact"), bytes);
  }

  private static byte[] zip(String... namesAndTexts) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }
}
