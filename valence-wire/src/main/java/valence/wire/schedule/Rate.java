package valence.wire.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// Every so many seconds, counted from 1970 in UTC, so that everybody who counts comes to the same
/// times.
record Rate(long periodSeconds) implements Timetable {
  private static final Duration PERIOD_MAX = Duration.ofDays(366);

  static Rate of(String text, Duration period) {
    if (period.isZero() || period.compareTo(PERIOD_MAX) > 0) {
      throw Timetable.wrong(text, "Its period isn't between a second and 366 days.");
    }
    return new Rate(period.toSeconds());
  }

  @Override
  public Optional<Instant> next(Instant after, ZoneId zone) {
    long periods = Math.floorDiv(after.getEpochSecond(), periodSeconds);
    return Optional.of(Instant.ofEpochSecond((periods + 1) * periodSeconds));
  }
}
