package valence.node.operation;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is to be told to a caller as it happens, for as long as he listens.
///
/// @param t     what he knows already; empty for nothing
/// @param count after how many tellings it ends
/// @param next  the rows of the next one, when it is there within the time; empty always once it
///     was ended
/// @param end   lets it end, and the wait for the next; for any thread, more than once
record Subscription(
    OptionalLong t,
    long count,
    Function<Duration, Optional<Iterator<Map<Keyword, @Nullable Object>>>> next,
    Runnable end)
    implements AutoCloseable {
  @Override
  public void close() {
    end.run();
  }
}
