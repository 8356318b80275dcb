package valence.node.source;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// What a source did since the node started. Safe for many threads.
final class Tally {
  private static final int CHARACTERS_MAX = 500;

  final AtomicLong delivered = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
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

  static String shortened(String text) {
    return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + "…";
  }
}
