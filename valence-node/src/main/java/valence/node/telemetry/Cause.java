package valence.node.telemetry;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import valence.ion.AppInfo;

/// Whom a thread works for: bound where a request comes in, and where application code is called.
///
/// @param requestId of the request, as its caller is told it
/// @param span      the work's place in its trace
/// @param principal who asked; null when it isn't known
/// @param app       the revision whose code runs; null when the node's own does
/// @param function  of it, `package.Class/method`; null likewise
public record Cause(
    String requestId,
    SpanContext span,
    @Nullable String principal,
    @Nullable AppInfo app,
    @Nullable String function) {
  private static final ScopedValue<Cause> CURRENT = ScopedValue.newInstance();

  public static Optional<Cause> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /// That of the calling thread; null when it has none.
  public static @Nullable Cause orNull() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /// Does work for this cause.
  public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
    return ScopedValue.where(CURRENT, this).call(work::call);
  }

  /// Does work for this cause.
  public <T extends @Nullable Object, E extends Throwable> T during(
      ScopedValue.CallableOp<T, E> work) throws E {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /// The same, asked for by somebody known.
  public Cause of(String name) {
    return new Cause(requestId, span, name, app, function);
  }
}
