package valence.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The arguments of the node's command.
///
/// @param readyFile where to say that the node serves; null for nowhere
record Flags(NodeConfig config, @Nullable Path readyFile) {
  private static final List<String> NAMES = List.of(
      "--system", "--storage", "--group", "--host", "--api-port", "--http-port", "--ready-file");

  static Flags parse(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!NAMES.contains(arguments[i])) {
        throw wrong(arguments[i] + " isn't known.", "Expected " + String.join(", ", NAMES) + ".");
      }
      if (i + 1 == arguments.length) {
        throw wrong(arguments[i] + " has no value.", "Give it one.");
      }
      if (given.put(arguments[i], arguments[i + 1]) != null) {
        throw wrong(arguments[i] + " is given twice.", "Expected once.");
      }
    }
    var config = new NodeConfig(
        required(given, "--system"),
        path("--storage", required(given, "--storage")),
        given.getOrDefault("--group", NodeConfig.GROUP_DEFAULT),
        given.getOrDefault("--host", NodeConfig.HOST_DEFAULT),
        port(given, "--api-port", NodeConfig.API_PORT_DEFAULT),
        port(given, "--http-port", NodeConfig.HTTP_PORT_DEFAULT),
        NodeConfig.DRAIN_TIMEOUT_DEFAULT);
    String readyFile = given.get("--ready-file");
    return new Flags(config, readyFile == null ? null : path("--ready-file", readyFile));
  }

  private static String required(Map<String, String> given, String flag) {
    String value = given.get(flag);
    if (value == null) {
      throw wrong(flag + " is missing.", "It is required.");
    }
    return value;
  }

  private static int port(Map<String, String> given, String flag, int missing) {
    String value = given.get(flag);
    try {
      return value == null ? missing : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw wrong(flag + " is '" + value + "'.", "Expected a port.");
    }
  }

  private static Path path(String flag, String value) {
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw wrong(flag + " is '" + value + "'.", "Expected a path.");
    }
  }

  private static AnomalyException wrong(String... sentences) {
    return Anomaly.incorrect("valence.error/invalid-config", sentences).toException();
  }
}
