package valence.engine.local;

import java.util.concurrent.atomic.AtomicReference;

/// A thread that comes when it is called, does what there is to do, and goes: one at a time.
final class Relief {
  private enum State {
    GONE,
    AT_WORK,
    CALLED_AGAIN
  }

  private final String name;
  private final Runnable work;
  private final AtomicReference<State> state = new AtomicReference<>(State.GONE);

  /// @param work does all that there is to do when it is begun
  Relief(String name, Runnable work) {
    this.name = name;
    this.work = work;
  }

  /// What there is to do now will be done.
  void call() {
    if (state.get() != State.CALLED_AGAIN && state.getAndUpdate(Relief::called) == State.GONE) {
      Thread.ofVirtual().name(name).start(this::come);
    }
  }

  private static State called(State before) {
    return before == State.GONE ? State.AT_WORK : State.CALLED_AGAIN;
  }

  private void come() {
    boolean done = false;
    try {
      do {
        state.set(State.AT_WORK);
        work.run();
      } while (!state.compareAndSet(State.AT_WORK, State.GONE));
      done = true;
    } finally {
      if (!done) {
        state.set(State.GONE); // the next call begins anew
      }
    }
  }
}
