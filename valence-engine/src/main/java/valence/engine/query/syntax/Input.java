package valence.engine.query.syntax;

import clojure.lang.Symbol;

/// What one argument of a query is for.
public sealed interface Input {
  /// A database or collection that patterns read, such as `$`.
  record Source(String name) implements Input {}

  /// Values for variables.
  record Bind(Binding binding) implements Input {}

  /// `%`
  record RuleSet() implements Input {}

  /// A plain symbol, for a pull pattern.
  record Pattern(Symbol name) implements Input {}

  /// `_`
  record Ignored() implements Input {}
}
