package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import valence.api.Anomaly;

/// The directory of one storage, as the package's documentation draws it.
record StorageDirectory(Disk disk, Path root, WholeFiles files) {
  private static final String FORMAT_FILE = "format";
  private static final int FORMAT = 1;
  private static final int FORMAT_FILE_BYTES_MAX = 256;
  private static final Pattern FORMAT_TEXT =
      Pattern.compile("valence storage format ([0-9]{1,9})\n");

  /// What may be there when making the directory was broken off, before it had a format.
  private static final Set<String> OURS = Set.of("lock", "temp", "log", "refs", "blobs");

  StorageDirectory(Disk disk, Path root) {
    this(disk, root, new WholeFiles(disk, root.resolve("temp")));
  }

  Path log() {
    return root.resolve("log");
  }

  Path refs() {
    return root.resolve("refs");
  }

  Path blobs() {
    return root.resolve("blobs");
  }

  /// Refuses a directory of something else, before anything is written to it.
  void requireOurs() throws IOException {
    if (disk.exists(root.resolve(FORMAT_FILE))) {
      return;
    }
    for (Path path : disk.list(root)) {
      if (!OURS.contains(path.getFileName().toString())) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The directory " + root + " is no storage: it has no file \"" + FORMAT_FILE
                    + "\", but others such as \"" + path.getFileName() + "\".",
                "A new storage needs a directory that is empty or doesn't exist.")
            .with("directory", root.toString())
            .toException();
      }
    }
  }

  /// Refuses a directory that holds no storage, or one of another format.
  void requireThere() throws IOException {
    if (!disk.exists(root.resolve(FORMAT_FILE))) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND, "There is no storage in " + root + ".", "Check the path.")
          .with("directory", root.toString())
          .toException();
    }
    requireFormat();
  }

  /// Makes what is missing, forces the names that a killed process may have left unforced (those of
  /// blobs are forced when they are first looked for), and cleans what it left in the making.
  void prepare() throws IOException {
    if (disk.exists(root.resolve(FORMAT_FILE))) {
      requireFormat();
    } else {
      create();
    }
    disk.forceDirectory(log());
    disk.forceDirectory(refs());
    // Only now: a deleted log is emptied in `temp`, and must not come back under its own name.
    files.clean();
  }

  private void create() throws IOException {
    createDirectory(root.resolve("temp"));
    createDirectory(log());
    createDirectory(refs());
    createDirectory(blobs());
    for (int number = 0; number < FileBlobStore.SHARD_COUNT; number++) {
      createDirectory(FileBlobStore.shard(blobs(), number));
    }
    files.clean();
    disk.forceDirectory(blobs());
    disk.forceDirectory(root);
    String text = "valence storage format " + FORMAT + "\n";
    files.write(
        root.resolve(FORMAT_FILE), ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void createDirectory(Path path) throws IOException {
    if (!disk.exists(path)) {
      disk.createDirectory(path);
    }
  }

  private void requireFormat() throws IOException {
    Path path = root.resolve(FORMAT_FILE);
    ByteBuffer content = disk.readWhole(path, FORMAT_FILE_BYTES_MAX);
    Matcher text = FORMAT_TEXT.matcher(StandardCharsets.US_ASCII.decode(content));
    if (!text.matches()) {
      throw Failures.damaged(path, 0, "it doesn't read \"valence storage format " + FORMAT + "\"");
    }
    int format = Integer.parseInt(text.group(1));
    if (format != FORMAT) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "The storage in " + root + " has format " + format + ".",
              "This version of Valence knows format " + FORMAT + ".",
              "Open it with the version that wrote it, or a later one.")
          .with("directory", root.toString())
          .with("format", (long) format)
          .toException();
    }
  }
}
