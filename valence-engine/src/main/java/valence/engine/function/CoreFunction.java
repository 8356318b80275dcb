package valence.engine.function;

import org.jspecify.annotations.Nullable;

/// A pure function of the curated set. What it throws is unchecked, and the caller's mistake.
@FunctionalInterface
public interface CoreFunction extends Invocable {
  @Override
  @Nullable Object call(@Nullable Object... args);
}
