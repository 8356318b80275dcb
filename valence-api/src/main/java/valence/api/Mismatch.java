package valence.api;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is said when a record and what a database holds don't fit, all under one `:db/error`.
final class Mismatch {
  private static final String ERROR = "db.error/record-mapping";

  /// Of a text shown in a message; what is longer is cut.
  private static final int SHOWN_CHARS_MAX = 80;

  private Mismatch() {}

  /// A record type that can't be mapped, whatever the database.
  static AnomalyException declaration(String... sentences) {
    return Anomaly.incorrect(ERROR, sentences).toException();
  }

  /// A value that a component can't hold.
  ///
  /// @param where of the component in the database, such as ` on entity 42`
  static AnomalyException value(Field field, Object found, String where) {
    return about(
            field,
            Anomaly.incorrect(
                ERROR,
                field + " found " + shown(found) + where + ".",
                "Expected " + field.form().expected() + ".",
                "Change the type of the component, or the value."))
        .with("found", found.getClass().getName())
        .toException();
  }

  /// A component without a value.
  ///
  /// @param remedy what to do
  static AnomalyException absent(Field field, String where, String remedy) {
    return about(
            field,
            Anomaly.incorrect(
                ERROR,
                field + " found no value" + where + ".",
                "Expected " + field.form().expected() + ".",
                remedy))
        .toException();
  }

  /// Anything else about one component.
  static AnomalyException component(Field field, String... sentences) {
    return about(field, Anomaly.incorrect(ERROR, sentences)).toException();
  }

  /// Values that the record's own constructor refuses.
  static AnomalyException refused(Class<?> type, Throwable why) {
    return Anomaly.incorrect(
            ERROR,
            "The constructor of record " + type.getSimpleName() + " refused what was found: " + why
                + ".",
            "Expected it to take whatever the database holds.",
            "Mend the values, or what the constructor demands.")
        .with("record", type.getName())
        .toException(why);
  }

  private static Anomaly about(Field field, Anomaly anomaly) {
    return anomaly
        .with("record", field.record().getName())
        .with("component", field.name())
        .with("attribute", field.attribute())
        .with("expected", field.form().expected());
  }

  /// A value for a message, without printing collections: theirs starts clojure.core.
  private static String shown(Object found) {
    return switch (found) {
      case Map<?, ?> entity -> entity.get(Field.ID) instanceof Long id ? "entity " + id : "a map";
      case Collection<?> values -> values.size() + " values";
      case byte[] bytes -> bytes.length + " bytes";
      case String text ->
        '"' + (text.length() > SHOWN_CHARS_MAX ? text.substring(0, SHOWN_CHARS_MAX) + "…" : text)
            + "\", a String";
      default -> found + ", a " + found.getClass().getSimpleName();
    };
  }

  /// Where an entity is named, ` on entity 42`.
  static String on(@Nullable Object entity) {
    return entity == null ? "" : " on entity " + entity;
  }
}
