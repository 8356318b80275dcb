package valence.tools.schema;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An attribute as a person sees it.
///
/// @param type        such as `string`, without a namespace
/// @param many        whether an entity may have several values
/// @param unique      `identity` or `value`; empty for neither
/// @param elements    of a tuple: the attributes that it is made of, or else the types of its
///     elements, or the one type of all of them
public record AttributeForm(
    long id,
    Keyword ident,
    String type,
    boolean many,
    String unique,
    boolean component,
    boolean noHistory,
    String doc,
    Elements elements) {
  /// What a tuple is made of; all empty for what is none.
  ///
  /// @param attributes of a composite, whose values nobody says
  /// @param types      by position
  /// @param each       the one type of all; empty for none
  public record Elements(List<?> attributes, List<?> types, String each) {
    static final Elements NONE = new Elements(List.of(), List.of(), "");
  }

  public boolean isReference() {
    return type.equals("ref");
  }

  public boolean isIdentity() {
    return unique.equals("identity");
  }

  /// The kind that it belongs to; empty for a name without one.
  public String kind() {
    String namespace = ident.getNamespace();
    return namespace == null ? "" : namespace;
  }

  /// What is special about it, in a few words.
  public String notes() {
    StringBuilder notes = new StringBuilder();
    if (!unique.isEmpty()) {
      notes.append("unique ").append(unique);
    }
    if (component) {
      notes.append(notes.isEmpty() ? "" : ", ").append("component");
    }
    if (noHistory) {
      notes.append(notes.isEmpty() ? "" : ", ").append("no history");
    }
    if (!elements.attributes().isEmpty()) {
      notes.append(notes.isEmpty() ? "" : ", ").append("of ").append(elements.attributes());
    }
    return notes.toString();
  }

  /// For programs.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("ident"), ident);
    map.put(kw("type"), kw(type));
    map.put(kw("cardinality"), kw(many ? "many" : "one"));
    if (!unique.isEmpty()) {
      map.put(kw("unique"), kw(unique));
    }
    if (component) {
      map.put(kw("component?"), true);
    }
    if (noHistory) {
      map.put(kw("no-history?"), true);
    }
    if (!doc.isEmpty()) {
      map.put(kw("doc"), doc);
    }
    return map;
  }

  static AttributeForm of(Map<?, ?> pulled) {
    List<?> attributes = pulled.get(kw("db/tupleAttrs")) instanceof List<?> list ? list : List.of();
    List<?> types = pulled.get(kw("db/tupleTypes")) instanceof List<?> list ? list : List.of();
    String each =
        pulled.get(kw("db/tupleType")) == null ? "" : name(pulled.get(kw("db/tupleType")));
    return new AttributeForm(
        pulled.get(kw("db/id")) instanceof Long id ? id : 0,
        pulled.get(kw("db/ident")) instanceof Keyword ident ? ident : kw("unnamed"),
        name(pulled.get(kw("db/valueType"))),
        name(pulled.get(kw("db/cardinality"))).equals("many"),
        name(pulled.get(kw("db/unique"))),
        Boolean.TRUE.equals(pulled.get(kw("db/isComponent"))),
        Boolean.TRUE.equals(pulled.get(kw("db/noHistory"))),
        pulled.get(kw("db/doc")) instanceof String doc ? doc : "",
        new Elements(attributes, types, each));
  }

  private static String name(@Nullable Object named) {
    return switch (named) {
      case Keyword keyword -> keyword.getName();
      case Map<?, ?> map -> name(map.get(kw("db/ident")));
      case null, default -> "";
    };
  }
}
