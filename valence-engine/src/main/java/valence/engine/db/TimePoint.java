package valence.engine.db;

import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.schema.Partition;

/// What callers give as a point in time: a t, the entity id of a transaction, or an instant.
public final class TimePoint {
  private TimePoint() {}

  /// The t of the newest transaction at or before the point; -1 when there is none.
  public static long lastAtOrBefore(Database database, @Nullable Object point) {
    return switch (point) {
      case Date instant -> database.tAt(instant);
      case Instant instant -> database.tAt(Date.from(instant));
      case null, default -> t(point);
    };
  }

  /// The t of the first transaction at or after the point; above the basis when there is none.
  public static long firstAtOrAfter(Database database, @Nullable Object point) {
    return switch (point) {
      case Date instant -> database.tAt(new Date(instant.getTime() - 1)) + 1;
      case Instant instant -> firstAtOrAfter(database, Date.from(instant));
      case null, default -> t(point);
    };
  }

  private static long t(@Nullable Object point) {
    if (!(point instanceof Long || point instanceof Integer)) {
      throw incorrect(point);
    }
    long number = ((Number) point).longValue();
    if (number < 0) {
      return -1;
    }
    return switch (Partition.partition(number)) {
      case Partition.TX -> Partition.t(number);
      case Partition.DB -> number;
      default -> throw incorrect(point);
    };
  }

  private static AnomalyException incorrect(@Nullable Object point) {
    return Anomaly.incorrect(
            "db.error/invalid-time-point",
            point + " is no point in time.",
            "Expected a t, the entity id of a transaction, or an instant.")
        .toException();
  }
}
