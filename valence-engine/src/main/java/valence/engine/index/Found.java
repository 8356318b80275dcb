package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Takes the values of entities, one by one.
@FunctionalInterface
public interface Found {
  /// @param position of the entity among those that were asked for
  /// @param key      of the value, if that says everything
  /// @param object   the value, if its key doesn't say everything; null where nobody wants values
  void value(int position, long key, @Nullable Object object);
}
