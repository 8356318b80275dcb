package valence.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Tls;
import valence.node.telemetry.TelemetryConfig;
import valence.storage.near.Caching;
import valence.storage.place.Place;

/// The arguments of the node's command.
///
/// @param readyFile where to say that the node serves; null for nowhere
record Flags(NodeConfig config, @Nullable Path readyFile) {
  private static final List<String> NAMES = List.of(
      "--system",
      "--folder",
      "--storage",
      "--key-file",
      "--cache-dir",
      "--cache-bytes",
      "--shared-cache-dir",
      "--group",
      "--host",
      "--api-port",
      "--http-port",
      "--http-access",
      "--access-dir",
      "--tls-certificate",
      "--tls-key",
      "--log",
      "--log-alerts",
      "--alerts-url",
      "--traces-url",
      "--traces-rate",
      "--ready-file");

  /// An address with a password is better there than among the arguments, which all users see.
  static final String STORAGE_VARIABLE = "VALENCE_STORAGE";

  private static final String TLS_PASSWORD_VARIABLE = "VALENCE_TLS_PASSWORD";
  private static final String ALERTS_SECRET_VARIABLE = "VALENCE_ALERTS_SECRET";
  private static final String SIGNED = "signed";
  private static final String PUBLIC = "public";

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
        path("--folder", required(given, "--folder")),
        storage(given),
        caching(given),
        given.getOrDefault("--group", NodeConfig.GROUP_DEFAULT),
        given.getOrDefault("--host", NodeConfig.HOST_DEFAULT),
        port(given, "--api-port", NodeConfig.API_PORT_DEFAULT),
        port(given, "--http-port", NodeConfig.HTTP_PORT_DEFAULT),
        protection(given),
        NodeConfig.DRAIN_TIMEOUT_DEFAULT,
        telemetry(given));
    String readyFile = given.get("--ready-file");
    return new Flags(config, readyFile == null ? null : path("--ready-file", readyFile));
  }

  /// Where `--storage` says, or the environment, or else in the folder.
  private static Place storage(Map<String, String> given) {
    String flag = given.get("--storage");
    String address = flag != null ? flag : System.getenv(STORAGE_VARIABLE);
    Place place = address == null
        ? new Place.Directory(path("--folder", required(given, "--folder")).resolve("store"))
        : Place.of(address);
    String keyFile = given.get("--key-file");
    return keyFile == null ? place : place.encryptedBy(path("--key-file", keyFile));
  }

  /// TLS by the files that are named, or else by those of the access directory, if they are there.
  private static Protection protection(Map<String, String> given) {
    Path directory = given.containsKey("--access-dir")
        ? path("--access-dir", required(given, "--access-dir"))
        : path("--folder", required(given, "--folder")).resolve("access");
    String web = given.getOrDefault("--http-access", SIGNED);
    if (!web.equals(SIGNED) && !web.equals(PUBLIC)) {
      throw wrong("--http-access is '" + web + "'.", "Expected " + SIGNED + " or " + PUBLIC + ".");
    }
    return new Protection(directory, tls(given, directory), web.equals(PUBLIC));
  }

  private static TelemetryConfig telemetry(Map<String, String> given) {
    return TelemetryConfig.of(
        given.get("--log"),
        given.get("--log-alerts"),
        given.get("--alerts-url"),
        System.getenv(ALERTS_SECRET_VARIABLE),
        given.get("--traces-url"),
        given.get("--traces-rate"));
  }

  private static Tls tls(Map<String, String> given, Path directory) {
    String certificate = given.get("--tls-certificate");
    String key = given.get("--tls-key");
    if (certificate == null) {
      if (key != null) {
        throw wrong("--tls-key is given without --tls-certificate.", "Give both.");
      }
      return Protection.in(directory).tls();
    }
    if (key != null) {
      return new Tls.Pem(path("--tls-certificate", certificate), path("--tls-key", key));
    }
    String password = System.getenv(TLS_PASSWORD_VARIABLE);
    if (password == null) {
      throw wrong(
          "--tls-certificate is given without --tls-key.",
          "Expected the key in PEM, or for a PKCS #12 file its password in " + TLS_PASSWORD_VARIABLE
              + ".");
    }
    return new Tls.Store(path("--tls-certificate", certificate), password.toCharArray());
  }

  /// Copies of segments: on a disk of this machine, then in a directory that nodes share.
  private static Caching caching(Map<String, String> given) {
    List<Caching.Directory> tiers = new ArrayList<>();
    String disk = given.get("--cache-dir");
    if (disk != null) {
      tiers.add(new Caching.Directory("disk", path("--cache-dir", disk), cacheBytes(given)));
    } else if (given.containsKey("--cache-bytes")) {
      throw wrong("--cache-bytes is given without --cache-dir.", "It is the limit of that.");
    }
    String shared = given.get("--shared-cache-dir");
    if (shared != null) {
      tiers.add(new Caching.Directory(
          "shared", path("--shared-cache-dir", shared), Caching.DIRECTORY_BYTES_DEFAULT));
    }
    return new Caching(OptionalLong.empty(), tiers);
  }

  private static long cacheBytes(Map<String, String> given) {
    String value = given.get("--cache-bytes");
    try {
      long bytes = value == null ? Caching.DIRECTORY_BYTES_DEFAULT : Long.parseLong(value);
      if (bytes >= Caching.BYTES_LEAST) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      throw wrong("--cache-bytes is '" + value + "'.", "Expected a number of bytes.");
    }
    throw wrong(
        "--cache-bytes is " + value + ".", "Expected " + Caching.BYTES_LEAST + " at least.");
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
