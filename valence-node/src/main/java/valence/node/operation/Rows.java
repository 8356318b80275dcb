package valence.node.operation;

import java.util.Collection;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rows to be sent in chunks, read as the caller takes them in.
///
/// @param source  closed when the caller has all, or wants no more
/// @param count   how many there are, where that is known before
/// @param rowsMax of a chunk
record Rows(Stream<? extends @Nullable Object> source, OptionalLong count, int rowsMax)
    implements AutoCloseable {
  static Rows of(Collection<? extends @Nullable Object> rows, int rowsMax) {
    return new Rows(rows.stream(), OptionalLong.of(rows.size()), rowsMax);
  }

  static Rows of(Stream<? extends @Nullable Object> rows, int rowsMax) {
    return new Rows(rows, OptionalLong.empty(), rowsMax);
  }

  Iterator<? extends @Nullable Object> iterator() {
    return source.iterator();
  }

  @Override
  public void close() {
    source.close();
  }
}
