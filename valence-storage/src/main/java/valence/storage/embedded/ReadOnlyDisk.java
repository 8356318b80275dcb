package valence.storage.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A disk of which nothing may be changed: each try is `unsupported`.
record ReadOnlyDisk(Disk disk) implements Disk {
  /// What a change to a storage that is open to be read comes to.
  static AnomalyException refused() {
    return Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "The storage is open to be read alone.",
            "Another process may be writing it.",
            "Open it to be written to, when no other process uses it.")
        .toException();
  }

  @Override
  public File create(Path path) {
    throw refused();
  }

  @Override
  public File edit(Path path) {
    throw refused();
  }

  @Override
  public File read(Path path) throws IOException {
    return disk.read(path);
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return disk.isDirectory(path);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectory(Path path) {
    throw refused();
  }

  @Override
  public void rename(Path from, Path to) {
    throw refused();
  }

  @Override
  public void delete(Path path) {
    throw refused();
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    disk.forceDirectory(directory);
  }
}
