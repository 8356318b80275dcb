package valence.engine.function;

import org.jspecify.annotations.Nullable;

/// Stops functions that call functions, or search text, for longer than their caller waits.
///
/// Each core function by itself is bounded by the size of what it takes; those that call others,
/// and regular expressions, aren't.
public final class CallLimit {
  private static final ScopedValue<Runnable> CHECK = ScopedValue.newInstance();

  private CallLimit() {}

  /// Work that may be stopped.
  ///
  /// @param check called again and again while the work runs, cheap, and stops it by throwing
  public static <T extends @Nullable Object, X extends Throwable> T during(
      Runnable check, ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(CHECK, check).call(work);
  }

  /// To be called once in a while by work that may take long.
  public static void tick() {
    if (CHECK.isBound()) {
      CHECK.get().run();
    }
  }

  /// Text whose reader is stopped in time; patterns can read it over and over.
  static CharSequence text(String text) {
    return CHECK.isBound() ? new Stoppable(text, CHECK.get()) : text;
  }

  private record Stoppable(String text, Runnable check) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      check.run();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
