package valence.storage.sql;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// What goes wrong with a database, as anomalies that say what to do.
final class SqlFailures {
  private SqlFailures() {}

  /// A call that failed; nothing is known to be lost.
  ///
  /// @param deed what was tried, such as `read a ref`
  static AnomalyException of(String deed, SQLException cause) {
    Anomaly.Category category = category(cause);
    return Anomaly.of(category, "Could not " + deed + ": " + reason(cause) + ".", remedy(category))
        .with("sql-state", state(cause))
        .toException(cause);
  }

  /// A change that failed in a way that leaves open whether it happened.
  static AnomalyException unknown(String what, String shown, SQLException cause) {
    Anomaly.Category category = category(cause);
    return Anomaly.of(
            category,
            "The outcome of " + what + " is unknown, since " + shown + " failed: " + reason(cause)
                + ".",
            "Read to learn whether it happened.",
            remedy(category))
        .with("sql-state", state(cause))
        .toException(cause);
  }

  /// Rows that aren't those that were written.
  static AnomalyException damaged(String what, String why) {
    return Anomaly.fault(
            "The " + what + " is damaged: " + why + ".",
            "Nothing of it was served. Restore the database from a copy, and find out who or what"
                + " wrote to its tables.")
        .toException();
  }

  /// By the first two characters of the state, its class: PostgreSQL's documentation, appendix A.
  private static Anomaly.Category category(SQLException failure) {
    if (failure.getCause() instanceof InterruptedException) {
      return Anomaly.Category.INTERRUPTED;
    }
    SQLException cause = root(failure);
    String state = state(cause);
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      // Connection, rollback by the server, resources, end of the server, its input and output.
      case "08", "40", "53", "57", "58" -> Anomaly.Category.UNAVAILABLE;
      case "28" -> Anomaly.Category.FORBIDDEN;
      case "42" -> state.equals("42501") ? Anomaly.Category.FORBIDDEN : Anomaly.Category.FAULT;
      case "3D", "3F" -> Anomaly.Category.INCORRECT; // no such database or schema
      case "55", "25" -> Anomaly.Category.UNAVAILABLE; // locked, or read-only: a standby
      default ->
        cause instanceof SQLTransientConnectionException
            ? Anomaly.Category.UNAVAILABLE
            : Anomaly.Category.FAULT;
    };
  }

  /// The pool tells of a timeout, and of the last failure to connect as its cause.
  private static SQLException root(SQLException failure) {
    SQLException at = failure;
    while (at instanceof SQLTransientConnectionException
        && at.getCause() instanceof SQLException cause) {
      at = cause;
    }
    return at;
  }

  private static String state(SQLException cause) {
    String state = root(cause).getSQLState();
    return state == null ? "" : state;
  }

  private static String reason(SQLException failure) {
    String message = root(failure).getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").replaceFirst("\\.$", "");
  }

  private static String remedy(Anomaly.Category category) {
    return switch (category) {
      case UNAVAILABLE, INTERRUPTED, BUSY -> "Check that the server runs, then try again.";
      case FORBIDDEN -> "Check the user and its password, and that it may use the database.";
      case INCORRECT -> "Check the address, or make what it names.";
      case UNSUPPORTED, NOT_FOUND, CONFLICT, FAULT -> "Report it, with the log of the server.";
    };
  }
}
