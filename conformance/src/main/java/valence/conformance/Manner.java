package valence.conformance;

import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How suites over real data want to be compared, besides what their expectations say themselves.
///
/// @param ordered       whether the rows come in order; null to take it from how they are written
/// @param rowsAsSets    each row compares as a set
/// @param vectorsAsBags vectors inside pulled maps compare without order
/// @param approximate   doubles compare within a tolerance
record Manner(
    @Nullable Boolean ordered, boolean rowsAsSets, boolean vectorsAsBags, boolean approximate) {

  static Manner of(Map<?, ?> expect) {
    return new Manner(
        expect.get(kw("ordered?")) instanceof Boolean ordered ? ordered : null,
        Boolean.TRUE.equals(expect.get(kw("row-as-set?"))),
        Boolean.TRUE.equals(expect.get(kw("vectors-as-bags?"))),
        Boolean.TRUE.equals(expect.get(kw("approx"))));
  }

  /// The expectation of one part, rewritten so that [Matcher] compares in this manner.
  @Nullable Object apply(@Nullable Object part) {
    if (ordered == null && !rowsAsSets && !vectorsAsBags && !approximate) {
      return part;
    }
    return switch (part) {
      case Expected.Bag(var rows) -> new Expected.Bag(rows(rows));
      case Set<?> rows -> rowsOfSet(rows);
      case List<?> rows ->
        Boolean.FALSE.equals(ordered) ? new Expected.Bag(rows(rows)) : rows(rows);
      case null -> null;
      default -> inner(part, false);
    };
  }

  /// Rows written as a set are a bag, with one exception: what looks alike was written once. Rows
  /// that differ stay apart in a query's result, but two entities may be pulled into equal maps,
  /// and two rows into equal sets.
  private Object rowsOfSet(Set<?> rows) {
    boolean mayCollapse = rows.stream()
        .anyMatch(row -> (rowsAsSets && row instanceof Set<?>)
            || (row instanceof List<?> list
                && list.stream().anyMatch(item -> item instanceof Map<?, ?>)));
    List<@Nullable Object> each = rows(new ArrayList<>(rows));
    return mayCollapse ? new Expected.SetOf(each) : new Expected.Bag(each);
  }

  private List<@Nullable Object> rows(List<? extends @Nullable Object> rows) {
    List<@Nullable Object> rewritten = new ArrayList<>(rows.size());
    for (Object row : rows) {
      Object inner = inner(row, false);
      boolean asSet = rowsAsSets && (inner instanceof List<?> || inner instanceof Set<?>);
      rewritten.add(asSet ? new Expected.SetOf(elements(inner)) : inner);
    }
    return rewritten;
  }

  private static List<? extends @Nullable Object> elements(@Nullable Object collection) {
    List<? extends @Nullable Object> elements = Matcher.elements(collection);
    return elements == null ? List.of() : elements;
  }

  private @Nullable Object inner(@Nullable Object form, boolean pulled) {
    return switch (form) {
      case null -> null;
      case Double number when approximate -> new Expected.ApproxDouble(number);
      case Expected.Bag(var items) -> new Expected.Bag(all(items, pulled));
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> rewritten = new HashMap<>();
        map.forEach((key, value) -> rewritten.put(key, inner(value, true)));
        yield rewritten;
      }
      case Set<?> set -> new HashSet<>(all(new ArrayList<>(set), pulled));
      case List<?> list ->
        pulled && vectorsAsBags ? new Expected.Bag(all(list, true)) : all(list, pulled);
      default -> form;
    };
  }

  private List<@Nullable Object> all(List<? extends @Nullable Object> items, boolean pulled) {
    List<@Nullable Object> rewritten = new ArrayList<>(items.size());
    for (Object item : items) {
      rewritten.add(inner(item, pulled));
    }
    return rewritten;
  }
}
