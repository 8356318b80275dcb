package valence.edn;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;

/// The tags that every text may use, and the text of instants.
final class EdnTags {
  static final Map<String, UnaryOperator<@Nullable Object>> KNOWN = Map.of(
      "inst", value -> Date.from(instant(string(value))),
      "uuid", value -> uuid(string(value)),
      "bytes", value -> HexFormat.of().parseHex(string(value)),
      "uri", value -> URI.create(string(value)),
      "float", value -> Float.valueOf(string(value)),
      "double", value -> Double.valueOf(string(value)),
      "datom", EdnTags::datom);

  /// RFC 3339 with anything after the year left out, and years beyond 9999 with a sign.
  private static final Pattern INSTANT =
      Pattern.compile("(\\d{4}|[-+]\\d{4,9})(?:-(\\d\\d)(?:-(\\d\\d)"
          + "(?:T(\\d\\d)(?::(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?)?)?)?)?"
          + "(Z|[-+]\\d\\d:\\d\\d)?");

  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private EdnTags() {}

  private static String string(@Nullable Object value) {
    if (value instanceof String string) {
      return string;
    }
    throw new IllegalArgumentException("a string was expected after the tag");
  }

  private static Instant instant(String text) {
    Matcher parts = INSTANT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("expected was a form such as 2026-01-31T23:59:00.000Z");
    }
    try {
      String nanos = parts.group(7) == null ? "0" : (parts.group(7) + "00000000").substring(0, 9);
      String offset = parts.group(8);
      return LocalDateTime.of(
              Integer.parseInt(parts.group(1)),
              number(parts.group(2), 1),
              number(parts.group(3), 1),
              number(parts.group(4), 0),
              number(parts.group(5), 0),
              number(parts.group(6), 0),
              Integer.parseInt(nanos))
          .toInstant(offset == null ? ZoneOffset.UTC : ZoneOffset.of(offset));
    } catch (DateTimeException outOfRange) {
      throw new IllegalArgumentException(outOfRange.getMessage(), outOfRange);
    }
  }

  private static int number(@Nullable String digits, int absent) {
    return digits == null ? absent : Integer.parseInt(digits);
  }

  private static UUID uuid(String text) {
    // UUID.fromString alone takes "1-1-1-1-1", too.
    if (!UUID_TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException("expected were 8-4-4-4-12 hexadecimal digits");
    }
    return UUID.fromString(text);
  }

  private static Datom datom(@Nullable Object value) {
    if (value instanceof List<?> parts
        && parts.size() == 5
        && parts.get(0) instanceof Long e
        && parts.get(1) instanceof Long a
        && parts.get(2) instanceof Object v
        && parts.get(3) instanceof Long tx
        && parts.get(4) instanceof Boolean added) {
      return new Datom(e, a, v, tx, added);
    }
    throw new IllegalArgumentException("expected was [e a v tx added]");
  }

  /// The text that the tag `inst` reads, to the millisecond.
  static String print(Instant instant) {
    var time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    int year = time.getYear();
    return String.format(
        Locale.ROOT,
        year < 0 || year > 9999
            ? "%+05d-%02d-%02dT%02d:%02d:%02d.%03d-00:00"
            : "%04d-%02d-%02dT%02d:%02d:%02d.%03d-00:00",
        year,
        time.getMonthValue(),
        time.getDayOfMonth(),
        time.getHour(),
        time.getMinute(),
        time.getSecond(),
        time.getNano() / 1_000_000);
  }
}
