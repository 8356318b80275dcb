package valence.tools.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.EdnBody;

/// Arguments that stand for more than their text.
final class Argument {
  private Argument() {}

  /// The text itself, of the file after an `@`, or of standard input for `-`.
  static String text(String argument) {
    try {
      if (argument.equals("-")) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (argument.startsWith("@")) {
        return Files.readString(Path.of(argument.substring(1)));
      }
      return argument;
    } catch (CharacterCodingException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT, argument + " isn't text in UTF-8.", "Save it as UTF-8.")
          .toException(e);
    } catch (IOException | InvalidPathException e) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              argument + " can't be read: " + e.getMessage() + ".",
              "Expected text, @FILE, or - for standard input.")
          .toException(e);
    }
  }

  /// The EDN value of [#text].
  static @Nullable Object edn(String argument) {
    return EdnBody.parse(text(argument));
  }

  /// A point in time: a t, a date (its first moment here) or an instant.
  static Object timePoint(String argument) {
    try {
      if (argument.matches("\\d+")) {
        return Long.valueOf(argument);
      }
      Instant instant = argument.matches("\\d{4}-\\d{2}-\\d{2}")
          ? LocalDate.parse(argument).atStartOfDay(ZoneId.systemDefault()).toInstant()
          : Instant.parse(argument);
      return Date.from(instant);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              argument + " is no point in time.",
              "Expected a t such as 12, a date such as 2026-11-22, or an instant such as"
                  + " 2026-11-22T10:00:00Z.")
          .toException(e);
    }
  }
}
