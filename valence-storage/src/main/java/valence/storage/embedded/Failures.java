package valence.storage.embedded;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.DatabaseId;

/// What goes wrong on a disk, as anomalies that say what to do.
final class Failures {
  private Failures() {}

  /// A read or write that failed; nothing is known to be lost.
  ///
  /// @param deed what was tried, such as `read`
  static AnomalyException io(String deed, Path path, IOException cause) {
    return of(cause, "Could not " + deed + " " + path + ": " + reason(cause) + ".", remedy(cause))
        .with("file", path.toString())
        .toException(cause);
  }

  /// A write that failed in a way that leaves open whether it happened.
  static AnomalyException unknown(String what, Path path, IOException cause) {
    return of(
            cause,
            "The outcome of " + what + " is unknown, since " + path + " failed: " + reason(cause)
                + ".",
            "Read to learn whether it happened.",
            remedy(cause))
        .with("file", path.toString())
        .toException(cause);
  }

  /// An append to a log whose last append failed.
  static AnomalyException unread(DatabaseId database, Path directory, Throwable cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The log of database " + database
                + " takes no append, since the outcome of the last one" + " is unknown: "
                + cause.getMessage() + ".",
            "Read the log, then append at its end.")
        .with("file", directory.toString())
        .toException(cause);
  }

  /// Bytes that aren't those that were written.
  static AnomalyException damaged(Path path, long offset, String why) {
    return Anomaly.fault(
            "The file " + path + " is damaged at offset " + offset + ": " + why + ".",
            "Nothing of it was served or changed. Restore it from a copy, and check the disk.")
        .with("file", path.toString())
        .with("offset", offset)
        .toException();
  }

  /// A record of a log that isn't the one that was written.
  static AnomalyException damagedRecord(Path path, long offset, long position, String why) {
    return Anomaly.fault(
            "The log file " + path + " is damaged at offset " + offset + ", where the record of"
                + " position " + position + " should be: " + why + ".",
            "The records before it are whole. Restore the file from a copy, and check the disk.")
        .with("file", path.toString())
        .with("offset", offset)
        .with("position", position)
        .toException();
  }

  private static Anomaly of(IOException cause, String... sentences) {
    Anomaly.Category category = switch (cause) {
      case ClosedByInterruptException _ -> Anomaly.Category.INTERRUPTED;
      case AccessDeniedException _ -> Anomaly.Category.FORBIDDEN;
      default -> Anomaly.Category.UNAVAILABLE;
    };
    return Anomaly.of(category, sentences);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case ClosedByInterruptException _ -> "the calling thread was interrupted";
      case AccessDeniedException _ -> "this user may not access it";
      case NoSuchFileException missing -> missing.getFile() + " doesn't exist";
      default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    };
  }

  private static String remedy(IOException cause) {
    return switch (cause) {
      case ClosedByInterruptException _ -> "Try again.";
      case AccessDeniedException _ -> "Give this user access to it, or choose another directory.";
      default -> "Check that the disk has free space and works, then try again.";
    };
  }
}
