package valence.api;

import clojure.lang.Keyword;
import java.util.Map;

/// Where a database has another schema than a record declares.
///
/// @param place    the record component or the enum constant, for people
/// @param ident    the attribute's, or the constant's
/// @param declared the properties that differ, such as `:db/valueType`, as the record has them; all
///                 of them when the database has nothing of that ident
/// @param found    the same properties as the database has them, without those it doesn't have;
///                 empty when it has nothing of that ident
public record SchemaDifference(
    String place, Keyword ident, Map<Keyword, Object> declared, Map<Keyword, Object> found) {
  public SchemaDifference {
    declared = Map.copyOf(declared);
    found = Map.copyOf(found);
  }
}
