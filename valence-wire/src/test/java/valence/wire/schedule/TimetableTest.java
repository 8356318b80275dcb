package valence.wire.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimetableTest {
  private static final int CASES = Integer.getInteger("cases", 150);
  private static final List<String> ZONES = List.of(
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe", // half an hour
      "Asia/Kathmandu",
      "America/Sao_Paulo", // where the clock was changed at midnight
      "Pacific/Apia"); // which left a day out

  private static String next(String text, String after, String zone) {
    return Timetable.parse(text)
        .next(Instant.parse(after), ZoneId.of(zone))
        .map(Instant::toString)
        .orElse("never");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 3 * * *|2026-01-01T02:59:59Z|UTC|2026-01-01T03:00:00Z",
        "0 3 * * *|2026-01-01T03:00:00Z|UTC|2026-01-02T03:00:00Z",
        "*/15 9-17 * * MON-FRI|2026-01-02T17:45:00Z|UTC|2026-01-05T09:00:00Z",
        "0 0 13 * 5|2026-02-01T00:00:00Z|UTC|2026-02-06T00:00:00Z",
        "0 0 29 2 *|2026-01-01T00:00:00Z|UTC|2028-02-29T00:00:00Z",
        "0 0 * * 7|2026-01-01T00:00:00Z|UTC|2026-01-04T00:00:00Z",
        "@daily|2026-01-01T00:00:00Z|Europe/Berlin|2026-01-01T23:00:00Z",
        "@every 90s|2026-01-01T00:00:00Z|UTC|2026-01-01T00:01:30Z",
        "@every 1h30m|2026-01-01T00:00:00Z|UTC|2026-01-01T01:30:00Z",
        "rate(5 minutes)|2026-01-01T00:01:00Z|UTC|2026-01-01T00:05:00Z",
        "rate(1 day)|2026-01-01T00:01:00Z|UTC|2026-01-02T00:00:00Z",
        "cron(0 12 * * ? *)|2026-01-01T12:00:00Z|UTC|2026-01-02T12:00:00Z",
        "cron(0 8 1 * ? 2026)|2026-12-02T12:00:00Z|UTC|never",
        "cron(0 8 L * ? *)|2026-02-01T00:00:00Z|UTC|2026-02-28T08:00:00Z",
        "cron(0 8 15W * ? *)|2026-02-01T00:00:00Z|UTC|2026-02-16T08:00:00Z",
        "cron(0 8 ? * 6#3 *)|2026-01-01T00:00:00Z|UTC|2026-01-16T08:00:00Z",
        "cron(0 8 ? * 2L *)|2026-01-01T00:00:00Z|UTC|2026-01-26T08:00:00Z",
        "cron(0/10 8 ? * MON-FRI *)|2026-01-02T08:50:00Z|UTC|2026-01-05T08:00:00Z",
        // The clock of Berlin leaps from 2 to 3 on the 29th of March, and shows 2 twice in October.
        "30 2 * * *|2026-03-28T12:00:00Z|Europe/Berlin|2026-03-29T01:00:00Z",
        "30 2 * * *|2026-03-29T01:00:00Z|Europe/Berlin|2026-03-30T00:30:00Z",
        "30 2 * * *|2026-10-24T12:00:00Z|Europe/Berlin|2026-10-25T00:30:00Z",
        "30 2 * * *|2026-10-25T00:30:00Z|Europe/Berlin|2026-10-26T01:30:00Z",
        // A schedule of all hours follows the time that passes.
        "30 * * * *|2026-10-25T00:30:00Z|Europe/Berlin|2026-10-25T01:30:00Z",
        "30 * * * *|2026-03-29T00:30:00Z|Europe/Berlin|2026-03-29T01:30:00Z"
      })
  void theNextTimeIsFound(String text, String after, String zone, String expected) {
    assertThat(next(text, after, zone)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "x * * * *",
        "0 0 30 2 *",
        "rate(0 minutes)",
        "rate(5 fortnights)",
        "@every ",
        "@every 0s",
        "@sometimes",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(0 12 * * ?)",
        "cron(0 12 32W * ? *)"
      })
  void whatIsNoScheduleIsRefused(String text) {
    assertThatThrownBy(() -> Timetable.parse(text)).hasMessageContaining("is no schedule");
  }

  /// Every minute of some weeks around a change of the clock is looked at, by the rules as they are
  /// written down.
  @Test
  void itAgreesWithLookingAtEachMinute() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < CASES; i++) {
      String[] fields = {
        field(random, 0, 59),
        field(random, 0, 23),
        field(random, 1, 31),
        field(random, 1, 12),
        field(random, 0, 7)
      };
      String text = String.join(" ", fields);
      ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
      Instant start = LocalDate.of(2008 + random.nextInt(12), 1 + random.nextInt(12), 1)
          .atStartOfDay()
          .toInstant(ZoneOffset.UTC);
      ZoneOffsetTransition change = zone.getRules().nextTransition(start);
      if (change != null && random.nextInt(4) > 0) {
        start = change.getInstant().minus(random.nextInt(72), ChronoUnit.HOURS);
      }
      Instant end = start.plus(10, ChronoUnit.DAYS);
      Timetable timetable;
      try {
        timetable = Timetable.parse(text);
      } catch (RuntimeException e) {
        assertThat(e).hasMessageContaining("No date is ever like that");
        continue;
      }
      List<Instant> found = new ArrayList<>();
      Instant at = timetable.next(start, zone).orElse(end);
      while (at.isBefore(end)) {
        found.add(at);
        at = timetable.next(at, zone).orElse(end);
      }
      assertThat(found)
          .as("-Dseed=%d, case %d: %s in %s after %s", seed, i, text, zone, start)
          .containsExactlyElementsOf(naive(fields, zone, start, end));
    }
  }

  private static TreeSet<Instant> naive(String[] fields, ZoneId zone, Instant start, Instant end) {
    boolean allHours = true;
    for (int hour = 0; hour < 24; hour++) {
      allHours &= fits(fields[1], hour, 0, 23);
    }
    TreeSet<Instant> times = new TreeSet<>();
    if (allHours) {
      for (Instant at = start.truncatedTo(ChronoUnit.MINUTES);
          at.isBefore(end);
          at = at.plus(1, ChronoUnit.MINUTES)) {
        if (at.isAfter(start) && fits(fields, LocalDateTime.ofInstant(at, zone))) {
          times.add(at);
        }
      }
      return times;
    }
    LocalDateTime last = LocalDateTime.ofInstant(end, zone).plusDays(2);
    for (LocalDateTime local = LocalDateTime.ofInstant(start, zone).minusDays(2).withSecond(0);
        local.isBefore(last);
        local = local.plusMinutes(1)) {
      if (fits(fields, local)) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        Instant at = change != null && change.isGap()
            ? change.getInstant()
            : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
        if (at.isAfter(start) && at.isBefore(end)) {
          times.add(at);
        }
      }
    }
    return times;
  }

  private static boolean fits(String[] fields, LocalDateTime at) {
    int weekday = at.getDayOfWeek().getValue() % 7;
    boolean month = fits(fields[2], at.getDayOfMonth(), 1, 31);
    boolean week = fits(fields[4], weekday, 0, 7) || weekday == 0 && fits(fields[4], 7, 0, 7);
    return fits(fields[0], at.getMinute(), 0, 59)
        && fits(fields[1], at.getHour(), 0, 23)
        && fits(fields[3], at.getMonthValue(), 1, 12)
        && (fields[2].startsWith("*") || fields[4].startsWith("*") ? month && week : month || week);
  }

  private static boolean fits(String field, int number, int min, int max) {
    for (String part : field.split(",")) {
      String[] stepped = part.split("/");
      int step = stepped.length > 1 ? Integer.parseInt(stepped[1]) : 1;
      String[] range = stepped[0].split("-");
      int from = range[0].equals("*") ? min : Integer.parseInt(range[0]);
      int to = range[0].equals("*") || range.length == 1 && stepped.length > 1
          ? max
          : Integer.parseInt(range[range.length - 1]);
      if (number >= from && number <= to && (number - from) % step == 0) {
        return true;
      }
    }
    return false;
  }

  private static String field(SplittableRandom random, int min, int max) {
    int first = random.nextInt(min, max + 1);
    int last = random.nextInt(first, max + 1);
    int step = random.nextInt(1, Math.max(2, max / 2));
    return switch (random.nextInt(7)) {
      case 0, 1 -> "*";
      case 2 -> "*/" + step;
      case 3 -> first + "-" + last;
      case 4 -> first + "-" + last + "/" + step;
      case 5 -> first + "," + last;
      default -> Integer.toString(first);
    };
  }
}
