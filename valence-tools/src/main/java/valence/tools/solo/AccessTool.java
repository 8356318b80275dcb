package valence.tools.solo;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.EdnBody;

/// Changes who may do what in a system, in a process of its own: only the node's code knows the
/// files. Works whether the node runs or not.
public final class AccessTool {
  private static final String MAIN = "valence.node.access.AccessMain";

  private AccessTool() {}

  /// Does one deed, such as `create`, for a system; what it answers, which may be a secret.
  public static @Nullable Object run(
      SoloSystem system, String deed, Map<Keyword, Object> arguments) {
    Map<Keyword, Object> all = new LinkedHashMap<>(arguments);
    all.put(kw("directory"), system.accessDirectory().toString());
    try {
      Process process = new ProcessBuilder(List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              MAIN,
              deed,
              EdnBody.text(all)))
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      String said;
      try (var out = process.getInputStream()) {
        process.getOutputStream().close();
        said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (EdnBody.parse(said) instanceof Map<?, ?> map) {
        if (map.get(kw("failed")) instanceof String failed) {
          throw Anomaly.of(Anomaly.Category.INCORRECT, failed).toException();
        }
        return map.get(kw("result"));
      }
      throw Anomaly.fault("The process for access ended without an answer.").toException();
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The process for access can't be started: " + e + ".")
          .toException(e);
    }
  }
}
