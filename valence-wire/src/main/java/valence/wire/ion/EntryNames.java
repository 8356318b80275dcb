package valence.wire.ion;

import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The names of files in jars, as far as they are taken: relative, and inside of wherever the jar
/// might be unpacked.
public final class EntryNames {
  /// The `:db/error` of a jar with a name in it that isn't taken.
  public static final String ERROR = "ion.error/unsafe-jar";

  private static final int CHARACTERS_MAX = 1_000;

  private EntryNames() {}

  /// `incorrect` when the name of an entry is none that a jar may have.
  ///
  /// @param jar its name, for the message
  public static void check(String jar, String entry) {
    if (entry.isEmpty() || entry.length() > CHARACTERS_MAX) {
      throw refused(jar, entry, "a name has 1 to " + CHARACTERS_MAX + " characters");
    }
    if (entry.startsWith("/") || entry.matches("[A-Za-z]:.*")) {
      throw refused(jar, entry, "it is absolute");
    }
    if (entry.indexOf('\\') >= 0 || entry.indexOf('\0') >= 0) {
      throw refused(jar, entry, "it has a character that paths mustn't have");
    }
    for (String part : entry.split("/")) {
      if (part.equals("..") || part.equals(".")) {
        throw refused(jar, entry, "it leads out of the jar");
      }
    }
  }

  /// The anomaly of an entry that isn't taken.
  public static AnomalyException refused(String jar, String entry, String why) {
    String shown = entry.length() <= 200 ? entry : entry.substring(0, 200) + "…";
    return Anomaly.incorrect(
            ERROR,
            jar + " has the entry " + shown + ": " + why + ".",
            "Expected relative names, each once, without `..`.",
            "Use another version of the library.")
        .toException();
  }
}
