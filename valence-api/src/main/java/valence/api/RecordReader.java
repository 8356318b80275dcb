package valence.api;

import clojure.lang.Keyword;
import clojure.lang.Named;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.spi.Naming;

/// Makes records of what a database value gave.
///
/// @param db which is asked only to say why something is missing
record RecordReader(Db db) {
  private static final Keyword IDENT = Keyword.intern("db", "ident");

  /// A record being read, and those of the same type that it is in.
  private record Step(
      RecordForm form, Object entity, @Nullable Step above) {
    boolean has(Object other) {
      return entity.equals(other) || (above != null && above.has(other));
    }
  }

  /// Whether a pull found anything that the record shows.
  static boolean isPresent(RecordForm form, Map<?, ?> found) {
    boolean onlyId = form.fields().stream().allMatch(Field::isId);
    return onlyId
        ? found.get(Field.ID) != null
        : found.size() > (found.containsKey(Field.ID) ? 1 : 0);
  }

  /// The record of what [RecordPattern] pulled.
  Record pulled(RecordForm form, Map<?, ?> found) {
    return pulled(form, found, null);
  }

  /// [#pulled], with `not-found` when nothing was.
  Record required(RecordForm form, Map<?, ?> found) {
    if (!isPresent(form, found)) {
      Object id = found.get(Field.ID);
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              (id == null ? "An entity asked for doesn't exist." : "Entity " + id + " is empty:")
                  + " Nothing that record " + form.type().getSimpleName() + " shows was found.",
              "Expected entities with its attributes.",
              "Leave it out, or ask for each alone.")
          .withError("db.error/not-an-entity")
          .toException();
    }
    return pulled(form, found);
  }

  private Record pulled(RecordForm form, Map<?, ?> found, @Nullable Step above) {
    Object id = found.get(Field.ID);
    Step step = id == null ? null : new Step(form, id, above);
    return record(form, field -> found.get(field.attribute()), Mismatch.on(id), step);
  }

  /// The record of a row: a list, by position, or a map, by name.
  Record row(RecordForm form, @Nullable Object row) {
    if (row instanceof List<?> values) {
      if (values.size() != form.fields().size()) {
        throw Mismatch.declaration(
            "Record " + form.type().getSimpleName() + " has " + form.fields().size()
                + " components, and a row of the query " + values.size() + " values.",
            "Expected one component for each element of :find.",
            "Change the record or the query.");
      }
      return record(form, field -> values.get(form.fields().indexOf(field)), " in a row", null);
    }
    if (row instanceof Map<?, ?> named) {
      Map<String, @Nullable Object> values = new HashMap<>();
      named.forEach((key, value) ->
          values.put(key instanceof Named name ? name.getName() : String.valueOf(key), value));
      return record(
          form,
          field -> {
            String kebab = Naming.kebab(field.name());
            return values.containsKey(kebab) ? values.get(kebab) : values.get(field.name());
          },
          " in a row",
          null);
    }
    throw Mismatch.declaration(
        "A query for record " + form.type().getSimpleName() + " doesn't give rows.",
        "Expected :find with its elements as they are, each row a record.",
        "Write [:find ?x ?y …], without brackets around the elements and without a dot.");
  }

  /// Where the values of a record come from.
  @FunctionalInterface
  private interface Values {
    @Nullable Object of(Field field);
  }

  private Record record(RecordForm form, Values values, String where, @Nullable Step step) {
    @Nullable Object[] made = new Object[form.fields().size()];
    for (int i = 0; i < made.length; i++) {
      Field field = form.fields().get(i);
      Object found = values.of(field);
      made[i] = found == null ? absent(field, where) : value(field, found, where, step);
    }
    return form.make(made);
  }

  private Object absent(Field field, String where) {
    return switch (field.form()) {
      case ValueForm.Maybe maybe -> maybe.empty();
      case ValueForm.Many(_, boolean set) ->
        set ? Collections.emptySet() : Collections.emptyList();
      case ValueForm.Single _ -> throw Mismatch.absent(field, where, remedy(field));
    };
  }

  private String remedy(Field field) {
    return db.entid(field.forward()).isEmpty()
        ? "The database has no attribute " + field.forward()
            + ": check its spelling, or install it."
        : "Make the component an Optional, or say a value.";
  }

  private Object value(Field field, Object found, String where, @Nullable Step step) {
    return switch (field.form()) {
      case ValueForm.Single form -> single(field, form, onlyOne(field, found), where, step);
      case ValueForm.Maybe maybe ->
        maybe.present().apply(single(field, maybe.form(), onlyOne(field, found), where, step));
      case ValueForm.Many(var element, boolean set) -> {
        Collection<Object> made = set ? new LinkedHashSet<>() : new ArrayList<>();
        for (Object each : all(field, found, where)) {
          made.add(single(field, element, each, where, step));
        }
        yield set ? Collections.unmodifiableSet((LinkedHashSet<?>) made) : List.copyOf(made);
      }
    };
  }

  /// Whoever refers to an entity comes in a list, even one.
  private static Object onlyOne(Field field, Object found) {
    return field.isReverse() && found instanceof List<?> list && list.size() == 1
        ? list.getFirst()
        : found;
  }

  private static Collection<?> all(Field field, Object found, String where) {
    if (found instanceof Collection<?> values) {
      return values;
    }
    if (field.isReverse()) {
      return List.of(found); // the owner of a component comes alone
    }
    throw Mismatch.value(field, found, where);
  }

  private Object single(
      Field field, ValueForm.Single form, Object found, String where, @Nullable Step step) {
    Object made = switch (form) {
      case ValueForm.One(Scalar scalar) -> scalar.read().apply(found);
      case ValueForm.Constant(_, var constants) ->
        constants.get(found instanceof Map<?, ?> entity ? entity.get(IDENT) : found);
      case ValueForm.Nested(var type) ->
        found instanceof Map<?, ?> entity ? nested(field, type, entity, step) : null;
      case ValueForm.Slots slots ->
        found instanceof List<?> values && values.size() == slots.fields().size()
            ? record(
                RecordForm.of(slots.type()),
                slot -> values.get(slots.fields().indexOf(slot)),
                " in a tuple" + where,
                null)
            : null;
      case ValueForm.Alike(Scalar slot) ->
        found instanceof List<?> values ? alike(slot, values) : null;
    };
    if (made == null) {
      throw Mismatch.value(field, found, where);
    }
    return made;
  }

  /// The slots of a tuple; null when one of them is empty, or no value of the type.
  private static @Nullable List<Object> alike(Scalar slot, List<?> values) {
    List<Object> slots = new ArrayList<>();
    for (Object value : values) {
      Object made = value == null ? null : slot.read().apply(value);
      if (made == null) {
        return null;
      }
      slots.add(made);
    }
    return List.copyOf(slots);
  }

  private Record nested(
      Field field, Class<? extends Record> type, Map<?, ?> found, @Nullable Step step) {
    RecordForm form = RecordForm.of(type);
    if (found.containsKey(Field.ID) && found.get(Field.ID) == null) {
      throw Mismatch.component(
          field,
          field + " found no entity.",
          "Expected " + field.form().expected() + ".",
          "Check that the attribute is a reference, or change the type of the component.");
    }
    Step same = step != null && step.form() == form ? step : null;
    Object id = found.get(Field.ID);
    if (same != null && id != null && same.has(id)) {
      throw Mismatch.component(
          field,
          field + " leads back to entity " + id + ".",
          "Expected entities that form a tree: a record can't hold itself.",
          "Hold a smaller record there, or pull these entities as maps.");
    }
    return pulled(form, found, same);
  }
}
