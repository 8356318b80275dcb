package valence.engine.query.exec;

import valence.engine.schema.Attribute;

/// Something in a query that is legal and matches nothing.
sealed interface Doubt {
  /// Doubts that are kept of one clause.
  int COUNT_MAX = 10;

  /// An ident or lookup ref that no entity has.
  record NoEntity(Object named) implements Doubt {}

  /// What stands for an attribute and is none.
  record NoAttribute(Object named) implements Doubt {}

  /// A value that the attribute can't hold.
  record OtherType(Object given, Attribute attribute) implements Doubt {}

  /// A retraction, where none is shown.
  record NotHistory() implements Doubt {}

  /// What stands for a transaction and is none.
  record NoTransaction(Object given) implements Doubt {}

  /// A name of an entity that is taken for a value.
  record Literal(Object named) implements Doubt {}

  /// Values that a comparison finds different because of their kinds.
  record Kinds(Object x, Object y) implements Doubt {}

  /// A byte array of the query, which equals none of the database.
  record Bytes() implements Doubt {}
}
