package valence.node.app;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import valence.node.telemetry.Cause;
import valence.node.telemetry.Span;

/// One call of a function of the application: measured, in a span of its own, and known to the
/// thread that it is on.
public final class UnderWay {
  private static final ScopedValue<UnderWay> CURRENT = ScopedValue.newInstance();

  private final Entrance entrance;
  private final String function;
  private final CallMeter meter;
  private final Span span;
  private final Cause cause;
  private boolean failed; // of the call's own thread
  private volatile @Nullable Thread thread; // null unless it runs

  UnderWay(Entrance entrance, String function, CallMeter meter, Span span, Cause cause) {
    this.entrance = entrance;
    this.function = function;
    this.meter = meter;
    this.span = span;
    this.cause = cause;
  }

  /// Says that the call that the thread is in failed, when what it threw was caught.
  public static void failed(Throwable thrown) {
    if (CURRENT.isBound()) {
      UnderWay call = CURRENT.get();
      call.failed = true;
      call.span.failed(thrown);
    }
  }

  /// How the call came that the thread is in; null when it is in none.
  public static @Nullable Entrance entrance() {
    return CURRENT.isBound() ? CURRENT.get().entrance : null;
  }

  /// Makes the call, on this thread.
  <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
    long begin = meter.begin();
    thread = Thread.currentThread();
    MDC.put("request", cause.requestId());
    MDC.put("trace", cause.span().traceId());
    MDC.put("function", function);
    try {
      return ScopedValue.where(CURRENT, this).call(() -> cause.call(work));
    } catch (Throwable e) { // an application's code: to be counted, and thrown as it is
      failed = true;
      span.failed(e);
      throw e;
    } finally {
      thread = null;
      MDC.clear();
      meter.end(begin, failed);
      span.close();
    }
  }

  /// The thread that the call is on; null when it hasn't begun, or has ended.
  @Nullable Thread thread() {
    return thread;
  }

  /// For people.
  String what() {
    return entrance.word() + " " + function;
  }

  Cause cause() {
    return cause;
  }
}
