package valence.engine.query;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Remembers what was read from the forms used most recently. Safe for many threads.
///
/// A form is found again by its value, so it must not be changed while it is here; text and
/// Clojure's collections can't be, and a plain collection that is changed gets a different hash and
/// is read anew.
final class ReadCache<T> {
  private static final int ENTRIES_MAX = 1000;

  private final Function<Object, T> reader;
  private final Map<Object, T> recent = // guarded by this
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, T> eldest) {
          return size() > ENTRIES_MAX;
        }
      };

  ReadCache(Function<Object, T> reader) {
    this.reader = reader;
  }

  T read(Object form) {
    synchronized (this) {
      T known = recent.get(form);
      if (known != null) {
        return known;
      }
    }
    T read = reader.apply(form);
    synchronized (this) {
      recent.put(form, read);
    }
    return read;
  }
}
