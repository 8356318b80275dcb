package valence.node.telemetry;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Begins spans. Safe for many threads.
///
/// Whether a trace is kept is its caller's decision, or, where it begins here, a matter of the
/// rate. Every request has a trace id, kept or not: it is in the log and on transactions.
public final class Tracer {
  private final double rate;
  private final @Nullable TraceExport export;

  Tracer(double rate, @Nullable TraceExport export) {
    this.rate = export == null ? 0 : rate;
    this.export = export;
  }

  /// Begins the span of a request.
  ///
  /// @param caller its place in the trace, if it named one
  public Span request(String name, @Nullable SpanContext caller) {
    if (caller == null) {
      boolean sampled = rate > 0 && ThreadLocalRandom.current().nextDouble() < rate;
      return new Span(this, SpanContext.root(sampled), null, name, Span.Kind.SERVER);
    }
    return new Span(this, caller.child(), caller.spanId(), name, Span.Kind.SERVER);
  }

  /// Begins a span of work that is part of other.
  public Span part(String name, SpanContext of) {
    return new Span(this, of.child(), of.spanId(), name, Span.Kind.INTERNAL);
  }

  void ended(Span.Ended span) {
    if (export != null) {
      export.add(span);
    }
  }
}
