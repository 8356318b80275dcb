package valence.engine.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;

/// Remembers what was read from the forms used most recently. Safe for many threads, which don't
/// wait for each other.
///
/// A form is found again by its value, so it must not be changed while it is here; text and
/// Clojure's collections can't be, and know their hash; a plain collection that is changed gets a
/// different hash and is read anew.
final class ReadCache<T> {
  private static final int ENTRIES_MAX = 1000;

  private final Function<Object, T> reader;
  private final Cache<Object, T> recent =
      Caffeine.newBuilder().maximumSize(ENTRIES_MAX).executor(Runnable::run).build();

  ReadCache(Function<Object, T> reader) {
    this.reader = reader;
  }

  T read(Object form) {
    T known = recent.getIfPresent(form);
    if (known != null) {
      return known;
    }
    T read = reader.apply(form);
    recent.put(form, read);
    return read;
  }
}
