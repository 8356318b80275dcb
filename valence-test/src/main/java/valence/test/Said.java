package valence.test;

import clojure.lang.Keyword;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What code said with [valence.ion.Cast].
///
/// @param kind `event`, `alert`, `metric` or `dev`
/// @param data as it was said, its keys keywords; a Throwable under `:ex` is the one that was given
public record Said(String kind, Map<Keyword, Object> data) {
  public Said {
    data = Map.copyOf(data);
  }

  /// The value under a key, given without its colon; null when there is none.
  public @Nullable Object get(String key) {
    return data.get(Keyword.intern(key));
  }
}
