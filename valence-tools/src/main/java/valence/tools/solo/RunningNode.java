package valence.tools.solo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeAddress;
import valence.client.Trust;
import valence.edn.Edn;
import valence.wire.Fields;

/// A node that serves, as it says in its ready file.
///
/// @param fingerprint of its certificate, as a client trusts it; empty without TLS
public record RunningNode(long pid, URI api, URI http, Optional<String> fingerprint) {
  private static final int PORT_MAX = 65_535;

  /// What stands for every address of a machine, its loopback among them.
  private static final Set<String> ANY_HOSTS = Set.of("0.0.0.0", "::");

  /// How far the start of a process, as the system tells it, may be off.
  private static final Duration CLOCK_ERROR_MAX = Duration.ofSeconds(2);

  /// The node that a ready file describes, if there is such a file and its process is alive.
  static Optional<RunningNode> in(Path readyFile) {
    try {
      Fields fields = Fields.of(readyFile.toString(), Edn.read(Files.readString(readyFile)));
      RunningNode node = new RunningNode(
          fields.number("pid", 1, Long.MAX_VALUE),
          address(fields, "api-port"),
          address(fields, "http-port"),
          Optional.of(fields.text("fingerprint", "")).filter(text -> !text.isEmpty()));
      Instant written = Files.getLastModifiedTime(readyFile).toInstant();
      return node.process(written).isPresent() ? Optional.of(node) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              readyFile + " can't be read: " + e + ".",
              "Expected the file in which a node says that it serves.",
              "Check the folder.")
          .toException(e);
    } catch (AnomalyException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              readyFile + " is damaged: " + e.anomaly().message(),
              "If no node runs, delete the file; a node writes it anew when it starts.")
          .toException(e);
    }
  }

  /// The node's process, while it lives. One that began after the file was written only has the
  /// number of the one that wrote it.
  private Optional<ProcessHandle> process(Instant written) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> process
            .info()
            .startInstant()
            .map(start -> !start.isAfter(written.plus(CLOCK_ERROR_MAX)))
            .orElse(true));
  }

  private static URI address(Fields fields, String port) {
    String host = fields.text("host");
    String near =
        ANY_HOSTS.contains(host) ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create(
        fields.text("scheme", "http") + "://" + near + ":" + fields.number(port, 1, PORT_MAX));
  }

  /// The way to it, for who has no key.
  public NodeAddress address() {
    NodeAddress plain = NodeAddress.of(api);
    return fingerprint.map(text -> plain.trusting(Trust.of(text))).orElse(plain);
  }

  /// The way to it with the key of a profile. What the node says of its certificate in its own
  /// folder is newer than what a profile may say.
  public NodeAddress address(NodeAddress profile) {
    NodeAddress keyed = profile.at(api);
    return fingerprint.map(text -> keyed.trusting(Trust.of(text))).orElse(keyed);
  }
}
