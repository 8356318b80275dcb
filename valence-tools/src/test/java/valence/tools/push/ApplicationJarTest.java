package valence.tools.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TimeZone;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationJarTest {
  @TempDir
  private Path temporary = Path.of("");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theBytesDependOnNamesAndContentsAlone(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      names.add("p" + random.nextInt(5) + "/q" + random.nextInt(5) + "/File" + i + ".class");
    }
    Path first = jar(names, "first", 0);
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      Collections.shuffle(names, random);
      Path second = jar(names, "second", 1_000_000_000_000L);
      assertThat(second).as("seed " + seed).hasSameBinaryContentAs(first);
    } finally {
      TimeZone.setDefault(zone);
    }
    try (JarFile jar = new JarFile(first.toFile())) {
      List<String> entries = jar.stream().map(ZipEntry::getName).toList();
      assertThat(entries).isSorted().containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void aLinkIsRefused() throws IOException {
    Path classes = Files.createDirectories(temporary.resolve("classes"));
    Path secret = Files.writeString(temporary.resolve("secret"), "42");
    Files.createSymbolicLink(classes.resolve("passwords"), secret);
    assertThatThrownBy(
            () -> ApplicationJar.write(List.of(classes), temporary.resolve("x.jar"), (_, _) -> {}))
        .hasMessageContaining("passwords");
  }

  private Path jar(List<String> names, String as, long time) throws IOException {
    Path classes = temporary.resolve(as);
    for (String name : names) {
      Path file = classes.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "content of " + name);
      Files.setLastModifiedTime(file, FileTime.fromMillis(time));
    }
    Path jar = temporary.resolve(as + ".jar");
    ApplicationJar.write(List.of(classes), jar, (_, _) -> {});
    return jar;
  }
}
