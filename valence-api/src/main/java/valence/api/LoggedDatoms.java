package valence.api;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;

/// The datoms of a transaction, unmodifiable. Programs that read a log go through millions of them:
/// each step is a fetch from an array, in code that no other list shares, so that it is compiled
/// for datoms whatever else the process iterates over.
final class LoggedDatoms extends AbstractList<Datom> implements RandomAccess {
  private final Datom[] datoms;

  LoggedDatoms(Collection<Datom> datoms) {
    this.datoms = datoms.toArray(Datom[]::new);
    for (Datom datom : this.datoms) {
      if (datom == null) {
        throw new NullPointerException("datom");
      }
    }
  }

  @Override
  public int size() {
    return datoms.length;
  }

  @Override
  public Datom get(int index) {
    return datoms[index];
  }

  @Override
  public Iterator<Datom> iterator() {
    return new Steps(datoms);
  }

  @Override
  public void forEach(Consumer<? super Datom> action) {
    for (Datom datom : datoms) {
      action.accept(datom);
    }
  }

  @Override
  public Spliterator<Datom> spliterator() {
    return Spliterators.spliterator(
        datoms, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
  }

  @Override
  public Object[] toArray() {
    return Arrays.copyOf(datoms, datoms.length, Object[].class);
  }

  private static final class Steps implements Iterator<Datom> {
    private final Datom[] datoms;
    private int next;

    Steps(Datom[] datoms) {
      this.datoms = datoms;
    }

    @Override
    public boolean hasNext() {
      return next < datoms.length;
    }

    @Override
    public Datom next() {
      if (next >= datoms.length) {
        throw new NoSuchElementException();
      }
      return datoms[next++];
    }
  }
}
