package valence.engine.query;

import clojure.lang.Indexed;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A row as `:keys`, `:strs` and `:syms` ask for it: a map from the names to the values, in the
/// order of `:find`, whose values can be had by position too.
///
/// Names are few and shared by all rows, so that a name is found by looking through them.
final class NamedRow extends AbstractMap<Object, Object> implements Indexed {
  private final List<Object> names;
  private final List<@Nullable Object> values;

  NamedRow(List<Object> names, List<@Nullable Object> values) {
    this.names = names;
    this.values = values;
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    int position = names.indexOf(name);
    return position < 0 ? null : values.get(position);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return names.contains(name);
  }

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public int count() {
    return names.size();
  }

  @Override
  public @Nullable Object nth(int position) {
    return values.get(position);
  }

  @Override
  public @Nullable Object nth(int position, @Nullable Object absent) {
    return position >= 0 && position < values.size() ? values.get(position) : absent;
  }

  @Override
  public Set<Map.Entry<Object, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.size();
      }

      @Override
      public Iterator<Map.Entry<Object, Object>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < names.size();
          }

          @Override
          @SuppressWarnings("NullAway") // a value of a row may be nil
          public Map.Entry<Object, Object> next() {
            if (next >= names.size()) {
              throw new NoSuchElementException();
            }
            return new SimpleImmutableEntry<>(names.get(next), values.get(next++));
          }
        };
      }
    };
  }
}
