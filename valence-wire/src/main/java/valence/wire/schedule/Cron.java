package valence.wire.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;

/// Minutes whose local time fits fields.
///
/// @param minutes a bit for each that fits
/// @param hours   a bit for each that fits
/// @param months  a bit for each that fits, January is bit 1
record Cron(long minutes, long hours, long months, Days days, Field.Years years)
    implements Timetable {
  private static final long ALL_HOURS = (1L << 24) - 1;

  /// The 29th of February is the same day of the week again after 40 years at most.
  private static final int DAYS_AHEAD_MAX = 41 * 366;

  private static final List<String> MONTHS = List.of(
      "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");

  /// Minute, hour, day of the month, month, day of the week from 0, Sunday; 7 is Sunday, too.
  static Cron classic(String text, String fields) {
    String[] parts = split(text, fields, 5);
    return of(text, parts, Days.classic(text, parts[2], parts[4]), Field.Years.ALL);
  }

  /// Minute, hour, day of the month, month, day of the week from 1, Sunday, and year.
  static Cron eventBridge(String text, String fields) {
    String[] parts = split(text, fields.strip(), 6);
    return of(
        text, parts, Days.eventBridge(text, parts[2], parts[4]), Field.Years.parse(text, parts[5]));
  }

  private static String[] split(String text, String fields, int count) {
    String[] parts = fields.split("\\s+");
    if (parts.length != count) {
      throw Timetable.wrong(text, "It has " + parts.length + " fields, not " + count + ".");
    }
    return parts;
  }

  private static Cron of(String text, String[] parts, Days days, Field.Years years) {
    Cron cron = new Cron(
        Field.bits(text, parts[0], 0, 59, List.of()),
        Field.bits(text, parts[1], 0, 23, List.of()),
        Field.bits(text, parts[3], 1, 12, MONTHS),
        days,
        years);
    if (years == Field.Years.ALL
        && cron.following(LocalDateTime.of(2000, 1, 1, 0, 0)).isEmpty()) {
      throw Timetable.wrong(text, "No date is ever like that.");
    }
    return cron;
  }

  @Override
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return hours == ALL_HOURS ? nextPassing(after, zone) : nextShown(after, zone);
  }

  /// Of a schedule of all hours: the next minute that passes and looks like it.
  private Optional<Instant> nextPassing(Instant after, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    Instant from = after.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    while (true) {
      // Until the clock is next changed, local time passes as time does.
      ZoneOffsetTransition change = rules.nextTransition(from);
      LocalDateTime local = LocalDateTime.ofInstant(from, zone);
      Optional<LocalDateTime> found = following(local.minusMinutes(1));
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Instant then = found.get().toInstant(rules.getOffset(from));
      if (change == null || then.isBefore(change.getInstant())) {
        return Optional.of(then);
      }
      from = change.getInstant();
    }
  }

  /// Of a schedule of some hours: when the clock was next to show one of them.
  private Optional<Instant> nextShown(Instant after, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    // What stands before it on the clock was to be shown before it, too.
    LocalDateTime local = LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.MINUTES);
    while (true) {
      Optional<LocalDateTime> found = following(local);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      local = found.get();
      ZoneOffsetTransition change = rules.getTransition(local);
      Instant then = change == null
          ? local.toInstant(rules.getOffset(local))
          : change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
      if (then.isAfter(after)) {
        return Optional.of(then);
      }
    }
  }

  /// The first local minute after another that fits, as if no clock were ever changed.
  private Optional<LocalDateTime> following(LocalDateTime after) {
    LocalDateTime from = after.plusMinutes(1);
    LocalDate date = from.toLocalDate();
    int hour = from.getHour();
    int minute = from.getMinute();
    for (int i = 0; i < DAYS_AHEAD_MAX; i++) {
      if (fits(date)) {
        int nextMinute = nextBit(minutes, minute);
        if ((hours >>> hour & 1) == 1 && nextMinute >= 0) {
          return Optional.of(date.atTime(hour, nextMinute));
        }
        int nextHour = nextBit(hours, hour + 1);
        if (nextHour >= 0) {
          return Optional.of(date.atTime(nextHour, nextBit(minutes, 0)));
        }
      }
      date = date.plusDays(1);
      hour = 0;
      minute = 0;
    }
    return Optional.empty();
  }

  private boolean fits(LocalDate date) {
    return (months >>> date.getMonthValue() & 1) == 1
        && years.contains(date.getYear())
        && days.contains(date);
  }

  private static int nextBit(long bits, int from) {
    long rest = from > 63 ? 0 : bits >>> from << from;
    return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
  }
}
