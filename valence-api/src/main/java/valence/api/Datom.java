package valence.api;

import static java.util.Objects.requireNonNull;

import clojure.lang.ILookup;
import clojure.lang.Indexed;
import clojure.lang.Keyword;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// One fact: entity `e` has value `v` for attribute `a`, said by transaction `tx`.
///
/// It is also the unmodifiable list `[e a v tx added]`, and equal to one, so that queries take
/// datoms as rows; and it is read by the keys `:e`, `:a`, `:v`, `:tx`, `:t` and `:added`.
///
/// @param v     of the attribute's value type, never null; the other components are entity ids
/// @param added true for an assertion, false for a retraction
public record Datom(long e, long a, Object v, long tx, boolean added)
    implements FixedList, RandomAccess, Indexed, ILookup {
  private static final int SIZE = 5;

  public Datom {
    requireNonNull(v, "v");
  }

  /// The t of the transaction.
  public long t() {
    return Valence.toT(tx);
  }

  /// The components in order.
  @Override
  public List<Object> asList() {
    return List.of(e, a, v, tx, added);
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public int count() {
    return SIZE;
  }

  @Override
  public Object get(int index) {
    return switch (index) {
      case 0 -> e;
      case 1 -> a;
      case 2 -> v;
      case 3 -> tx;
      case 4 -> added;
      default ->
        throw new IndexOutOfBoundsException("A datom has no component " + index + ", only 0 to 4.");
    };
  }

  @Override
  public Object nth(int index) {
    return get(index);
  }

  @Override
  public @Nullable Object nth(int index, @Nullable Object absent) {
    return index >= 0 && index < SIZE ? get(index) : absent;
  }

  @Override
  public @Nullable Object valAt(@Nullable Object key) {
    return valAt(key, null);
  }

  @Override
  public @Nullable Object valAt(@Nullable Object key, @Nullable Object absent) {
    if (!(key instanceof Keyword keyword) || keyword.getNamespace() != null) {
      return absent;
    }
    return switch (keyword.getName()) {
      case "e" -> e;
      case "a" -> a;
      case "v" -> v;
      case "tx" -> tx;
      case "t" -> t();
      case "added" -> added;
      default -> absent;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Datom datom
        ? e == datom.e
            && a == datom.a
            && v.equals(datom.v)
            && tx == datom.tx
            && added == datom.added
        : other instanceof List<?> list && asList().equals(list);
  }

  @Override
  public int hashCode() {
    return asList().hashCode();
  }
}
