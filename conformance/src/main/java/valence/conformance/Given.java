package valence.conformance;

import org.jspecify.annotations.Nullable;

/// Hands the database what a case gives, even where the api's types rule it out.
final class Given {
  private Given() {}

  /// EDN data for a parameter that takes data or EDN text, in which nil has a text.
  static Object data(@Nullable Object form) {
    return form == null ? "nil" : form;
  }

  /// Anything, null included, for a parameter that is not supposed to be null: the corpus tries.
  @SuppressWarnings("NullAway")
  static Object any(@Nullable Object form) {
    return form;
  }
}
