package valence.tools.solo;

import java.util.ArrayList;
import java.util.List;

/// Where a node is to listen.
///
/// @param apiPort    0 for any that is free; so for the other
/// @param protection further arguments of the node's command that say who is let in there, and who
///     is told what happens
public record Listening(String host, int apiPort, int httpPort, List<String> protection) {
  public Listening {
    protection = List.copyOf(protection);
  }

  /// On this machine alone.
  public static Listening onLoopback(int apiPort, int httpPort) {
    return new Listening("127.0.0.1", apiPort, httpPort, List.of());
  }

  List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of(
        "--host",
        host,
        "--api-port",
        String.valueOf(apiPort),
        "--http-port",
        String.valueOf(httpPort)));
    arguments.addAll(protection);
    return arguments;
  }
}
