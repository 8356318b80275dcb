package valence.tools.push;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.ion.Artifact;
import valence.wire.ion.Coordinates;

/// An artifact and the file that it is during the push.
record Jar(Artifact artifact, Path file) {
  /// Reads the file through for its id; `incorrect` when it is too large for an artifact.
  static Jar of(Path file, String name, Artifact.Kind kind, @Nullable Coordinates coordinates)
      throws IOException {
    long size = Files.size(file);
    if (size > Artifact.SIZE_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              name + " has " + size + " bytes.",
              "An artifact may have " + Artifact.SIZE_MAX + " at most.")
          .toException();
    }
    return new Jar(new Artifact(sha256(file), name, size, kind, coordinates), file);
  }

  String id() {
    return artifact.id();
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java platform has it
    }
  }
}
