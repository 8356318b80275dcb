package valence.engine.query.syntax;

import org.jspecify.annotations.Nullable;

/// What may stand in a pattern, or as the argument of a rule or function.
public sealed interface Term {
  /// Such as `?name`; the name includes the question mark.
  record Variable(String name) implements Term {
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || other instanceof Variable(String same) && name.equals(same);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  record Constant(@Nullable Object value) implements Term {}

  /// `_`, which unifies with nothing.
  record Blank() implements Term {}

  /// A source of data, such as `$`, as an argument of a function.
  record Source(String name) implements Term {}

  /// A call as an argument of another call.
  record Nested(Call call) implements Term {}
}
