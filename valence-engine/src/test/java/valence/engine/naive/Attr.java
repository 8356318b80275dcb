package valence.engine.naive;

import clojure.lang.Keyword;
import java.util.List;

/// An attribute as its datoms describe it.
///
/// @param type    the name of its value type, such as `long`
/// @param unique  `identity`, `value` or empty
/// @param members the attributes of a composite tuple
/// @param slots   the types of a tuple of fixed length
/// @param slot    the type of a tuple of any length, or empty
record Attr(
    long id,
    Keyword ident,
    String type,
    boolean many,
    String unique,
    boolean component,
    boolean noHistory,
    List<Long> members,
    List<String> slots,
    String slot) {
  Attr {
    members = List.copyOf(members);
    slots = List.copyOf(slots);
  }

  boolean isRef() {
    return type.equals("ref");
  }

  boolean isComposite() {
    return !members.isEmpty();
  }
}
