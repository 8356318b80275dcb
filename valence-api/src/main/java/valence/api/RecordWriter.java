package valence.api;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Makes tx-data of records. For one call.
final class RecordWriter {
  /// Names entities that others of the same tx-data refer to; the tx-data of several calls may be
  /// transacted together.
  private static final AtomicLong NAMES = new AtomicLong();

  private final List<Map<Keyword, Object>> forms = new ArrayList<>();

  private RecordWriter() {}

  /// A map form for each record, and one for each that refers to it.
  static List<Map<Keyword, Object>> txData(Record... records) {
    RecordWriter writer = new RecordWriter();
    for (Record record : records) {
      writer.forms.add(writer.map(record));
    }
    return List.copyOf(writer.forms);
  }

  /// The map form of a record: what it holds, without what is absent, composite, or an id of 0.
  private Map<Keyword, Object> map(Record record) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    List<Field> reversed = new ArrayList<>();
    for (Field field : RecordForm.of(record.getClass()).fields()) {
      Object value = field.isComposite() ? null : value(field, field.value(record));
      if (value == null || (field.isId() && value.equals(0L))) {
        continue;
      }
      if (field.isReverse()) {
        reversed.add(field);
      }
      map.put(field.attribute(), value);
    }
    for (Field field : reversed) {
      refer(field, map);
    }
    return map;
  }

  /// Says who refers to an entity on their side: the reversed attribute of a map form takes one
  /// entity that is there already, and no more.
  private void refer(Field field, Map<Keyword, Object> map) {
    Object referrers = map.remove(field.attribute());
    Object self = map.computeIfAbsent(Field.ID, _ -> "valence.record-" + NAMES.incrementAndGet());
    for (Object each : referrers instanceof List<?> many ? many : List.of(referrers)) {
      Map<Keyword, Object> form = new LinkedHashMap<>();
      if (each instanceof Map<?, ?> said) {
        said.forEach((attribute, value) -> form.put((Keyword) attribute, value));
      } else {
        form.put(Field.ID, each);
      }
      form.put(field.forward(), self);
      forms.add(form);
    }
  }

  private @Nullable Object value(Field field, @Nullable Object held) {
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

  private Object single(ValueForm.Single form, Object held) {
    return switch (form) {
      case ValueForm.One(Scalar scalar) -> scalar.write().apply(held);
      case ValueForm.Constant constant -> constant.ident(held);
      case ValueForm.Slots(var type) -> {
        List<@Nullable Object> slots = new ArrayList<>();
        for (Field slot : RecordForm.of(type).fields()) {
          slots.add(value(slot, slot.value((Record) held)));
        }
        yield Collections.unmodifiableList(slots);
      }
      case ValueForm.Alike(Scalar slot) ->
        ((List<?>) held).stream().map(slot.write()::apply).toList();
      case ValueForm.Nested _ -> {
        Map<Keyword, Object> map = map((Record) held);
        Object id = map.get(Field.ID);
        yield map.size() == 1 && id != null ? id : map; // only an id: a plain reference
      }
    };
  }
}
