package valence.engine.query.exec;

import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;

/// A pattern of one attribute that says something of an entity, of a value, or of both, and asks
/// for no more: an edge between two variables, or a set that one variable is of.
///
/// @param e        null when the entity isn't a variable
/// @param v        null when the value isn't a variable
/// @param rowCount how many rows it has, at most
record Link(
    Clause.Pattern clause,
    Database db,
    Attribute attribute,
    @Nullable Variable e,
    @Nullable Variable v,
    Order order,
    Range range,
    long rowCount) {

  boolean isEdge() {
    return e != null && v != null;
  }

  /// The variable of a link that has one.
  Variable only() {
    Variable variable = e == null ? v : e;
    if (variable == null || isEdge()) {
      throw new AssertionError("not one variable: " + clause.form());
    }
    return variable;
  }

  /// Whether two edges are of the same datoms.
  boolean isSameScan(Link other) {
    return db == other.db && attribute.id() == other.attribute.id();
  }

  Cursor cursor(int columns) {
    return db.cursor(order, range, columns);
  }
}
