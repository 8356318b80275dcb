package valence.node.telemetry;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What one node tells those who watch it. Safe for many threads.
public final class Telemetry implements AutoCloseable {
  private static final int SUPPRESSED_SECONDS = 10;

  private final TelemetryConfig config;
  private final Metrics metrics = new Metrics();
  private final AlertHook alerts;
  private final Casts casts;
  private final @Nullable TraceExport export;
  private final Tracer tracer;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("valence-watch").factory());

  private final Overdue overdue;

  public Telemetry(TelemetryConfig config, String system, String group) {
    this.config = config;
    this.alerts = new AlertHook(config.alerts(), system, group, metrics);
    this.casts = new Casts(metrics, alerts);
    this.export = config.traces().endpoint() == null
        ? null
        : new TraceExport(config.traces().endpoint(), system, group, metrics);
    this.tracer = new Tracer(config.traces().rate(), export);
    this.overdue = new Overdue(this);
    metrics.source(Jvm::tell);
    clock.scheduleWithFixedDelay(
        casts::tellSuppressed, SUPPRESSED_SECONDS, SUPPRESSED_SECONDS, TimeUnit.SECONDS);
  }

  /// Tells nobody outside.
  public static Telemetry quiet() {
    return new Telemetry(TelemetryConfig.NONE, "test", "solo");
  }

  TelemetryConfig config() {
    return config;
  }

  public Metrics metrics() {
    return metrics;
  }

  public Casts casts() {
    return casts;
  }

  public Overdue overdue() {
    return overdue;
  }

  public Tracer tracer() {
    return tracer;
  }

  /// Does something short, later.
  public void later(Runnable task, long millis) {
    try {
      clock.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) { // the node ends
      assert clock.isShutdown() : e;
    }
  }

  /// Does something short now and then.
  public void often(Runnable task, long millis) {
    clock.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    alerts.close();
    if (export != null) {
      export.close();
    }
  }
}
