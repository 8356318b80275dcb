package valence.test;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which system code runs in.
///
/// The one that its thread, or the thread that began it, has opened and not closed. Code on a
/// thread from before, of a pool perhaps, runs in the only one that is open, if it is the only one.
final class Current {
  private static final InheritableThreadLocal<@Nullable TestSystem> OF_THREAD =
      new InheritableThreadLocal<>();
  private static final Set<TestSystem> OPEN = ConcurrentHashMap.newKeySet();

  private Current() {}

  /// Makes a system the thread's; gives the one that was.
  static @Nullable TestSystem enter(TestSystem system) {
    TestSystem before = OF_THREAD.get();
    OPEN.add(system);
    OF_THREAD.set(system);
    return before;
  }

  static void leave(TestSystem system, @Nullable TestSystem before) {
    OPEN.remove(system);
    if (OF_THREAD.get() == system) {
      OF_THREAD.set(before);
    }
  }

  static Optional<TestSystem> system() {
    TestSystem own = OF_THREAD.get();
    if (own != null && OPEN.contains(own)) {
      return Optional.of(own);
    }
    Set<TestSystem> open = Set.copyOf(OPEN);
    return open.size() == 1 ? Optional.of(open.iterator().next()) : Optional.empty();
  }
}
