package valence.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.telemetry.TelemetryConfig;
import valence.storage.near.Caching;
import valence.storage.place.Place;

/// How a node is to run.
///
/// @param system       the name of the system, for people
/// @param folder this node's own, for copies of what the storage has; made when it isn't there
/// @param storage      where the system's facts are
/// @param caching      where its segments are kept nearer
/// @param group        the compute group that the node belongs to
/// @param host         where to listen; beyond the loopback only with TLS and access keys
/// @param apiPort      0 for any that is free
/// @param httpPort     0 for any that is free
/// @param protection   who is let in, and how what passes is kept from others
/// @param drainTimeout how long the end waits for requests under way
/// @param telemetry    who watches it
public record NodeConfig(
    String system,
    Path folder,
    Place storage,
    Caching caching,
    String group,
    String host,
    int apiPort,
    int httpPort,
    Protection protection,
    Duration drainTimeout,
    TelemetryConfig telemetry) {
  public static final String GROUP_DEFAULT = "solo";
  public static final String HOST_DEFAULT = "127.0.0.1";
  public static final int API_PORT_DEFAULT = 8182;
  public static final int HTTP_PORT_DEFAULT = 8184;
  public static final Duration DRAIN_TIMEOUT_DEFAULT = Duration.ofSeconds(30);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,47}");
  private static final int PORT_MAX = 65_535;

  public NodeConfig {
    if (storage instanceof Place.Encrypted && !caching.tiers().isEmpty()) {
      throw wrong(
          "--cache-dir or --shared-cache-dir is given, and the storage is encrypted.",
          "The copies there wouldn't be encrypted: leave it out.");
    }
    checkName("--system", system);
    checkName("--group", group);
    checkPort("--api-port", apiPort);
    checkPort("--http-port", httpPort);
    if (apiPort == httpPort && apiPort != 0) {
      throw wrong("Both ports are " + apiPort + ".", "Expected two different ones.");
    }
  }

  /// A node that keeps segments in memory alone.
  public NodeConfig(
      String system,
      Path folder,
      Place storage,
      String group,
      String host,
      int apiPort,
      int httpPort,
      Duration drainTimeout) {
    this(
        system,
        folder,
        storage,
        Caching.IN_HEAP,
        group,
        host,
        apiPort,
        httpPort,
        Protection.in(folder.resolve("access")),
        drainTimeout);
  }

  /// The same with its facts elsewhere.
  NodeConfig at(Place place) {
    return new NodeConfig(
        system,
        folder,
        place,
        caching,
        group,
        host,
        apiPort,
        httpPort,
        protection,
        drainTimeout,
        telemetry);
  }

  /// A node that nobody outside watches.
  public NodeConfig(
      String system,
      Path folder,
      Place storage,
      Caching caching,
      String group,
      String host,
      int apiPort,
      int httpPort,
      Protection protection,
      Duration drainTimeout) {
    this(
        system,
        folder,
        storage,
        caching,
        group,
        host,
        apiPort,
        httpPort,
        protection,
        drainTimeout,
        TelemetryConfig.NONE);
  }

  private static void checkName(String flag, String name) {
    if (!NAME.matcher(name).matches()) {
      throw wrong(
          flag + " is '" + name + "'.",
          "Expected letters, digits, '_' and '-', at most 48 of them.");
    }
  }

  private static void checkPort(String flag, int port) {
    if (port < 0 || port > PORT_MAX) {
      throw wrong(flag + " is " + port + ".", "Expected a port from 0 to " + PORT_MAX + ".");
    }
  }

  /// Whether nobody reaches the node from another machine.
  boolean isLoopback() {
    try {
      return !host.isEmpty() && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw Anomaly.incorrect(
              "valence.error/invalid-config",
              "--host is " + host + ", which is the name of no address.",
              "Use 127.0.0.1.")
          .toException(e);
    }
  }

  private static AnomalyException wrong(String... sentences) {
    return Anomaly.incorrect("valence.error/invalid-config", sentences).toException();
  }
}
