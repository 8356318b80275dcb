package valence.edn;

import clojure.lang.APersistentMap;
import clojure.lang.IMapEntry;
import clojure.lang.IPersistentCollection;
import clojure.lang.IPersistentMap;
import clojure.lang.ISeq;
import clojure.lang.IteratorSeq;
import clojure.lang.MapEntry;
import clojure.lang.PersistentHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A map with many entries, or with numbers or collections among its keys, in the order of the
/// text.
///
/// To Clojure it is a map like `PersistentHashMap`. That class itself won't do, because hashing or
/// comparing a number, as Clojure does it, starts clojure.core: even the search for a number in a
/// map that has none. A map made from this one by `assoc`
/// is a `PersistentHashMap`.
final class EdnMap extends APersistentMap {
  // APersistentMap makes this serializable, which nobody needs. Never written after construction.
  private final transient Map<@Nullable Object, @Nullable Object> entries;

  private EdnMap(Map<@Nullable Object, @Nullable Object> entries) {
    this.entries = entries;
  }

  /// A map that takes over the entries, which the caller won't touch again.
  static EdnMap owning(LinkedHashMap<@Nullable Object, @Nullable Object> entries) {
    return new EdnMap(entries);
  }

  /// A key as the reader makes it, so that a Java program finds `1L` by `1`.
  static @Nullable Object asRead(@Nullable Object key) {
    return key instanceof Integer || key instanceof Short || key instanceof Byte
        ? (Object) ((Number) key).longValue()
        : key;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries.containsKey(asRead(key));
  }

  @Override
  public @Nullable IMapEntry entryAt(@Nullable Object key) {
    return containsKey(key) ? MapEntry.create(asRead(key), valAt(key)) : null;
  }

  @Override
  public @Nullable Object valAt(@Nullable Object key) {
    return entries.get(asRead(key));
  }

  @Override
  public @Nullable Object valAt(@Nullable Object key, @Nullable Object absent) {
    return containsKey(key) ? valAt(key) : absent;
  }

  @Override
  public int count() {
    return entries.size();
  }

  @Override
  public IPersistentCollection empty() {
    return PersistentHashMap.EMPTY;
  }

  @Override
  public IPersistentMap assoc(@Nullable Object key, @Nullable Object value) {
    return PersistentHashMap.create(entries).assoc(key, value);
  }

  @Override
  public IPersistentMap assocEx(@Nullable Object key, @Nullable Object value) {
    return PersistentHashMap.create(entries).assocEx(key, value);
  }

  @Override
  public IPersistentMap without(@Nullable Object key) {
    return PersistentHashMap.create(entries).without(key);
  }

  @Override
  public @Nullable ISeq seq() {
    return IteratorSeq.create(iterator());
  }

  @Override
  public Iterator<Object> iterator() {
    var all = entries.entrySet().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Object next() {
        var entry = all.next();
        return MapEntry.create(entry.getKey(), entry.getValue());
      }
    };
  }

  @Override
  public String toString() {
    return EdnPrinter.print(this);
  }
}
