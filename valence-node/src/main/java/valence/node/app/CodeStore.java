package valence.node.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.wire.HttpStatus;

/// The artifacts of all applications, by content, and the files of those that this node runs.
/// Safe for many threads.
///
/// What the node once fetched it keeps as a file, and checks before each use.
public final class CodeStore {
  /// How many bytes an artifact may have.
  public static final int ARTIFACT_BYTES_MAX = BlobStore.BLOB_BYTES_MAX;

  private static final int CHUNK_BYTES = 64 << 10;

  private final BlobStore blobs;
  private final Path files;

  /// @param files a directory of this store's own; what is in it may be deleted at any time
  public CodeStore(BlobStore blobs, Path files) {
    this.blobs = blobs;
    this.files = files;
    try {
      Files.createDirectories(files);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  public boolean contains(BlobId id) {
    return blobs.contains(id);
  }

  /// Takes an artifact in, as it arrives.
  ///
  /// @param id what the content's SHA-256 ought to be; `incorrect` when it isn't
  /// @return true when it was new
  public boolean put(BlobId id, InputStream content) {
    Path received = null;
    try {
      received = Files.createTempFile(files, "upload-", ".part");
      String sha256 = copy(content, received);
      if (!sha256.equals(id.hex())) {
        throw Anomaly.incorrect(
                "ion.error/wrong-content",
                "The content's SHA-256 is " + sha256 + ", not " + id.hex() + ".",
                "Expected the content that the id names.",
                "Upload it again.")
            .toException();
      }
      if (blobs.contains(id)) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(received)) {
        blobs.put(id, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
      }
      Files.move(
          received, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      deleteIfThere(received);
    }
  }

  /// The file with an artifact's content, fetched when this node lacks it; `not-found` when the
  /// store lacks it, too.
  public Path fetch(BlobId id) {
    Path file = file(id);
    Path copy = null;
    try {
      if (Files.exists(file) && sha256(file).equals(id.hex())) {
        return file;
      }
      ByteBuffer bytes = blobs.get(id).orElseThrow(() -> missing(id));
      copy = Files.createTempFile(files, "fetch-", ".part");
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      deleteIfThere(copy);
    }
  }

  private Path file(BlobId id) {
    return files.resolve(id.hex() + ".jar");
  }

  private static String copy(InputStream content, Path file) throws IOException {
    MessageDigest digest = sha256();
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      long total = 0;
      for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
        total += count;
        if (total > ARTIFACT_BYTES_MAX) {
          throw tooLarge();
        }
        digest.update(chunk, 0, count);
        out.write(chunk, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }

  private static void deleteIfThere(@org.jspecify.annotations.Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The anomaly of an artifact longer than [#ARTIFACT_BYTES_MAX].
  public static AnomalyException tooLarge() {
    return Anomaly.incorrect(
            HttpStatus.TOO_LARGE,
            "The artifact is too long.",
            "At most " + ARTIFACT_BYTES_MAX + " bytes are taken.")
        .toException();
  }

  private static AnomalyException missing(BlobId id) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "The code store has no artifact " + id.hex() + ".",
            "Push the revision again.")
        .toException();
  }

  private AnomalyException unwritable(IOException cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "An artifact can't be kept in " + files + ": " + cause + ".",
            "Check the disk, its space and its permissions.")
        .toException(cause);
  }
}
