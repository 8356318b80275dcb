package valence.wire.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The times at which something recurs.
public sealed interface Timetable permits Cron, Rate {
  /// How long a schedule's text may be.
  int CHARACTERS_MAX = 256;

  Map<String, String> NAMED = Map.of(
      "@hourly", "0 * * * *",
      "@daily", "0 0 * * *",
      "@midnight", "0 0 * * *",
      "@weekly", "0 0 * * 0",
      "@monthly", "0 0 1 * *",
      "@yearly", "0 0 1 1 *",
      "@annually", "0 0 1 1 *");

  Pattern RATE = Pattern.compile("rate\\(\\s*([0-9]{1,9})\\s+(second|minute|hour|day)s?\\s*\\)");
  Pattern EVENT_BRIDGE = Pattern.compile("cron\\((.*)\\)");
  Pattern EVERY =
      Pattern.compile("@every\\s+(?:([0-9]{1,6})h)?\\s*(?:([0-9]{1,6})m)?\\s*(?:([0-9]{1,9})s)?");

  /// The first of its times after another, in the local time of a zone; empty when none comes.
  Optional<Instant> next(Instant after, ZoneId zone);

  /// The times that a text means; `incorrect` when it means none.
  static Timetable parse(String text) {
    String stripped = text.strip();
    if (stripped.length() > CHARACTERS_MAX) {
      throw wrong(stripped.substring(0, CHARACTERS_MAX) + "…", "It is too long.");
    }
    String named = NAMED.get(stripped.toLowerCase(Locale.ROOT));
    if (named != null) {
      return Cron.classic(text, named);
    }
    Matcher rate = RATE.matcher(stripped);
    if (rate.matches()) {
      long count = Long.parseLong(rate.group(1));
      return Rate.of(
          text,
          switch (rate.group(2)) {
            case "second" -> Duration.ofSeconds(count);
            case "minute" -> Duration.ofMinutes(count);
            case "hour" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    Matcher every = EVERY.matcher(stripped);
    if (every.matches()) {
      return Rate.of(
          text,
          Duration.ofHours(number(every.group(1)))
              .plusMinutes(number(every.group(2)))
              .plusSeconds(number(every.group(3))));
    }
    Matcher eventBridge = EVENT_BRIDGE.matcher(stripped);
    return eventBridge.matches()
        ? Cron.eventBridge(text, eventBridge.group(1))
        : Cron.classic(text, stripped);
  }

  private static long number(@org.jspecify.annotations.Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /// The anomaly of a text that is no schedule.
  static AnomalyException wrong(String text, String why) {
    return Anomaly.incorrect(
            "ion.error/invalid-config",
            "\"" + text + "\" is no schedule. " + why,
            "Expected five fields as of cron, such as \"0 3 * * *\", or \"cron(0 3 * * ? *)\","
                + " \"rate(5 minutes)\", \"@every 90s\" or \"@daily\".")
        .toException();
  }
}
