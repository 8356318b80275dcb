package valence.api;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import org.jspecify.annotations.Nullable;

/// What makes a record an unmodifiable list, which it couldn't inherit: all of [List] by another.
interface FixedList extends List<Object> {
  List<Object> asList();

  @Override
  default boolean isEmpty() {
    return asList().isEmpty();
  }

  @Override
  default boolean contains(@Nullable Object item) {
    return item != null && asList().contains(item);
  }

  @Override
  default boolean containsAll(Collection<?> items) {
    return items.stream().allMatch(this::contains);
  }

  @Override
  default int indexOf(@Nullable Object item) {
    return item == null ? -1 : asList().indexOf(item);
  }

  @Override
  default int lastIndexOf(@Nullable Object item) {
    return item == null ? -1 : asList().lastIndexOf(item);
  }

  @Override
  default Iterator<Object> iterator() {
    return asList().iterator();
  }

  @Override
  default ListIterator<Object> listIterator() {
    return asList().listIterator();
  }

  @Override
  default ListIterator<Object> listIterator(int index) {
    return asList().listIterator(index);
  }

  @Override
  default List<Object> subList(int from, int to) {
    return asList().subList(from, to);
  }

  @Override
  default Object[] toArray() {
    return asList().toArray();
  }

  @Override
  default <T> T[] toArray(T[] array) {
    return asList().toArray(array);
  }

  @Override
  default boolean add(Object item) {
    throw new UnsupportedOperationException();
  }

  @Override
  default void add(int index, Object item) {
    throw new UnsupportedOperationException();
  }

  @Override
  default boolean addAll(Collection<? extends Object> items) {
    throw new UnsupportedOperationException();
  }

  @Override
  default boolean addAll(int index, Collection<? extends Object> items) {
    throw new UnsupportedOperationException();
  }

  @Override
  default Object set(int index, Object item) {
    throw new UnsupportedOperationException();
  }

  @Override
  default Object remove(int index) {
    throw new UnsupportedOperationException();
  }

  @Override
  default boolean remove(@Nullable Object item) {
    throw new UnsupportedOperationException();
  }

  @Override
  default boolean removeAll(Collection<?> items) {
    throw new UnsupportedOperationException();
  }

  @Override
  default boolean retainAll(Collection<?> items) {
    throw new UnsupportedOperationException();
  }

  @Override
  default void clear() {
    throw new UnsupportedOperationException();
  }
}
