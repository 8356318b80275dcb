package valence.node.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;

/// What stands in the jars of a revision, read without running any of it. For one thread.
final class RevisionContents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RevisionContents.class);

  /// How long an entry may be that is read.
  private static final int ENTRY_BYTES_MAX = 16 << 20;

  private final List<JarFile> jars = new ArrayList<>();
  private final Map<String, Map<String, Signature>> classes = new LinkedHashMap<>();

  /// @param classPath the jars, in their order
  RevisionContents(List<Path> classPath) {
    try {
      for (Path jar : classPath) {
        jars.add(new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, Runtime.version()));
      }
    } catch (IOException e) {
      close();
      throw unreadable(e);
    }
  }

  /// The text of a resource, which the first jar of the class path that has it gives.
  Optional<String> text(String resource) {
    return bytes(resource).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// The public static methods of a class, by name; none where no jar has the class, or it can't be
  /// read: loading it will say why.
  Map<String, Signature> functions(String className) {
    return classes.computeIfAbsent(className, this::read);
  }

  /// Those of the classes, and what is known of functions that aren't in one, by their namespaces.
  Function.Signatures with(Map<String, Map<String, Signature>> known) {
    return name -> {
      Map<String, Signature> signatures = known.get(name);
      return signatures == null ? functions(name) : signatures;
    };
  }

  private Map<String, Signature> read(String className) {
    Map<String, Signature> functions = new LinkedHashMap<>();
    try {
      bytes(className.replace('.', '/') + ".class").ifPresent(bytes -> {
        ClassModel model = ClassFile.of().parse(bytes);
        for (MethodModel method : model.methods()) {
          if (isFunction(method)) {
            functions.merge(
                method.methodName().stringValue(), Signature.of(method), Signature::and);
          }
        }
      });
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      LOG.debug("class-not-read class={}", className, e);
      return Map.of();
    }
    return functions;
  }

  private static boolean isFunction(MethodModel method) {
    return method.flags().has(AccessFlag.PUBLIC)
        && method.flags().has(AccessFlag.STATIC)
        && !method.flags().has(AccessFlag.SYNTHETIC);
  }

  private Optional<byte[]> bytes(String name) {
    try {
      for (JarFile jar : jars) {
        ZipEntry entry = jar.getEntry(name);
        if (entry != null && !entry.isDirectory()) {
          return Optional.of(bytes(jar, entry));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static byte[] bytes(JarFile jar, ZipEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(ENTRY_BYTES_MAX + 1);
      if (bytes.length > ENTRY_BYTES_MAX) {
        throw Anomaly.incorrect(
                "ion.error/invalid-config",
                entry.getName() + " of the revision is longer than " + ENTRY_BYTES_MAX + " bytes.",
                "Expected a class or a schema, which are shorter.")
            .toException();
      }
      return bytes;
    }
  }

  private static RuntimeException unreadable(IOException cause) {
    return Anomaly.incorrect(
            "ion.error/invalid-jar",
            "An artifact of the revision can't be read as a jar: " + cause.getMessage() + ".",
            "Push the revision again.")
        .toException(cause);
  }

  @Override
  public void close() {
    for (JarFile jar : jars) {
      try {
        jar.close();
      } catch (IOException e) {
        LOG.warn("jar-not-closed jar={}", jar.getName(), e); // it was only read
      }
    }
  }
}
