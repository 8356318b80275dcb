package valence.wire.ion;

import org.jspecify.annotations.Nullable;
import valence.wire.Fields;

/// What repositories know a library as.
///
/// @param library its name there, such as `org.jspecify/jspecify`; a classifier follows a `$`
/// @param version such as `1.0.1`, or the SHA of a commit for a library that is built from git
public record Coordinates(String library, String version) {
  private static final int CHARACTERS_MAX = 500;

  /// The coordinates in an artifact's map; null when it has none.
  static @Nullable Coordinates of(Fields artifact) {
    if (!artifact.contains("library") && !artifact.contains("version")) {
      return null;
    }
    return new Coordinates(text(artifact, "library"), text(artifact, "version"));
  }

  private static String text(Fields artifact, String key) {
    String text = artifact.text(key);
    if (text.length() > CHARACTERS_MAX) {
      throw artifact.wrong(key, "at most " + CHARACTERS_MAX + " characters");
    }
    return text;
  }
}
