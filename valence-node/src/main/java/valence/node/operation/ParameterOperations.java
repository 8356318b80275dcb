package valence.node.operation;

import java.util.Map;
import valence.api.Anomaly;
import valence.node.parameter.Parameters;
import valence.wire.Fields;

/// The operations on parameters and environments.
final class ParameterOperations {
  private static final int NAME_CHARACTERS_MAX = 200;

  private final Parameters parameters;

  ParameterOperations(Parameters parameters) {
    this.parameters = parameters;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "parameters",
        (request, _) -> parameters.list(request.text("path", "/")),
        "set-parameter",
        new Operation.Attributed(this::set),
        "remove-parameter",
        new Operation.Attributed((request, principal) ->
            parameters.remove(request.text("path"), by(request, principal))),
        "parameter-history",
        (request, _) -> parameters.history(request.text("path")),
        "environment",
        (request, _) -> parameters.environment(request.text("group")),
        "set-environment",
        new Operation.Attributed(this::setEnvironment));
  }

  private Object set(Fields request, String principal) {
    if (!(request.value("value") instanceof String value)) {
      // Without the value, as it may be a secret.
      throw Anomaly.incorrect(
              "db.error/invalid-request",
              "set-parameter was given no text under :value.",
              "Expected a string; other values as their EDN text.")
          .toException();
    }
    parameters.set(
        request.text("path"), value, request.flag("secret", false), by(request, principal));
    return true;
  }

  private Object setEnvironment(Fields request, String principal) {
    parameters.setEnvironment(
        request.text("group"), request.map("environment"), by(request, principal));
    return true;
  }

  /// The principal, where requests are signed, and else whoever the caller says to be.
  static String by(Fields request, String principal) {
    String by = principal.isEmpty() ? request.text("asked-by", "") : principal;
    if (by.length() > NAME_CHARACTERS_MAX) {
      throw request.wrong("asked-by", "at most " + NAME_CHARACTERS_MAX + " characters");
    }
    return by;
  }
}
