package valence.node.telemetry;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Who watches a node, and how.
///
/// @param logAlerts from which level on what an application logs counts as an alert
public record TelemetryConfig(LogForm log, LogAlerts logAlerts, Alerts alerts, Traces traces) {
  /// Nobody outside.
  public static final TelemetryConfig NONE =
      new TelemetryConfig(LogForm.TEXT, LogAlerts.WARN, Alerts.NOWHERE, Traces.NOWHERE);

  /// How lines of the log are written.
  public enum LogForm {
    TEXT,
    JSON
  }

  /// What of an application's log counts as an alert.
  public enum LogAlerts {
    WARN,
    ERROR,
    OFF
  }

  /// @param url    where alerts are posted; null for nowhere
  /// @param secret signs them; empty for none
  public record Alerts(@Nullable URI url, String secret) {
    static final Alerts NOWHERE = new Alerts(null, "");

    @Override
    public String toString() {
      return "Alerts[" + (url == null ? "nowhere" : url.getHost()) + "]";
    }
  }

  /// @param endpoint of a collector that takes OTLP over HTTP; null for none
  /// @param rate     of the traces that begin here, from 0 to 1
  public record Traces(@Nullable URI endpoint, double rate) {
    static final Traces NOWHERE = new Traces(null, 0);

    public Traces {
      if (!(rate >= 0 && rate <= 1)) {
        throw wrong("--traces-rate is " + rate + ".", "Expected a number from 0 to 1.");
      }
    }
  }

  /// From the texts of flags, null where one isn't given.
  public static TelemetryConfig of(
      @Nullable String log,
      @Nullable String logAlerts,
      @Nullable String alertsUrl,
      @Nullable String secret,
      @Nullable String tracesUrl,
      @Nullable String tracesRate) {
    return new TelemetryConfig(
        log == null ? LogForm.TEXT : word("--log", log, LogForm.class),
        logAlerts == null ? LogAlerts.WARN : word("--log-alerts", logAlerts, LogAlerts.class),
        alertsUrl == null
            ? Alerts.NOWHERE
            : new Alerts(address("--alerts-url", alertsUrl), secret == null ? "" : secret),
        tracesUrl == null
            ? Traces.NOWHERE
            : new Traces(address("--traces-url", tracesUrl), rate(tracesRate)));
  }

  private static <E extends Enum<E>> E word(String flag, String given, Class<E> type) {
    for (E each : type.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(given)) {
        return each;
      }
    }
    StringBuilder words = new StringBuilder();
    for (E each : type.getEnumConstants()) {
      words.append(words.isEmpty() ? "" : ", ").append(each.name().toLowerCase(Locale.ROOT));
    }
    throw wrong(flag + " is '" + given + "'.", "Expected one of " + words + ".");
  }

  private static URI address(String flag, String given) {
    try {
      URI address = URI.create(given);
      if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
          && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(flag + " isn't an address.", "Expected http://host:port/path or https://….");
    }
    throw wrong(flag + " isn't an address.", "Expected http://host:port/path or https://….");
  }

  private static double rate(@Nullable String given) {
    try {
      return given == null ? 1 : Double.parseDouble(given);
    } catch (NumberFormatException e) {
      throw wrong("--traces-rate is '" + given + "'.", "Expected a number from 0 to 1.");
    }
  }

  private static AnomalyException wrong(String... sentences) {
    return Anomaly.incorrect("valence.error/invalid-config", sentences).toException();
  }
}
