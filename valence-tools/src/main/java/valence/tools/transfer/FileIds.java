package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Schema;

/// The temporary ids of a file, found in its forms: each has to mean the same entity in all of the
/// transactions that the file becomes.
final class FileIds {
  private static final Keyword ID = kw("db/id");
  private static final String TRANSACTION = "datomic.tx";

  private final Schema schema;
  private final Set<String> ids = new LinkedHashSet<>();

  private FileIds(Schema schema) {
    this.schema = schema;
  }

  /// Those of some forms.
  static Set<String> of(Collection<?> forms, Schema schema) {
    FileIds found = new FileIds(schema);
    forms.forEach(found::form);
    return found.ids;
  }

  /// What makes the ids mean the same everywhere, to be transacted with the forms.
  static List<Object> naming(Set<String> ids, String job) {
    List<Object> forms = new ArrayList<>();
    for (String id : ids) {
      Map<Keyword, Object> form = new LinkedHashMap<>();
      form.put(ID, id);
      form.put(Job.KEY, job + "/" + id);
      forms.add(form);
    }
    return forms;
  }

  private void form(@Nullable Object form) {
    if (form instanceof Map<?, ?> map) {
      map(map);
    } else if (form instanceof List<?> list
        && list.size() > 3
        && list.getFirst() instanceof Keyword operation
        && (operation.equals(kw("db/add")) || operation.equals(kw("db/retract")))) {
      id(list.get(1));
      value(list.get(2), list.get(3));
    }
  }

  private void map(Map<?, ?> map) {
    map.forEach((attribute, value) -> {
      if (ID.equals(attribute)) {
        id(value);
      } else {
        value(attribute, value);
      }
    });
  }

  private void id(@Nullable Object id) {
    if (id instanceof String text && !text.equals(TRANSACTION)) {
      ids.add(text);
    }
  }

  private void value(@Nullable Object named, @Nullable Object value) {
    AttributeForm attribute = attribute(named);
    if (attribute == null) {
      return;
    }
    if (attribute.isReference()) {
      switch (value) {
        case String text -> id(text);
        case Map<?, ?> map -> map(map);
        case Collection<?> members -> {
          for (Object member : members) {
            if (member instanceof Map<?, ?> map) {
              map(map);
            } else {
              id(member);
            }
          }
        }
        case null, default -> {}
      }
    } else if (attribute.type().equals("tuple") && value instanceof Collection<?> tuple) {
      boolean several = !(value instanceof List<?>);
      for (Object each : several ? tuple : List.of(tuple)) {
        if (each instanceof List<?> elements) {
          tuple(attribute.elements(), elements);
        }
      }
    }
  }

  private void tuple(AttributeForm.Elements types, List<?> elements) {
    for (int i = 0; i < elements.size(); i++) {
      Object type = i < types.types().size() ? types.types().get(i) : types.each();
      if (String.valueOf(type).endsWith("ref")) {
        id(elements.get(i));
      }
    }
  }

  /// That of a map's key, which may be written the other way round, as `:item/_parts`.
  private @Nullable AttributeForm attribute(@Nullable Object named) {
    if (!(named instanceof Keyword ident)) {
      return null;
    }
    if (ident.getName().startsWith("_") && ident.getNamespace() != null) {
      return schema
          .attribute(kw(ident.getNamespace() + "/" + ident.getName().substring(1)))
          .orElse(null);
    }
    return schema.attribute(ident).orElse(null);
  }
}
