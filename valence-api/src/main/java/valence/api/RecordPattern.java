package valence.api;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// The pull pattern of a record type: its attributes, all values of each, and the patterns of the
/// records in it. It always has `:db/id`, by which messages name entities and cycles are seen.
final class RecordPattern {
  private static final Keyword LIMIT = Keyword.intern("limit");
  private static final Symbol AGAIN = Symbol.intern("...");

  private static final ClassValue<List<Object>> PATTERNS = new ClassValue<>() {
    @Override
    protected List<Object> computeValue(Class<?> type) {
      return pattern(type.asSubclass(Record.class), List.of());
    }
  };

  private RecordPattern() {}

  static List<Object> of(Class<? extends Record> type) {
    return PATTERNS.get(type);
  }

  /// @param around the types whose patterns this one stands in, outermost first
  private static List<Object> pattern(
      Class<? extends Record> type, List<Class<? extends Record>> around) {
    List<Class<? extends Record>> path = new ArrayList<>(around);
    path.add(type);
    List<Object> pattern = new ArrayList<>();
    pattern.add(Field.ID);
    for (Field field : RecordForm.of(type).fields()) {
      if (!field.isId()) {
        pattern.add(spec(field, path));
      }
    }
    return List.copyOf(pattern);
  }

  private static Object spec(Field field, List<Class<? extends Record>> path) {
    boolean all = field.isReverse() || field.form() instanceof ValueForm.Many;
    // A pull gives the first 1000 values unless told otherwise. A list with null is none of
    // List.of.
    Object attribute = all
        ? Collections.unmodifiableList(Arrays.asList(field.attribute(), LIMIT, null))
        : field.attribute();
    return switch (field.single()) {
      case ValueForm.One _, ValueForm.Constant _, ValueForm.Slots _, ValueForm.Alike _ -> attribute;
      case ValueForm.Nested(var type) -> {
        if (type == path.getLast()) {
          yield Map.of(attribute, AGAIN);
        }
        if (path.contains(type)) {
          throw Mismatch.component(
              field,
              field + " holds record " + type.getSimpleName() + ", which holds record "
                  + path.getLast().getSimpleName() + " in turn.",
              "Expected records that end, or a record that holds only itself again.",
              "Hold a smaller record there, with the id or a few attributes.");
        }
        yield Map.of(attribute, pattern(type, path));
      }
    };
  }
}
