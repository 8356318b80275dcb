package valence.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import valence.api.Anomaly;
import valence.edn.Edn;
import valence.wire.Fields;

/// A file with what a client needs to reach a node as somebody: the map of [NodeAddress#of(Map)],
/// in EDN. It holds a secret, so that its owner alone may read it.
public final class Profile {
  /// The environment's name for the file that is used when none is named.
  public static final String VARIABLE = "VALENCE_PROFILE";

  static final List<String> KEYS = List.of("endpoint", "access-key", "trust", "socks-proxy");

  private static final long BYTES_MAX = 1 << 20;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private Profile() {}

  /// What a file says. `not-found` without one, `forbidden` when others may read it.
  public static Map<Keyword, Object> read(Path file) {
    try {
      if (hasPermissions(file) && !OWNER_ALONE.containsAll(Files.getPosixFilePermissions(file))) {
        throw Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "The profile " + file + " may be read or changed by others than its owner.",
                "It holds a secret: chmod 600 " + file + ".")
            .toException();
      }
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException("it is longer than " + BYTES_MAX + " bytes");
      }
      Fields fields = Fields.of(file.toString(), Edn.read(Files.readString(file)));
      fields.only(KEYS.toArray(String[]::new));
      Map<Keyword, Object> map = new LinkedHashMap<>();
      for (String key : KEYS) {
        Object value = fields.value(key);
        if (value != null) {
          map.put(kw(key), value);
        }
      }
      return map;
    } catch (NoSuchFileException e) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no profile " + file + ".",
              "`valence access create` makes one.")
          .toException(e);
    } catch (IOException e) {
      throw unusable(file, "read", e);
    }
  }

  /// Writes a file, in place of one that may be there.
  public static void write(Path file, Map<Keyword, Object> profile) {
    Path made = file.resolveSibling(file.getFileName() + ".new");
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.deleteIfExists(made);
      FileAttribute<?>[] attributes = parent != null && hasPermissions(parent)
          ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ALONE)}
          : new FileAttribute<?>[0];
      try (FileChannel channel = FileChannel.open(
          made, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
        ByteBuffer bytes = ByteBuffer.wrap((Edn.print(profile) + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable(file, "written", e);
    }
  }

  private static boolean hasPermissions(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }

  private static RuntimeException unusable(Path file, String done, IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The profile " + file + " can't be " + done + ": " + cause.getMessage() + ".",
            "Check its directory and permissions.")
        .toException(cause);
  }
}
