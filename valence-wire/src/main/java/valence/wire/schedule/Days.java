package valence.wire.schedule;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The days that a day of the month and a day of the week mean together.
///
/// @param ofMonth  fits when one of them does
/// @param ofWeek   fits when one of them does
/// @param both     whether both have to fit; else one is enough
record Days(List<Day> ofMonth, List<Day> ofWeek, boolean both) {
  private static final List<String> FROM_ZERO =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final List<String> FROM_ONE =
      List.of("", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final Pattern LAST_BEFORE = Pattern.compile("L(?:-([0-9]{1,2}))?");
  private static final Pattern WEEKDAY = Pattern.compile("([0-9]{1,2}|L)W");
  private static final Pattern LAST_OF = Pattern.compile("([0-9A-Za-z]{1,3})L");
  private static final Pattern NTH = Pattern.compile("([0-9A-Za-z]{1,3})#([1-5])");

  /// One way to say a day.
  private sealed interface Day {
    boolean fits(LocalDate date);

    /// @param bits of the day of the month, the first is bit 1
    record OfMonth(long bits) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return (bits >>> date.getDayOfMonth() & 1) == 1;
      }
    }

    /// @param bits of the day of the week, Sunday is bit 0
    record OfWeek(long bits) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return (bits >>> dayOfWeek(date) & 1) == 1;
      }
    }

    /// So many days before the last of the month.
    record BeforeLast(int days) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return date.getDayOfMonth() == date.lengthOfMonth() - days;
      }
    }

    /// The day from Monday to Friday that is nearest to a day, in the same month.
    ///
    /// @param day of the month; 0 for the last
    record Nearest(int day) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        int length = date.lengthOfMonth();
        if (day > length) {
          return false;
        }
        LocalDate meant = date.withDayOfMonth(day == 0 ? length : day);
        LocalDate nearest = switch (dayOfWeek(meant)) {
          case 6 -> meant.getDayOfMonth() == 1 ? meant.plusDays(2) : meant.minusDays(1);
          case 0 -> meant.getDayOfMonth() == length ? meant.minusDays(2) : meant.plusDays(1);
          default -> meant;
        };
        return nearest.equals(date);
      }
    }

    /// The nth of a weekday in the month; the last for 0.
    record Nth(int weekday, int n) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return dayOfWeek(date) == weekday
            && (n == 0
                ? date.getDayOfMonth() > date.lengthOfMonth() - 7
                : (date.getDayOfMonth() - 1) / 7 + 1 == n);
      }
    }
  }

  Days {
    ofMonth = List.copyOf(ofMonth);
    ofWeek = List.copyOf(ofWeek);
  }

  /// As cron has it: when both are limited, a day that fits one of them is meant.
  static Days classic(String text, String ofMonth, String ofWeek) {
    boolean both = ofMonth.startsWith("*") || ofWeek.startsWith("*");
    long week = Field.bits(text, ofWeek, 0, 7, FROM_ZERO);
    week |= week >>> 7 & 1;
    return new Days(
        List.of(new Day.OfMonth(Field.bits(text, ofMonth, 1, 31, List.of()))),
        List.of(new Day.OfWeek(week)),
        both);
  }

  /// As EventBridge has it: one of the two is `?`.
  static Days eventBridge(String text, String ofMonth, String ofWeek) {
    if (ofMonth.equals("?") == ofWeek.equals("?")) {
      throw Timetable.wrong(text, "One of the two fields for days is to be ?, and one alone.");
    }
    List<Day> month = new ArrayList<>();
    List<Day> week = new ArrayList<>();
    if (!ofMonth.equals("?")) {
      for (String part : ofMonth.split(",", -1)) {
        month.add(ofMonth(text, part));
      }
    } else {
      for (String part : ofWeek.split(",", -1)) {
        week.add(ofWeek(text, part));
      }
    }
    return new Days(month, week, false);
  }

  boolean contains(LocalDate date) {
    boolean fitsMonth = ofMonth.stream().anyMatch(day -> day.fits(date));
    boolean fitsWeek = ofWeek.stream().anyMatch(day -> day.fits(date));
    return both ? fitsMonth && fitsWeek : fitsMonth || fitsWeek;
  }

  private static Day ofMonth(String text, String part) {
    Matcher last = LAST_BEFORE.matcher(part);
    if (last.matches()) {
      return new Day.BeforeLast(
          last.group(1) == null ? 0 : Field.number(text, last.group(1), 0, 30, List.of()));
    }
    Matcher weekday = WEEKDAY.matcher(part);
    if (weekday.matches()) {
      return new Day.Nearest(
          weekday.group(1).equals("L")
              ? 0
              : Field.number(text, weekday.group(1), 1, 31, List.of()));
    }
    return new Day.OfMonth(Field.bits(text, part, 1, 31, List.of()));
  }

  private static Day ofWeek(String text, String part) {
    if (part.equals("L")) {
      return new Day.OfWeek(1L << 6);
    }
    Matcher last = LAST_OF.matcher(part);
    if (last.matches()) {
      return new Day.Nth(Field.number(text, last.group(1), 1, 7, FROM_ONE) - 1, 0);
    }
    Matcher nth = NTH.matcher(part);
    if (nth.matches()) {
      return new Day.Nth(
          Field.number(text, nth.group(1), 1, 7, FROM_ONE) - 1, Integer.parseInt(nth.group(2)));
    }
    return new Day.OfWeek(Field.bits(text, part, 1, 7, FROM_ONE) >>> 1);
  }

  /// From 0, Sunday.
  private static int dayOfWeek(LocalDate date) {
    return date.getDayOfWeek().getValue() % 7;
  }
}
