package valence.node.telemetry;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A place in a trace, as W3C Trace Context has it.
///
/// @param traceId 32 hexadecimal digits in lower case, not all zero
/// @param spanId  16 of them
/// @param sampled whether spans are kept
/// @param state   `tracestate`, handed on as it came; empty for none
/// @param baggage likewise
public record SpanContext(
    String traceId, String spanId, boolean sampled, String state, String baggage) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final String NO_TRACE = "0".repeat(32);
  private static final String NO_SPAN = "0".repeat(16);

  /// What is handed on of a caller's `tracestate`, in characters; a longer one is left out whole.
  private static final int STATE_CHARACTERS_MAX = 512;

  private static final int BAGGAGE_CHARACTERS_MAX = 8 << 10;

  /// The caller's place; null when the headers name none, or one that isn't valid: then a trace
  /// begins here.
  public static @Nullable SpanContext parse(
      @Nullable String traceparent, @Nullable String state, @Nullable String baggage) {
    if (traceparent == null) {
      return null;
    }
    Matcher parts = TRACEPARENT.matcher(traceparent.strip());
    if (!parts.matches()
        || parts.group(1).equals("ff")
        || parts.group(1).equals("00") && parts.group(5) != null
        || parts.group(2).equals(NO_TRACE)
        || parts.group(3).equals(NO_SPAN)) {
      return null;
    }
    boolean sampled = (Integer.parseInt(parts.group(4), 16) & 1) != 0;
    return new SpanContext(
        parts.group(2),
        parts.group(3),
        sampled,
        bounded(state, STATE_CHARACTERS_MAX),
        bounded(baggage, BAGGAGE_CHARACTERS_MAX));
  }

  private static String bounded(@Nullable String text, int charactersMax) {
    return text == null || text.length() > charactersMax ? "" : text;
  }

  /// The first place of a trace that begins here.
  static SpanContext root(boolean sampled) {
    var random = ThreadLocalRandom.current();
    long high = random.nextLong();
    return new SpanContext(
        hex(high == 0 ? 1 : high) + hex(random.nextLong()), id(), sampled, "", "");
  }

  /// A place below this one.
  SpanContext child() {
    return new SpanContext(traceId, id(), sampled, state, baggage);
  }

  /// The text of the header.
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static String id() {
    long id = ThreadLocalRandom.current().nextLong();
    return hex(id == 0 ? 1 : id);
  }

  private static String hex(long bits) {
    char[] digits = new char[16];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = Character.forDigit((int) (bits >>> (60 - 4 * i)) & 0xf, 16);
    }
    return new String(digits);
  }
}
