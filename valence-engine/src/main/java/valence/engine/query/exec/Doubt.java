package valence.engine.query.exec;

/// A name in a query that is legal and matches nothing.
sealed interface Doubt {
  /// Doubts that are kept of one clause.
  int COUNT_MAX = 10;

  /// What was written or found.
  Object named();

  /// An ident or lookup ref that no entity has.
  record NoEntity(Object named) implements Doubt {}

  /// What stands for an attribute and is none.
  record NoAttribute(Object named) implements Doubt {}
}
