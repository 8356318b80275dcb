package valence.engine.query;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Rows that are made whenever they are read. Can't be changed; keeps none of what it made.
final class LazyRows extends AbstractList<@Nullable Object> implements RandomAccess {
  private final int count;
  private final IntFunction<@Nullable Object> row;

  LazyRows(int count, IntFunction<@Nullable Object> row) {
    this.count = count;
    this.row = row;
  }

  @Override
  public @Nullable Object get(int index) {
    return row.apply(Objects.checkIndex(index, count));
  }

  @Override
  public int size() {
    return count;
  }
}
