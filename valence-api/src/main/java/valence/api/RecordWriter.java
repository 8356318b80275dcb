package valence.api;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes tx-data of records.
final class RecordWriter {
  private RecordWriter() {}

  /// The map form of a record: what it holds, without what is absent, reversed, or an id of 0.
  static Map<Keyword, Object> map(Record record) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    for (Field field : RecordForm.of(record.getClass()).fields()) {
      if (field.isReverse()) {
        continue;
      }
      Object value = value(field, field.value(record));
      if (value != null && !(field.isId() && value.equals(0L))) {
        map.put(field.attribute(), value);
      }
    }
    return map;
  }

  private static @Nullable Object value(Field field, @Nullable Object held) {
    if (held == null) {
      throw Mismatch.component(
          field,
          field + " holds null.",
          "Expected " + field.form().expected() + ".",
          "Make the component an Optional if it may be absent.");
    }
    return switch (field.form()) {
      case ValueForm.Single form -> single(form, held);
      case ValueForm.Maybe maybe -> {
        Object present = maybe.value().apply(held);
        yield present == null ? null : single(maybe.form(), present);
      }
      case ValueForm.Many(var element, _) -> {
        List<Object> values = new ArrayList<>();
        for (Object each : (Collection<?>) held) {
          values.add(single(element, each));
        }
        yield values.isEmpty() ? null : values;
      }
    };
  }

  private static Object single(ValueForm.Single form, Object held) {
    return switch (form) {
      case ValueForm.One(Scalar scalar) -> scalar.write().apply(held);
      case ValueForm.Constant constant -> constant.ident(held);
      case ValueForm.Nested _ -> {
        Map<Keyword, Object> map = map((Record) held);
        Object id = map.get(Field.ID);
        yield map.size() == 1 && id != null ? id : map; // only an id: a plain reference
      }
    };
  }
}
