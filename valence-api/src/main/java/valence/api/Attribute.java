package valence.api;

import clojure.lang.Keyword;
import java.util.Optional;

/// What the schema says of an attribute.
///
/// @param id          its entity id
/// @param ident       its newest name
/// @param valueType   such as `:db.type/string`
/// @param cardinality `:db.cardinality/one` or `:db.cardinality/many`
/// @param unique      `:db.unique/identity` or `:db.unique/value`, of one that is unique
/// @param isComponent whether an entity owns those that it refers to
/// @param noHistory   whether past values are dropped
public record Attribute(
    long id,
    Keyword ident,
    Keyword valueType,
    Keyword cardinality,
    Optional<Keyword> unique,
    boolean isComponent,
    boolean noHistory) {
  /// Whether an entity may have several values.
  public boolean isMany() {
    return cardinality.getName().equals("many");
  }
}
