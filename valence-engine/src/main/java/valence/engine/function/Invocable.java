package valence.engine.function;

import org.jspecify.annotations.Nullable;

/// A function that was found and is ready to be called many times.
@FunctionalInterface
public interface Invocable {
  @Nullable Object call(@Nullable Object... args) throws Exception;
}
