package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Fields;
import valence.wire.access.AccessKey;

/// Where a node is, by what way it is reached, and who asks there.
///
/// @param node       of its api port, such as `https://db.example.org:8182`
/// @param key        that requests are signed with; null for a node that asks for none
/// @param socksProxy on the way, such as a bastion's; null for none
public record NodeAddress(
    URI node,
    @Nullable AccessKey key,
    Trust trust,
    @Nullable InetSocketAddress socksProxy) {
  private static final int PORT_MAX = 65_535;

  public NodeAddress {
    String scheme = node.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || node.getHost() == null) {
      throw Anomaly.incorrect(
              "db.error/invalid-address",
              node + " isn't the address of a node.",
              "Expected one such as http://127.0.0.1:8182.")
          .toException();
    }
  }

  /// A node that asks for no key.
  public static NodeAddress of(URI node) {
    return new NodeAddress(node, null, new Trust.Authorities(), null);
  }

  /// The node of a client's map:
  ///
  ///     {:endpoint "https://db.example.org:8182"
  ///      :access-key {:id "VK…" :secret "…"}    ; or :profile "FILE", which has all of this
  ///      :trust "certificate.pem"               ; or "sha256:…"; default: the JDK's authorities
  ///      :socks-proxy "127.0.0.1:1080"}
  ///
  /// What the map says goes before what its profile says. Without a key and a profile, the profile
  /// is that of `VALENCE_PROFILE` in the environment, if there is one.
  public static NodeAddress of(Map<?, ?> map) {
    Fields given = Fields.of("The client's map", map);
    Map<Keyword, Object> all = new LinkedHashMap<>();
    String environment = System.getenv(Profile.VARIABLE);
    if (given.contains("profile")) {
      all.putAll(Profile.read(Path.of(given.text("profile"))));
    } else if (environment != null && !given.contains("access-key")) {
      all.putAll(Profile.read(Path.of(environment)));
    }
    for (String key : Profile.KEYS) {
      Object value = given.value(key);
      if (value != null) {
        all.put(kw(key), value);
      }
    }
    Fields fields = Fields.of("The client's map", all);
    URI node;
    try {
      node = URI.create(fields.text("endpoint"));
    } catch (IllegalArgumentException e) {
      throw fields.wrong("endpoint", "an address such as https://db.example.org:8182");
    }
    return new NodeAddress(
        node,
        fields.contains("access-key") ? AccessKey.of(fields.map("access-key")) : null,
        fields.contains("trust") ? Trust.of(fields.text("trust")) : new Trust.Authorities(),
        fields.contains("socks-proxy") ? proxy(fields) : null);
  }

  /// Another node, reached and asked in the same way.
  public NodeAddress at(URI other) {
    return new NodeAddress(other, key, trust, socksProxy);
  }

  public NodeAddress trusting(Trust other) {
    return new NodeAddress(node, key, other, socksProxy);
  }

  private static InetSocketAddress proxy(Fields fields) {
    String text = fields.text("socks-proxy");
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port > 0 && port <= PORT_MAX) {
        return InetSocketAddress.createUnresolved(text.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      throw notAProxy(fields);
    }
    throw notAProxy(fields);
  }

  private static AnomalyException notAProxy(Fields fields) {
    return fields.wrong("socks-proxy", "a host and a port, such as 127.0.0.1:1080");
  }
}
