package valence.node.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.ion.EntryNames;

/// Whether an artifact is a jar that one may open: with names that stay inside of it, of which each
/// means one content. Two entries of one name would let what is looked at differ from what is run.
///
/// Reads the directory of the jar, and nothing of its contents.
public final class JarCheck {
  private static final int ENTRIES_MAX = 200_000;

  private JarCheck() {}

  /// `incorrect`, naming the jar and the entry, when it isn't one.
  ///
  /// @param name the artifact's, for the message
  public static void check(String name, Path file) {
    try (ZipFile jar = new ZipFile(file.toFile())) {
      if (jar.size() > ENTRIES_MAX) {
        throw notOne(name, "it has more than " + ENTRIES_MAX + " entries", null);
      }
      Map<String, ZipEntry> seen = new HashMap<>();
      Enumeration<? extends ZipEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        EntryNames.check(name, entry.getName());
        ZipEntry other = seen.putIfAbsent(entry.getName(), entry);
        if (other != null && !sameContent(other, entry)) {
          throw EntryNames.refused(name, entry.getName(), "it is there twice, and differs");
        }
      }
    } catch (ZipException e) {
      throw notOne(name, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, name + " can't be read: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  private static boolean sameContent(ZipEntry one, ZipEntry other) {
    return one.getCrc() == other.getCrc() && one.getSize() == other.getSize();
  }

  private static AnomalyException notOne(
      String name, String why, @org.jspecify.annotations.Nullable Exception cause) {
    Anomaly anomaly = Anomaly.incorrect(
        EntryNames.ERROR, name + " is no jar: " + why + ".", "Expected jars.", "Push again.");
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }
}
