package valence.engine.query;

import clojure.lang.APersistentVector;
import clojure.lang.IEditableCollection;
import clojure.lang.IFn;
import clojure.lang.IObj;
import clojure.lang.IPersistentCollection;
import clojure.lang.IPersistentMap;
import clojure.lang.IPersistentStack;
import clojure.lang.IPersistentVector;
import clojure.lang.IReduce;
import clojure.lang.ITransientCollection;
import clojure.lang.PersistentVector;
import clojure.lang.Reduced;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import org.jspecify.annotations.Nullable;

/// The rows or values that a query found: a Clojure vector that is one array. Immutable.
///
/// A vector that is made element by element takes longer than the rows in it; this one costs
/// nothing beyond its array. What is made from it by adding or replacing is an ordinary vector.
final class ResultVector extends APersistentVector implements IObj, IEditableCollection, IReduce {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // it can be written when what is in it can
  private final @Nullable Object[] items;

  /// @param items owned, never changed any more
  ResultVector(@Nullable Object[] items) {
    this.items = items;
  }

  /// The items of a list as a vector of its own kind.
  private PersistentVector plain() {
    return Objects.requireNonNull(PersistentVector.create(Arrays.asList(items)));
  }

  @Override
  public int count() {
    return items.length;
  }

  @Override
  public @Nullable Object nth(int index) {
    return items[index];
  }

  @Override
  public @Nullable Object nth(int index, @Nullable Object absent) {
    return index >= 0 && index < items.length ? items[index] : absent;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return list().iterator();
  }

  @Override
  public Spliterator<@Nullable Object> spliterator() {
    return list().spliterator();
  }

  /// A view that can't be changed.
  private List<@Nullable Object> list() {
    return Collections.unmodifiableList(Arrays.asList(items));
  }

  @Override
  public @Nullable Object[] toArray() {
    return Arrays.copyOf(items, items.length, Object[].class);
  }

  @Override
  public @Nullable Object reduce(IFn step) {
    if (items.length == 0) {
      return step.invoke();
    }
    return reduce(step, items[0], 1);
  }

  @Override
  public @Nullable Object reduce(IFn step, @Nullable Object start) {
    return reduce(step, start, 0);
  }

  private @Nullable Object reduce(IFn step, @Nullable Object start, int from) {
    Object reduced = start;
    for (int i = from; i < items.length; i++) {
      reduced = step.invoke(reduced, items[i]);
      if (reduced instanceof Reduced done) {
        return done.deref();
      }
    }
    return reduced;
  }

  @Override
  public IPersistentVector assocN(int index, @Nullable Object item) {
    return plain().assocN(index, item);
  }

  @Override
  public IPersistentVector cons(@Nullable Object item) {
    return plain().cons(item);
  }

  @Override
  public IPersistentCollection empty() {
    return PersistentVector.EMPTY;
  }

  @Override
  public IPersistentStack pop() {
    return plain().pop();
  }

  @Override
  public ITransientCollection asTransient() {
    return plain().asTransient();
  }

  @Override
  public IObj withMeta(@Nullable IPersistentMap meta) {
    return plain().withMeta(meta);
  }

  @Override
  public @Nullable IPersistentMap meta() {
    return null;
  }
}
