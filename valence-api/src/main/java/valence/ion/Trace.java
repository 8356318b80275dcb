package valence.ion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A place in a trace, as W3C Trace Context has it: what a program that calls others hands on, so
/// that what they do is seen as part of what it does.
///
/// On a node [#current] is the place of the call that the thread is in. Elsewhere a program says
/// where it is with [#call], and clients of a node hand that on.
///
/// @param traceparent `00-<trace id>-<span id>-<flags>`
/// @param tracestate  empty for none
/// @param baggage     empty for none
/// @param requestId   of the request that the call is part of, as in the log; empty where none is
public record Trace(String traceparent, String tracestate, String baggage, String requestId) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final ScopedValue<Trace> CURRENT = ScopedValue.newInstance();
  private static final int TRACE_BEGIN = 3;
  private static final int SPAN_BEGIN = 36;
  private static final int FLAGS_BEGIN = 53;

  public Trace {
    if (!TRACEPARENT.matcher(traceparent).matches()) {
      throw new IllegalArgumentException(
          "'" + traceparent + "' is no traceparent; expected 00-<32 hex>-<16 hex>-<2 hex>");
    }
  }

  /// A place that somebody else named, such as the tracing library of a program.
  public static Trace of(String traceparent) {
    return new Trace(traceparent, "", "", "");
  }

  /// Where the calling thread is; empty on one that the program began itself.
  public static Optional<Trace> current() {
    return CURRENT.isBound()
        ? Optional.of(CURRENT.get())
        : Hosting.surroundings().flatMap(node -> node.trace());
  }

  /// Does work at this place.
  public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
    return ScopedValue.where(CURRENT, this).call(work::call);
  }

  /// 32 hexadecimal digits.
  public String traceId() {
    return traceparent.substring(TRACE_BEGIN, SPAN_BEGIN - 1);
  }

  /// 16 hexadecimal digits.
  public String spanId() {
    return traceparent.substring(SPAN_BEGIN, FLAGS_BEGIN - 1);
  }

  /// Whether spans of the trace are kept.
  public boolean sampled() {
    return (Integer.parseInt(traceparent.substring(FLAGS_BEGIN), 16) & 1) != 0;
  }

  /// The headers of a request to somebody else.
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("traceparent", traceparent);
    if (!tracestate.isEmpty()) {
      headers.put("tracestate", tracestate);
    }
    if (!baggage.isEmpty()) {
      headers.put("baggage", baggage);
    }
    return headers;
  }
}
