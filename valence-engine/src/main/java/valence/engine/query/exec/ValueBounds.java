package valence.engine.query.exec;

import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Range;
import valence.engine.schema.Attribute;
import valence.engine.value.ValueOrder;
import valence.engine.value.ValueType;

/// What comparisons with constants leave of the values of an attribute. All ends are inclusive,
/// but that the high one of strings isn't if it says so.
///
/// Rows outside of the bounds fail a comparison. Those inside pass them all where [#isExact].
///
/// @param low    an end as a key and, of strings, a value; null where there is none
record ValueBounds(
    Attribute attribute, @Nullable End low, @Nullable End high, boolean highIn) {
  /// @param object null where the key says everything
  record End(long key, @Nullable Object object) {}

  /// The values that a comparison lets pass; null when that is no range, or not known beforehand.
  ///
  /// @param function such as `<`, the attribute's value being its first argument
  /// @param constant normalized
  static @Nullable ValueBounds of(Attribute attribute, String function, Object constant) {
    return switch (attribute.type()) {
      case LONG -> constant instanceof Long number ? keys(attribute, function, number) : null;
      case INSTANT ->
        constant instanceof Date instant ? keys(attribute, function, instant.getTime()) : null;
      case DOUBLE ->
        // The bounds keep NaN, and rows are compared again. Zero has one sign in a database.
        constant instanceof Double number && !number.isNaN()
            ? loose(attribute, function, new End(ValueType.keyOf(number + 0.0), null))
            : null;
      case STRING -> constant instanceof String text ? strings(attribute, function, text) : null;
      default -> null;
    };
  }

  private static @Nullable ValueBounds keys(Attribute attribute, String function, long key) {
    return switch (function) {
      case "<" -> key == Long.MIN_VALUE ? null : below(attribute, key - 1);
      case "<=" -> below(attribute, key);
      case ">" -> key == Long.MAX_VALUE ? null : above(attribute, key + 1);
      case ">=" -> above(attribute, key);
      case "=" -> new ValueBounds(attribute, new End(key, null), new End(key, null), true);
      default -> null;
    };
  }

  private static ValueBounds below(Attribute attribute, long key) {
    return new ValueBounds(attribute, null, new End(key, null), true);
  }

  private static ValueBounds above(Attribute attribute, long key) {
    return new ValueBounds(attribute, new End(key, null), null, true);
  }

  private static @Nullable ValueBounds strings(
      Attribute attribute, String function, String constant) {
    End end = new End(attribute.type().key(constant), constant);
    if (!function.equals("clojure.string/starts-with?")) {
      return loose(attribute, function, end);
    }
    int last = constant.length() - 1;
    while (last >= 0 && constant.charAt(last) == Character.MAX_VALUE) {
      last--;
    }
    if (last < 0) {
      return new ValueBounds(attribute, end, null, true);
    }
    String next = constant.substring(0, last) + (char) (constant.charAt(last) + 1);
    return new ValueBounds(attribute, end, new End(attribute.type().key(next), next), false);
  }

  /// Bounds that keep a constant, whether or not the comparison does.
  private static @Nullable ValueBounds loose(Attribute attribute, String function, End end) {
    return switch (function) {
      case "<", "<=" -> new ValueBounds(attribute, null, end, true);
      case ">", ">=" -> new ValueBounds(attribute, end, null, true);
      case "=" -> new ValueBounds(attribute, end, end, true);
      default -> null;
    };
  }

  /// Whether every value within passes the comparisons that the bounds were made of.
  boolean isExact() {
    return attribute.type() == ValueType.LONG || attribute.type() == ValueType.INSTANT;
  }

  /// The values within both.
  ValueBounds and(@Nullable ValueBounds other) {
    if (other == null) {
      return this;
    }
    End higher = low == null || other.low != null && compare(other.low, low) > 0 ? other.low : low;
    boolean isOther = high == null || other.high != null && compare(other.high, high) < 0;
    boolean isTie = high != null && other.high != null && compare(other.high, high) == 0;
    return new ValueBounds(
        attribute,
        higher,
        isOther ? other.high : high,
        isTie ? highIn && other.highIn : isOther ? other.highIn : highIn);
  }

  private static int compare(End x, End y) {
    return ValueOrder.compare(x.key, x.object, y.key, y.object);
  }

  private static int compare(End x, long key, @Nullable Object object) {
    return ValueOrder.compare(x.key, x.object, key, object);
  }

  /// Whether a value is within.
  boolean holds(Batch batch, int row) {
    long key = batch.v[row];
    if (attribute.type().inline()) {
      return (low == null || low.key <= key) && (high == null || key <= high.key);
    }
    Object object = batch.object(row);
    if (low != null && compare(low, key, object) > 0) {
      return false;
    }
    int order = high == null ? 1 : compare(high, key, object);
    return order > 0 || order == 0 && highIn;
  }

  /// Whether no value can be within.
  boolean isEmpty() {
    return low != null && high != null && compare(low, high) > 0;
  }

  /// The datoms within, for AVET.
  Range range() {
    int a = attribute.id();
    return new Range(
        low == null ? Bound.a(a) : Bound.av(a, low.key, low.object),
        true,
        high == null ? Bound.a(a) : Bound.av(a, high.key, high.object),
        highIn);
  }
}
