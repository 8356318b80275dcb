package valence.engine.index;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A cursor's rows as a stream: read as consumed, in constant memory.
public final class RowStream {
  private RowStream() {}

  /// What a row stands for.
  @FunctionalInterface
  public interface Row<T extends @Nullable Object> {
    T at(Batch batch, int row);
  }

  /// The rows of a cursor, which is opened when the stream is first asked for one.
  public static <T extends @Nullable Object> Stream<T> of(Supplier<Cursor> cursor, Row<T> row) {
    return StreamSupport.stream(
        () -> new Rest<>(cursor.get(), row), Spliterator.ORDERED | Spliterator.IMMUTABLE, false);
  }

  private static final class Rest<T extends @Nullable Object>
      extends Spliterators.AbstractSpliterator<T> {
    private final Cursor cursor;
    private final Row<T> row;
    private int position;
    private int end;

    Rest(Cursor cursor, Row<T> row) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.IMMUTABLE);
      this.cursor = cursor;
      this.row = row;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
      if (position == end) {
        if (!cursor.next()) {
          return false;
        }
        position = cursor.batch().start;
        end = cursor.batch().end;
      }
      action.accept(row.at(cursor.batch(), position++));
      return true;
    }
  }
}
