package valence.node.source;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import valence.node.telemetry.Samples;

/// What a source did since the node started. Safe for many threads.
final class Tally {
  private static final int CHARACTERS_MAX = 500;

  final AtomicLong delivered = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  final AtomicLong dead = new AtomicLong();
  private volatile String lastError = "";
  private volatile long lastDeliveredMillis;

  void delivered(int events, Instant now) {
    delivered.addAndGet(events);
    lastDeliveredMillis = now.toEpochMilli();
  }

  void failed(String why) {
    failed.incrementAndGet();
    lastError = shortened(why);
  }

  void trouble(String why) {
    lastError = shortened(why);
  }

  String lastError() {
    return lastError;
  }

  /// In milliseconds since 1970; 0 for never.
  long lastDeliveredMillis() {
    return lastDeliveredMillis;
  }

  /// @param received     events that came
  /// @param deadLettered events that were put aside
  void tell(Samples samples, String source, long received, long deadLettered) {
    samples.counter(
        "valence_source_received_total", "Events that came.", received, "source", source);
    samples.counter(
        "valence_source_delivered_total",
        "Events that a function has taken.",
        delivered.get(),
        "source",
        source);
    samples.counter(
        "valence_source_failed_total", "Calls that failed.", failed.get(), "source", source);
    samples.counter(
        "valence_source_dead_letters_total",
        "Events that were put aside because their calls failed too often.",
        deadLettered,
        "source",
        source);
  }

  static String shortened(String text) {
    return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + "…";
  }
}
