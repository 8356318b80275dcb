package valence.engine.query.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a query that another one calls by `q`, within the limits of that one.
@FunctionalInterface
public interface NestedQuery {
  @Nullable Object run(Object query, List<@Nullable Object> args, Budget budget);
}
