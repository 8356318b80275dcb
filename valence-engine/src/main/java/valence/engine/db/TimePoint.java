package valence.engine.db;

import java.math.RoundingMode;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.schema.Partition;

/// What callers give as a point in time: a t, the entity id of a transaction, or an instant.
public final class TimePoint {
  private TimePoint() {}

  /// The t of the newest transaction at or before the point; -1 when there is none.
  public static long lastAtOrBefore(Database database, @Nullable Object point) {
    return switch (point) {
      case Date instant -> database.tAt(instant);
      case Instant instant -> database.tAt(new Date(millis(instant, RoundingMode.FLOOR)));
      case null, default -> t(point);
    };
  }

  /// The t of the first transaction at or after the point; above the basis when there is none.
  public static long firstAtOrAfter(Database database, @Nullable Object point) {
    return switch (point) {
      case Date instant -> firstAtOrAfter(database, instant.getTime());
      case Instant instant -> firstAtOrAfter(database, millis(instant, RoundingMode.CEILING));
      case null, default -> t(point);
    };
  }

  private static long firstAtOrAfter(Database database, long millis) {
    return millis == Long.MIN_VALUE ? 0 : database.tAt(new Date(millis - 1)) + 1;
  }

  /// The milliseconds of an instant since 1970, or the nearest that a long can say.
  private static long millis(Instant instant, RoundingMode mode) {
    long second = instant.getEpochSecond();
    if (Math.abs(second) > Long.MAX_VALUE / 1000 - 1) {
      return second < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    boolean up = mode == RoundingMode.CEILING && instant.getNano() % 1_000_000 > 0;
    return instant.toEpochMilli() + (up ? 1 : 0);
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
            shown(point) + " is no point in time.",
            "Expected a t, the entity id of a transaction, a Date or an Instant.",
            "Parse text first; of an entity, take the transaction that said something of it.")
        .toException();
  }

  private static String shown(@Nullable Object point) {
    return point instanceof Long entity ? "The entity id " + entity : Edn.printShort(point);
  }
}
