package valence.node.telemetry;

import java.util.List;
import java.util.Locale;

/// Metrics as Prometheus reads them: its text format 0.0.4, and OpenMetrics 1.0.
public enum Exposition {
  PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
  OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private static final String TOTAL = "_total";

  private final String mediaType;

  Exposition(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }

  /// The form that an `Accept` header asks for.
  public static Exposition ofAccept(String accept) {
    return accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
  }

  public String print(Samples samples) {
    StringBuilder text = new StringBuilder();
    samples.families().forEach((name, family) -> {
      boolean counter = family.type() == Samples.Type.COUNTER;
      // To OpenMetrics a counter's name is without what its sample ends with.
      String shown = this == OPEN_METRICS && counter && name.endsWith(TOTAL)
          ? name.substring(0, name.length() - TOTAL.length())
          : name;
      text.append("# HELP ").append(shown).append(' ');
      escape(family.help(), text, this == OPEN_METRICS);
      text.append("\n# TYPE ")
          .append(shown)
          .append(' ')
          .append(family.type().name().toLowerCase(Locale.ROOT))
          .append('\n');
      for (Samples.Sample sample : family.samples()) {
        text.append(name).append(sample.suffix());
        labels(sample.labels().pairs(), text);
        text.append(' ').append(number(sample.value())).append('\n');
      }
    });
    if (this == OPEN_METRICS) {
      text.append("# EOF\n");
    }
    return text.toString();
  }

  private static void labels(List<String> pairs, StringBuilder text) {
    for (int i = 0; i < pairs.size(); i += 2) {
      text.append(i == 0 ? '{' : ',').append(pairs.get(i)).append("=\"");
      escape(pairs.get(i + 1), text, true);
      text.append('"');
    }
    if (!pairs.isEmpty()) {
      text.append('}');
    }
  }

  private static void escape(String given, StringBuilder text, boolean quotes) {
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '"' -> text.append(quotes ? "\\\"" : "\"");
        default -> text.append(c);
      }
    }
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
