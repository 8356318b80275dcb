package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Takes the facts of one entity.
public interface Facts {
  /// Whether values of an attribute are to be given.
  boolean wants(int attribute);

  /// @param key    of the value, if that says everything
  /// @param object the value, if its key doesn't say everything
  void fact(int attribute, long key, @Nullable Object object);
}
