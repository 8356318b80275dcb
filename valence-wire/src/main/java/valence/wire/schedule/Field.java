package valence.wire.schedule;

import java.util.List;
import java.util.Locale;

/// The reading of one field: `*`, `5`, `1-5`, `*/15`, `10-40/10`, names, and lists of these.
final class Field {
  private static final int YEAR_MIN = 1970;
  private static final int YEAR_MAX = 2199;

  private Field() {}

  /// Years from 1970 to 2199, a bit for each.
  record Years(List<Long> words) {
    static final Years ALL = new Years(List.of());

    static Years parse(String text, String field) {
      if (field.equals("*")) {
        return ALL;
      }
      long[] words = new long[(YEAR_MAX - YEAR_MIN) / Long.SIZE + 1];
      for (String part : field.split(",", -1)) {
        int[] range = range(text, part, YEAR_MIN, YEAR_MAX, List.of());
        for (int year = range[0]; year <= range[1]; year += range[2]) {
          words[(year - YEAR_MIN) / Long.SIZE] |= 1L << (year - YEAR_MIN) % Long.SIZE;
        }
      }
      return new Years(java.util.Arrays.stream(words).boxed().toList());
    }

    boolean contains(int year) {
      return words.isEmpty()
          || year >= YEAR_MIN
              && year <= YEAR_MAX
              && (words.get((year - YEAR_MIN) / Long.SIZE) >>> (year - YEAR_MIN) % Long.SIZE & 1)
                  == 1;
    }
  }

  /// A bit for each number of the field, at most 63.
  ///
  /// @param names of the numbers by their position; empty when they have none
  static long bits(String text, String field, int min, int max, List<String> names) {
    long bits = 0;
    for (String part : field.split(",", -1)) {
      int[] range = range(text, part, min, max, names);
      for (int i = range[0]; i <= range[1]; i += range[2]) {
        bits |= 1L << i;
      }
    }
    return bits;
  }

  /// First, last and step.
  private static int[] range(String text, String part, int min, int max, List<String> names) {
    int slash = part.indexOf('/');
    String span = slash < 0 ? part : part.substring(0, slash);
    int step = slash < 0 ? 1 : number(text, part.substring(slash + 1), 1, max, List.of());
    if (span.equals("*")) {
      return new int[] {min, max, step};
    }
    int dash = span.indexOf('-');
    if (dash < 0) {
      int first = number(text, span, min, max, names);
      return new int[] {first, slash < 0 ? first : max, step};
    }
    int first = number(text, span.substring(0, dash), min, max, names);
    int last = number(text, span.substring(dash + 1), min, max, names);
    if (last < first) {
      throw Timetable.wrong(text, "The range " + span + " ends before it begins.");
    }
    return new int[] {first, last, step};
  }

  static int number(String text, String word, int min, int max, List<String> names) {
    int named = word.isEmpty() ? -1 : names.indexOf(word.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return named;
    }
    if (word.matches("[0-9]{1,4}")) {
      int number = Integer.parseInt(word);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw Timetable.wrong(
        text, "\"" + word + "\" isn't a number from " + min + " to " + max + " there.");
  }
}
