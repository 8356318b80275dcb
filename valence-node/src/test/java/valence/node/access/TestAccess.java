package valence.node.access;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.wire.Fields;
import valence.wire.access.AccessKey;

/// Principals for tests, made as the command makes them.
public final class TestAccess {
  private TestAccess() {}

  /// A new principal's first key.
  public static AccessKey create(Path directory, String name, String... grants) {
    return key(run(directory, "create", Map.of("name", name, "grants", List.of(grants))));
  }

  /// A new principal's first key.
  ///
  /// @param limits such as `request-bytes`
  public static AccessKey create(
      Path directory, String name, Map<String, Long> limits, String... grants) {
    Map<Keyword, Object> form = new LinkedHashMap<>();
    limits.forEach((limit, value) -> form.put(kw(limit), value));
    return key(
        run(directory, "create", Map.of("name", name, "grants", List.of(grants), "limits", form)));
  }

  public static AccessKey rotate(Path directory, String name, long graceSeconds) {
    return key(run(directory, "rotate", Map.of("name", name, "grace-seconds", graceSeconds)));
  }

  public static void revoke(Path directory, String nameOrId) {
    run(directory, "revoke", Map.of("name", nameOrId));
  }

  /// Makes a certificate; its fingerprint.
  public static String certificate(Path directory) {
    return Fields.of("certificate", run(directory, "certificate", Map.of())).text("fingerprint");
  }

  static Object run(Path directory, String deed, Map<String, ?> arguments) {
    return run(directory, deed, arguments, Clock.systemUTC());
  }

  static Object run(Path directory, String deed, Map<String, ?> arguments, Clock clock) {
    Map<Keyword, Object> all = new LinkedHashMap<>();
    arguments.forEach((name, value) -> all.put(kw(name), value));
    all.put(kw("directory"), directory.toString());
    return new AccessMain(all, clock).run(deed);
  }

  private static AccessKey key(Object made) {
    Fields fields = Fields.of("key", made);
    return new AccessKey(fields.text("id"), fields.text("secret"));
  }
}
