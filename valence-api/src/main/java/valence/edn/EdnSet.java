package valence.edn;

import clojure.lang.APersistentSet;
import clojure.lang.IPersistentCollection;
import clojure.lang.IPersistentSet;
import clojure.lang.ISeq;
import clojure.lang.IteratorSeq;
import clojure.lang.PersistentHashSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A set in the order of the text; to Clojure it is a set like `PersistentHashSet`, see [EdnMap].
final class EdnSet extends APersistentSet {
  private EdnSet(EdnMap items) {
    super(items);
  }

  /// A set that takes over the items, each mapped to itself.
  static EdnSet owning(LinkedHashMap<@Nullable Object, @Nullable Object> items) {
    return new EdnSet(EdnMap.owning(items));
  }

  @Override
  public IPersistentCollection cons(@Nullable Object item) {
    return PersistentHashSet.create(items()).cons(item);
  }

  @Override
  public IPersistentSet disjoin(@Nullable Object item) {
    return ((IPersistentSet) PersistentHashSet.create(items())).disjoin(item);
  }

  @Override
  public IPersistentCollection empty() {
    return PersistentHashSet.EMPTY;
  }

  @Override
  public @Nullable ISeq seq() {
    return IteratorSeq.create(iterator());
  }

  @Override
  public @Nullable Object[] toArray() {
    return items().toArray();
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"}) // APersistentSet declares it without type parameters
  public Object[] toArray(Object[] target) {
    return ((List) items()).toArray(target);
  }

  private List<@Nullable Object> items() {
    List<@Nullable Object> items = new ArrayList<>(count());
    for (Iterator<?> all = iterator(); all.hasNext(); ) {
      items.add(all.next());
    }
    return items;
  }

  @Override
  public String toString() {
    return EdnPrinter.print(this);
  }
}
