package valence.edn;

import clojure.lang.ASeq;
import clojure.lang.IPersistentList;
import clojure.lang.IPersistentMap;
import clojure.lang.IPersistentStack;
import clojure.lang.ISeq;
import clojure.lang.Obj;
import clojure.lang.PersistentList;
import clojure.lang.Util;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// A list: the items of an array from a position on.
///
/// To Clojure it is a list like `PersistentList`. That class itself won't do, because iterating,
/// comparing or copying it as a `java.util.List` starts clojure.core.
final class EdnList extends ASeq implements IPersistentList, RandomAccess {
  private final transient @Nullable Object[] items; // shared by the tails, never written
  private final int start;

  private EdnList(@Nullable IPersistentMap meta, @Nullable Object[] items, int start) {
    super(meta);
    this.items = items;
    this.start = start;
  }

  /// A list of the items; the empty list is Clojure's own.
  static Object of(List<@Nullable Object> items) {
    return items.isEmpty() ? PersistentList.EMPTY : new EdnList(null, items.toArray(), 0);
  }

  @Override
  public @Nullable Object first() {
    return items[start];
  }

  @Override
  public @Nullable ISeq next() {
    return start + 1 < items.length ? new EdnList(null, items, start + 1) : null;
  }

  @Override
  public int count() {
    return items.length - start;
  }

  @Override
  public Obj withMeta(@Nullable IPersistentMap meta) {
    return new EdnList(meta, items, start);
  }

  @Override
  public @Nullable Object peek() {
    return first();
  }

  @Override
  public IPersistentStack pop() {
    return start + 1 < items.length
        ? new EdnList(null, items, start + 1)
        : (IPersistentStack) PersistentList.EMPTY;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new Iterator<>() {
      private int position = start;

      @Override
      public boolean hasNext() {
        return position < items.length;
      }

      @Override
      public @Nullable Object next() {
        if (position == items.length) {
          throw new NoSuchElementException();
        }
        return items[position++];
      }
    };
  }

  @Override
  public @Nullable Object get(int index) {
    return items[start + Objects.checkIndex(index, count())];
  }

  @Override
  public @Nullable Object[] toArray() {
    return Arrays.copyOfRange(items, start, items.length, Object[].class);
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"}) // ASeq declares it without type parameters
  public Object[] toArray(Object[] target) {
    return new ArrayList(Arrays.asList(toArray())).toArray(target);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof List<?> list && Arrays.asList(toArray()).equals(list));
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  /// Equality as Clojure's `=` has it: whole numbers are equal whatever their class.
  @Override
  public boolean equiv(@Nullable Object other) {
    if (!(other instanceof List<?> list) || list.size() != count()) {
      return false;
    }
    int position = start;
    for (Object item : list) {
      if (!Util.equiv(items[position++], item)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return EdnPrinter.print(this);
  }
}
