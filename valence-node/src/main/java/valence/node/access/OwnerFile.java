package valence.node.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// Files and directories that their owner alone can read, from their first moment on.
final class OwnerFile {
  private static final Set<PosixFilePermission> FILE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> DIRECTORY = EnumSet.of(
      PosixFilePermission.OWNER_READ,
      PosixFilePermission.OWNER_WRITE,
      PosixFilePermission.OWNER_EXECUTE);

  private OwnerFile() {}

  static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(directory, attributes(parent, DIRECTORY));
    }
  }

  /// Opens a file for appending, made when it isn't there.
  static FileChannel append(Path file) throws IOException {
    return FileChannel.open(
        file,
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        attributes(file.toAbsolutePath().getParent(), FILE));
  }

  /// Puts a file in place of another, whole or not at all, durably.
  static void replace(Path file, String text) throws IOException {
    Path made = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(made);
    Path parent = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(
        made,
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        attributes(parent, FILE))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  /// Refuses a file that others than its owner may read or change.
  static void requireOwnerAlone(Path file) throws IOException {
    if (!hasPermissions(file)) {
      return; // a file system that has none
    }
    Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
    if (!FILE.containsAll(given)) {
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              file + " has the permissions " + PosixFilePermissions.toString(given) + ".",
              "Expected that its owner alone may read and change it: chmod 600.")
          .toException();
    }
  }

  private static FileAttribute<?>[] attributes(
      @Nullable Path directory, Set<PosixFilePermission> permissions) {
    return hasPermissions(directory)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean hasPermissions(@Nullable Path path) {
    return path != null && Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }
}
