package valence.node.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Some work and how long it took. For one thread at a time.
public final class Span implements AutoCloseable {
  /// Whose side of a call it is, as OTLP numbers it.
  public enum Kind {
    INTERNAL(1),
    SERVER(2);

    final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  private final Tracer tracer;
  private final SpanContext context;
  private final @Nullable String parentId;
  private final String name;
  private final Kind kind;
  private final long beginMillis;
  private final long beginNanos;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private @Nullable String error;

  Span(Tracer tracer, SpanContext context, @Nullable String parentId, String name, Kind kind) {
    this.tracer = tracer;
    this.context = context;
    this.parentId = parentId;
    this.name = name;
    this.kind = kind;
    this.beginMillis = System.currentTimeMillis();
    this.beginNanos = System.nanoTime();
  }

  public SpanContext context() {
    return context;
  }

  /// @param value a text, a number or a boolean
  public Span with(String key, @Nullable Object value) {
    if (context.sampled() && value != null) {
      attributes.put(key, value);
    }
    return this;
  }

  /// Says that the work failed.
  public void failed(Throwable thrown) {
    error = Secrets.masked(thrown.getClass().getName()
        + (thrown instanceof valence.api.AnomalyException e ? ": " + e.getMessage() : ""));
  }

  /// Ends it; it is exported if its trace is sampled.
  @Override
  public void close() {
    if (context.sampled()) {
      tracer.ended(new Ended(
          context,
          parentId,
          name,
          kind.number,
          beginMillis * 1_000_000L,
          beginMillis * 1_000_000L + (System.nanoTime() - beginNanos),
          attributes,
          error));
    }
  }

  /// A span to be exported; times are nanoseconds since 1970.
  record Ended(
      SpanContext context,
      @Nullable String parentId,
      String name,
      int kind,
      long beginNanos,
      long endNanos,
      Map<String, Object> attributes,
      @Nullable String error) {}
}
