package valence.node.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Jars compiled from source while a test runs.
public final class TestJar {
  private TestJar() {}

  /// A jar of the sources, by class name such as `shop.Stock`, against the test's own class path.
  public static Path compile(Path directory, String name, Map<String, String> sources)
      throws IOException {
    Path source = directory.resolve(name + "-src");
    Path classes = Files.createDirectories(directory.resolve(name + "-classes"));
    for (Map.Entry<String, String> entry : sources.entrySet()) {
      Path file = source.resolve(entry.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      Files.writeString(file, entry.getValue());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> found = Files.walk(source)) {
      List<Path> units = found.filter(file -> file.toString().endsWith(".java")).toList();
      boolean compiled = compiler
          .getTask(
              messages,
              files,
              null,
              List.of("-parameters", "-proc:none", "-d", classes.toString()),
              null,
              files.getJavaFileObjectsFromPaths(units))
          .call();
      if (!compiled) {
        throw new AssertionError("The test's source doesn't compile:\n" + messages);
      }
    }
    return jar(directory.resolve(name + ".jar"), classes);
  }

  /// A jar of texts, by their names in it, such as the sources of a Clojure application.
  public static Path of(Path directory, String name, Map<String, String> texts) throws IOException {
    Path folder = directory.resolve(name + "-texts");
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = folder.resolve(text.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.getValue());
    }
    return jar(directory.resolve(name + ".jar"), folder);
  }

  private static Path jar(Path jar, Path classes) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path each : found.filter(Files::isRegularFile).sorted().toList()) {
        var entry = new ZipEntry(classes.relativize(each).toString().replace('\\', '/'));
        entry.setTime(0);
        out.putNextEntry(entry);
        Files.copy(each, out);
        out.closeEntry();
      }
    }
    return jar;
  }
}
