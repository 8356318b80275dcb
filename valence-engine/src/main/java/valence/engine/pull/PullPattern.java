package valence.engine.pull;

import clojure.lang.Symbol;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Attribute;

/// A pull pattern, parsed and checked against one schema. Immutable; may be kept and shared.
///
/// @param wildcard   whether every attribute is selected
/// @param hasId      whether `:db/id` is selected, by name or by a wildcard
/// @param specs what is selected by name, in the order written; unknown attributes are left out
/// @param recursions how many specs repeat this pattern
/// @param singles which of the specs are read together
public record PullPattern(
    Wildcard wildcard, boolean hasId, List<Spec> specs, int recursions, Singles singles) {
  public PullPattern {
    specs = List.copyOf(specs);
  }

  /// Whether and how every attribute is selected.
  public enum Wildcard {
    NONE,
    /// Keys are keywords.
    KEYWORDS,
    /// Keys are strings such as `":p/name"`, for a wildcard written as the string `"*"`.
    STRINGS
  }

  /// One selection by name.
  public sealed interface Spec {
    /// The key of the value in the result.
    Object key();

    /// The function that the value is passed through; null when it is shown as it is.
    @Nullable Symbol xform();
  }

  /// The entity's id, `:db/id`.
  public record Id(Object key, @Nullable Symbol xform) implements Spec {}

  /// An attribute of the entity or, in reverse, the entities that refer to it by the attribute.
  ///
  /// @param limit    how many values at most; of attributes with one value, ignored
  /// @param fallback shown when the entity has no value; null for nothing
  public record Selection(
      Attribute attribute,
      boolean reverse,
      Object key,
      long limit,
      @Nullable Object fallback,
      @Nullable Symbol xform,
      Target target)
      implements Spec {
    /// Whether the result is a list of values.
    boolean many() {
      return reverse ? !attribute.component() : attribute.many();
    }
  }

  /// What is shown of the values.
  public sealed interface Target {
    /// Singles as they are, components whole, other entities by id and ident.
    record Whole() implements Target {}

    /// What a pattern selects of each.
    record Nested(PullPattern pattern) implements Target {}

    /// What the pattern that this stands in selects of each.
    ///
    /// @param index of the recursion in its pattern
    /// @param depth how many times along a path; [#UNBOUNDED] for as long as there are values
    record Recursion(int index, long depth) implements Target {
      static final long UNBOUNDED = Long.MAX_VALUE;
    }
  }
}
