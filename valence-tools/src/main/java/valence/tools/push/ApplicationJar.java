package valence.tools.push;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import valence.api.Anomaly;
import valence.wire.ion.EntryNames;

/// A jar of an application's own classes and resources, out of folders and of jars that were built
/// with it.
///
/// Its bytes depend on nothing but names and contents: entries are sorted, times are fixed, and
/// nothing is compressed, because what a compressor makes of the same bytes differs between
/// systems. Of what a build writes about itself, the lines that name its time and machine are left
/// out.
final class ApplicationJar {
  /// How many files an application may have.
  static final int FILES_MAX = 50_000;

  /// How many bytes a file may have.
  static final long FILE_BYTES_MAX = 256L << 20;

  // Local, since the format knows no time zones. For the very first time that the format holds, the
  // JDK adds a field with the instant, which depends on the zone.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  private ApplicationJar() {}

  /// Gives a file's content.
  private interface Content {
    byte[] read() throws IOException;
  }

  /// Writes the files of folders and jars; of a name in several, the first's. `incorrect` when one
  /// is neither a file nor a folder, or has a name that would lie outside of the folder.
  ///
  /// @param reader is told each file's name and content
  static void write(List<Path> paths, Path jar, BiConsumer<String, byte[]> reader)
      throws IOException {
    TreeMap<String, Content> files = new TreeMap<>();
    try (Opened opened = new Opened();
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(jar));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path path : paths) {
        if (Files.isDirectory(path)) {
          addFolder(path, files);
        } else {
          addJar(opened.open(path), path, files);
        }
        if (files.size() > FILES_MAX) {
          throw tooMany();
        }
      }
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, Content> file : files.entrySet()) {
        byte[] content = Lasting.content(file.getKey(), file.getValue().read());
        reader.accept(file.getKey(), content);
        put(zip, file.getKey(), content);
      }
    }
  }

  /// The jars that are read, closed together.
  private static final class Opened implements AutoCloseable {
    private final java.util.ArrayDeque<ZipFile> files = new java.util.ArrayDeque<>();

    ZipFile open(Path jar) throws IOException {
      ZipFile file = new ZipFile(jar.toFile());
      files.push(file);
      return file;
    }

    @Override
    public void close() throws IOException {
      while (!files.isEmpty()) {
        files.pop().close();
      }
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    entry.setSize(content.length);
    entry.setCrc(crc(content));
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static void addFolder(Path folder, Map<String, Content> files) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) { // doesn't follow links
      List<Path> found = below
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .limit(FILES_MAX + 1)
          .toList();
      if (found.size() > FILES_MAX) {
        throw tooMany();
      }
      for (Path file : found) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          throw Anomaly.of(
                  Anomaly.Category.INCORRECT,
                  name + " is a link or another special file.",
                  "An application is made of plain files.",
                  "Put a copy in its place.")
              .toException();
        }
        check(name, Files.size(file), String.valueOf(folder.getFileName()));
        files.putIfAbsent(name, () -> Files.readAllBytes(file));
      }
    }
  }

  private static void addJar(ZipFile zip, Path jar, Map<String, Content> files) throws IOException {
    String where = String.valueOf(jar.getFileName());
    Set<String> names = new HashSet<>();
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (!names.add(entry.getName())) {
        throw EntryNames.refused(where, entry.getName(), "it is there twice");
      }
      if (!entry.isDirectory()) {
        check(entry.getName(), entry.getSize(), where);
        files.putIfAbsent(entry.getName(), () -> {
          try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) FILE_BYTES_MAX);
          }
        });
      }
    }
  }

  private static void check(String name, long size, String where) {
    EntryNames.check(where, name);
    if (size > FILE_BYTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              name + " has " + size + " bytes.",
              "A file of an application may have " + FILE_BYTES_MAX + " at most.",
              "Keep it where the application can fetch it.")
          .toException();
    }
  }

  /// What of a file says the same whenever and wherever it is built.
  private static final class Lasting {
    private static final List<String> PASSING = List.of(
        "Bnd-LastModified:",
        "Build-Date:",
        "Build-Host:",
        "Build-Jdk:",
        "Build-Jdk-Spec:",
        "Build-Time:",
        "Build-Timestamp:",
        "Built-By:",
        "Built-On:",
        "Created-By:",
        "Tool:");

    static byte[] content(String name, byte[] content) {
      if (name.equals(MANIFEST)) {
        return manifest(new String(content, StandardCharsets.UTF_8));
      }
      if (name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties")) {
        return lines(new String(content, StandardCharsets.ISO_8859_1)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .sorted());
      }
      return content;
    }

    private static byte[] manifest(String text) {
      // A line that begins with a space goes on with the one before.
      java.util.List<String> kept = new java.util.ArrayList<>();
      boolean passing = false;
      for (String line : text.lines().toList()) {
        if (!line.startsWith(" ")) {
          passing = PASSING.stream().anyMatch(line::startsWith);
        }
        if (!passing) {
          kept.add(line);
        }
      }
      return lines(kept.stream());
    }

    private static byte[] lines(Stream<String> lines) {
      StringBuilder text = new StringBuilder();
      lines.forEach(line -> text.append(line).append('\n'));
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static RuntimeException tooMany() {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The application has more than " + FILES_MAX + " files.",
            "Keep what isn't needed at run time out of its resources.")
        .toException();
  }

  private static long crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }
}
