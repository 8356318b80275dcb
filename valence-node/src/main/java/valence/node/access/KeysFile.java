package valence.node.access;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// The file `keys.edn` of an access directory: a [Roster], or none while nobody was created.
final class KeysFile {
  private static final String NAME = "keys.edn";
  private static final long BYTES_MAX = 16 << 20;

  private final Path directory;
  private final Path file;

  /// How a file that is replaced whole is told from the one before.
  record Version(FileTime modified, long size, @Nullable Object key) {}

  KeysFile(Path directory) {
    this.directory = directory;
    this.file = directory.resolve(NAME);
  }

  /// Which file is there now; empty without one.
  Optional<Version> version() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new Version(found.lastModifiedTime(), found.size(), found.fileKey()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unavailable("read", e);
    }
  }

  /// Who is in it. `forbidden` when others than its owner may read it, `incorrect` when it is
  /// damaged.
  Optional<Roster> read() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      OwnerFile.requireOwnerAlone(file);
      if (Files.size(file) > BYTES_MAX) {
        throw damaged("it is longer than " + BYTES_MAX + " bytes", null);
      }
      return Optional.of(Roster.of(Edn.read(Files.readString(file))));
    } catch (IOException e) {
      throw unavailable("read", e);
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.FORBIDDEN) {
        throw e;
      }
      throw damaged(e.anomaly().message(), e);
    }
  }

  /// Changes it, one process at a time. Returns when the change is on the disk, and what it made.
  Roster change(UnaryOperator<Roster> change) {
    try {
      OwnerFile.makeDirectory(directory);
      try (FileChannel lock = FileChannel.open(
              directory.resolve(NAME + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
          FileLock held = lock.lock()) {
        assert held.isValid();
        Roster changed = change.apply(read().orElse(Roster.EMPTY));
        OwnerFile.replace(file, Edn.print(changed.toMap()) + "\n");
        return changed;
      }
    } catch (IOException e) {
      throw unavailable("changed", e);
    }
  }

  private AnomalyException damaged(String why, @Nullable Throwable cause) {
    Anomaly anomaly = Anomaly.incorrect(
        "access.error/invalid-file",
        file + " is damaged: " + why,
        "Nobody is let in before it is mended or replaced by an earlier copy.");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }

  private AnomalyException unavailable(String done, IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            file + " couldn't be " + done + ": " + cause + ".",
            "Check the directory and its permissions.")
        .toException(cause);
  }
}
