package valence.node.telemetry;

import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// The log of a node's process: what its own code and applications say through SLF4J, the JDK's
/// logging and `System.Logger`, to standard error.
public final class Logs {
  // Held, since a logger that nobody holds is collected with its level.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  /// These warn of each malformed request, with as much of it as there is: whoever reaches a port
  /// could fill the log. The caller is told instead.
  private static final List<Logger> OF_REQUESTS = List.of(
      Logger.getLogger("org.eclipse.jetty.http"),
      Logger.getLogger("org.eclipse.jetty.util.HostPort"),
      Logger.getLogger("org.eclipse.jetty.server.handler.ErrorHandler"));

  private Logs() {}

  /// Makes all loggers of the process write so, once at its start.
  public static void install(TelemetryConfig.LogForm form) {
    Logger root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var console = new ConsoleHandler();
    console.setFormatter(
        switch (form) {
          case TEXT -> new TextLines();
          case JSON -> new JsonLines();
        });
    root.addHandler(console);
    root.addHandler(new Alerting());
    // The HTTP library tells of each start and stop in its own words; ours are enough.
    JETTY.setLevel(Level.WARNING);
    OF_REQUESTS.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  /// Counts what applications log as warnings and errors as alerts.
  private static final class Alerting extends Handler {
    Alerting() {
      setLevel(Level.WARNING);
      setFormatter(new SimpleFormatter());
    }

    @Override
    public void publish(LogRecord record) {
      if (!isLoggable(record) || TextLines.said(record) != null) {
        return;
      }
      Attribution whose = Attribution.of(record);
      if (whose.hosted() == null) {
        return;
      }
      Level least = switch (whose.hosted().telemetry().config().logAlerts()) {
        case WARN -> Level.WARNING;
        case ERROR -> Level.SEVERE;
        case OFF -> Level.OFF;
      };
      if (record.getLevel().intValue() >= least.intValue()) {
        whose
            .hosted()
            .telemetry()
            .casts()
            .logged(
                String.valueOf(record.getLoggerName()),
                record.getLevel(),
                getFormatter().formatMessage(record),
                record.getThrown(),
                whose.hosted().appInfo());
      }
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Likewise.
    }
  }
}
