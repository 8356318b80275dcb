package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.exec.FactsPattern.Part;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;

/// The groups of one pattern's rows, of which nothing but the sizes is asked: an index knows how
/// many rows each value has, so no row is read.
///
/// Each value costs two searches of a tree. It's given up as soon as the values look too many for
/// that to be less than reading the rows.
final class CountedGroups {
  /// Rows that are read in the time that one value takes, about.
  private static final int ROWS_PER_VALUE = 512;

  /// Values after which one can tell how many there may be.
  private static final int VALUES_TRIED = 8;

  private CountedGroups() {}

  /// @param keys the variables that a group's rows agree on
  /// @param wanted the variables whose distinct rows are counted
  static Optional<Groups> of(
      FactsPattern pattern, Set<Variable> keys, Set<Variable> wanted, Budget budget) {
    Attribute attribute = pattern.attribute();
    Variable value = pattern.variables().get(Part.V);
    boolean isPlain = attribute != null
        && pattern.db().view().isNow()
        && !pattern.isImpossible()
        && pattern.entity() == null
        && pattern.t() == null
        && pattern.added() == null
        && pattern.bounds() == null
        && Set.copyOf(pattern.variables().values()).size()
            == pattern.variables().size()
        && pattern.keys().stream().anyMatch(wanted::containsAll);
    if (attribute == null || !isPlain) {
      return Optional.empty();
    }
    long total = pattern.count(null, pattern.value());
    if (total == 0 || total > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    if (keys.isEmpty()) {
      return Optional.of(Groups.counted(Relation.UNIT, new int[] {(int) total}));
    }
    return value != null && keys.equals(Set.of(value)) && FactsPattern.tellsValues(attribute.type())
        ? byValue(pattern.db(), attribute, value, total, budget)
        : Optional.empty();
  }

  private static Optional<Groups> byValue(
      Database db, Attribute attribute, Variable variable, long total, Budget budget) {
    int a = attribute.id();
    List<@Nullable Object> values = new ArrayList<>();
    int[] counts = new int[VALUES_TRIED];
    Bound low = Bound.a(a);
    boolean isFirst = true;
    long counted = 0;
    while (counted < total) {
      budget.check();
      int count = values.size();
      if (count >= VALUES_TRIED && count * total / counted > total / ROWS_PER_VALUE) {
        return Optional.empty();
      }
      Cursor cursor = db.cursor(Order.AVET, new Range(low, isFirst, Bound.a(a), true));
      if (!cursor.next()) {
        return Optional.empty();
      }
      Batch batch = cursor.batch();
      Object value = db.value(a, batch.v[batch.start], batch.object(batch.start));
      low = Database.bound(attribute, value);
      isFirst = false;
      if (count == counts.length) {
        counts = Arrays.copyOf(counts, count * 2);
      }
      values.add(value);
      counts[count] = (int) db.countMax(Order.AVET, Range.prefix(low));
      counted += counts[count];
    }
    Column column = new Column.Objects(values.toArray(), false);
    Relation distinct = new Relation(List.of(variable), List.of(column), values.size());
    return Optional.of(Groups.counted(distinct, Arrays.copyOf(counts, values.size())));
  }
}
