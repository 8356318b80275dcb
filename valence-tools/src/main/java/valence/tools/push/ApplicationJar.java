package valence.tools.push;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import valence.api.Anomaly;

/// The jar of an application's own classes and resources.
///
/// Its bytes depend on nothing but names and contents: entries are sorted, times are fixed, and
/// nothing is compressed, because what a compressor makes of the same bytes differs between
/// systems.
final class ApplicationJar {
  /// How many files an application may have.
  static final int FILES_MAX = 50_000;

  // Local, since the format knows no time zones. For the very first time that the format holds, the
  // JDK adds a field with the instant, which depends on the zone.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private ApplicationJar() {}

  /// Writes the files below a folder; `incorrect` when one is neither a file nor a folder.
  static void write(Path classes, Path jar) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(jar));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (String name : names(classes)) {
        byte[] content = Files.readAllBytes(classes.resolve(name));
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        entry.setSize(content.length);
        entry.setCrc(crc(content));
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    }
  }

  private static List<String> names(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) { // doesn't follow links
      List<String> names = files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> name(classes, file))
          .limit(FILES_MAX + 1)
          .sorted()
          .toList();
      if (names.size() > FILES_MAX) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The application has more than " + FILES_MAX + " files.",
                "Keep what isn't needed at run time out of its resources.")
            .toException();
      }
      return names;
    }
  }

  private static String name(Path classes, Path file) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              classes.relativize(file) + " is a link or another special file.",
              "An application is made of plain files.",
              "Put a copy in its place.")
          .toException();
    }
    return classes.relativize(file).toString().replace('\\', '/');
  }

  private static long crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
