package valence.node.deploy;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import valence.api.AnomalyException;
import valence.node.control.Deployment.Status;

/// Why a deployment goes no further.
final class Halted extends Exception {
  private static final long serialVersionUID = 1;

  private final Status status;
  private final String function;

  /// @param function the symbol of the function that is the cause; empty when none is
  private Halted(Status status, String cause, String function) {
    super(cause);
    this.status = status;
    this.function = function;
  }

  static Halted failed(String cause, String function) {
    return new Halted(Status.FAILED, cause, function);
  }

  static Halted timedOut(String cause, String function) {
    return new Halted(Status.TIMED_OUT, cause, function);
  }

  /// What was thrown while something else was done than to call the revision's own functions.
  static Halted of(Throwable thrown) {
    return switch (thrown) {
      case Halted halted -> halted;
      case AnomalyException e ->
        failed(
            e.anomaly().message(),
            e.anomaly().data().get(Keyword.intern("ion", "function")) instanceof Symbol symbol
                ? Function.text(symbol)
                : "");
      default -> failed("The node failed to load it: " + thrown + ".", "");
    };
  }

  Status status() {
    return status;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  String function() {
    return function;
  }
}
