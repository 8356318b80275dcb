package valence.tools.solo;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.EdnBody;

/// Work on a storage that no node serves, in a process of its own: the command line knows no
/// storage.
///
/// @param stored with an address
public record Upkeep(Stored stored) {
  private static final String MAIN = "valence.node.upkeep.UpkeepMain";

  /// Told how far the work has come.
  @FunctionalInterface
  public interface Watcher {
    /// @param total 0 when it isn't known
    void at(long done, long total, String unit);
  }

  /// Does one deed; what it answers.
  public @Nullable Object run(String deed, Map<Keyword, Object> arguments, Watcher watcher) {
    Map<Keyword, Object> all = new LinkedHashMap<>(arguments);
    if (stored.keyFile() != null) {
      all.put(kw("key-file"), stored.keyFile().toAbsolutePath().toString());
    }
    ProcessBuilder builder = new ProcessBuilder(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        MAIN,
        deed,
        EdnBody.text(all)));
    stored.putInto(builder.environment());
    try {
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      // For an end that no catch sees, such as Control-C.
      Thread emergency = new Thread(process::destroyForcibly);
      Runtime.getRuntime().addShutdownHook(emergency);
      try (BufferedReader said = new BufferedReader(
          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        return result(said, watcher);
      } finally {
        process.destroy();
        Runtime.getRuntime().removeShutdownHook(emergency);
      }
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The process for " + deed + " failed: " + e + ".")
          .toException(e);
    }
  }

  private static @Nullable Object result(BufferedReader said, Watcher watcher) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (EdnBody.parse(line) instanceof Map<?, ?> map) {
        if (map.get(kw("failed")) instanceof String failed) {
          throw Anomaly.of(Anomaly.Category.INCORRECT, failed).toException();
        }
        if (map.containsKey(kw("result"))) {
          return map.get(kw("result"));
        }
        if (map.get(kw("progress")) instanceof Long done
            && map.get(kw("total")) instanceof Long total) {
          watcher.at(done, total, String.valueOf(map.get(kw("unit"))));
        }
      }
    }
    throw Anomaly.of(Anomaly.Category.FAULT, "The process ended without an answer.")
        .toException();
  }
}
