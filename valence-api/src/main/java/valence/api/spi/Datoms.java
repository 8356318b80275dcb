package valence.api.spi;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import valence.api.Datom;

/// Datoms that are made whenever they are read, so that whoever doesn't read them doesn't pay.
/// Can't be changed; keeps none of what it made.
public final class Datoms extends AbstractList<Datom> implements RandomAccess {
  private final int count;
  private final IntFunction<Datom> datom;

  /// @param datom makes the datom at a position from zero to below the count; for any thread
  public Datoms(int count, IntFunction<Datom> datom) {
    this.count = count;
    this.datom = datom;
  }

  @Override
  public Datom get(int index) {
    return datom.apply(Objects.checkIndex(index, count));
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public void forEach(Consumer<? super Datom> action) {
    for (int i = 0; i < count; i++) {
      action.accept(datom.apply(i));
    }
  }

  @Override
  public Spliterator<Datom> spliterator() {
    return new AbstractSpliterator<>(
        count, Spliterator.ORDERED | Spliterator.SIZED | Spliterator.IMMUTABLE) {
      private int next;

      @Override
      public boolean tryAdvance(Consumer<? super Datom> action) {
        if (next == count) {
          return false;
        }
        action.accept(datom.apply(next++));
        return true;
      }

      @Override
      public void forEachRemaining(Consumer<? super Datom> action) {
        for (int i = next; i < count; i++) {
          action.accept(datom.apply(i));
        }
        next = count;
      }
    };
  }
}
