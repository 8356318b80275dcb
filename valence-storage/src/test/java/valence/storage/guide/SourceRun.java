package valence.storage.guide;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import valence.api.Connection;

/// Java source, compiled and run in this process.
final class SourceRun {
  private static final String CLASS = "Start";

  /// Around statements, which see the page's connection.
  private static final String AROUND = """
      import module java.base;
      import valence.api.*;
      import valence.api.record.*;
      import valence.ion.*;
      import static valence.api.Valence.kw;
      class %s { static void main(Connection connection) throws Exception {
      %s
      }}
      """;

  private SourceRun() {}

  /// The source doesn't compile, or what it does failed.
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }

    Failed(Throwable cause) {
      super("the program fails: " + cause, cause);
    }
  }

  /// The lines that the program prints on standard output.
  static List<String> printedBy(String source, Connection connection) throws Failed {
    boolean isWhole = source.contains("void main()");
    String whole = isWhole ? source : AROUND.formatted(CLASS, source);
    try {
      Path directory = Files.createTempDirectory("guide");
      try (var loader = new URLClassLoader(
          new URL[] {directory.toUri().toURL()}, SourceRun.class.getClassLoader())) {
        compile(CLASS + ".java", whole, directory);
        Class<?> compiled = loader.loadClass(CLASS);
        var constructor = compiled.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object program = constructor.newInstance();
        Method main = isWhole
            ? compiled.getDeclaredMethod("main")
            : compiled.getDeclaredMethod("main", Connection.class);
        main.setAccessible(true);
        return printed(main, program, isWhole ? new Object[0] : new Object[] {connection});
      } finally {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException | ReflectiveOperationException e) {
      throw new Failed(e);
    }
  }

  /// Compiles a source file.
  ///
  /// @param path      of the file, from the root of the class path
  /// @param directory the root of the class path, which gets the classes
  static void compile(String path, String source, Path directory) throws Failed {
    var file =
        new SimpleJavaFileObject(
            URI.create("string:///" + path), SimpleJavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    // Surefire starts its process with one jar that only names the others.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var complaints = new StringWriter();
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(
            complaints,
            null,
            null,
            List.of("-proc:none", "-cp", classPath, "-d", directory.toString()),
            null,
            List.of(file))
        .call();
    if (!compiled) {
      throw new Failed("the program doesn't compile:\n" + complaints);
    }
  }

  private static List<String> printed(Method main, Object program, Object[] arguments)
      throws Failed, IllegalAccessException {
    PrintStream before = System.out;
    var bytes = new ByteArrayOutputStream();
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      main.invoke(program, arguments);
    } catch (InvocationTargetException e) {
      throw new Failed(e.getCause());
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
