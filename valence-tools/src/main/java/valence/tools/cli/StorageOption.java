package valence.tools.cli;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.solo.Upkeep;
import valence.tools.terminal.Terminal;

/// The storage that a command works on.
final class StorageOption {
  @Mixin
  private SoloOption system = new SoloOption();

  @Mixin
  private StoredOption stored = new StoredOption();

  /// Whether a node serves what is meant.
  boolean isServed() {
    return !stored.isNamed() && system.found().running().isPresent();
  }

  /// The node that serves it.
  NodeClient connect() {
    return NodeClient.connect(system.address(Optional.empty()));
  }

  /// Does a deed that changes the storage, so that the system has to be down.
  @Nullable
  Object run(Terminal terminal, Format format, String deed, Map<Keyword, Object> arguments) {
    if (isServed()) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "System " + system.found().name() + " runs, and one process at a time writes its"
                  + " files.",
              "Stop it first, with `" + system.command("down") + "`.")
          .toException();
    }
    return read(terminal, format, deed, arguments);
  }

  /// Does a deed that only reads the storage, also while a node or a program uses it.
  @Nullable
  Object read(Terminal terminal, Format format, String deed, Map<Keyword, Object> arguments) {
    try {
      return new Upkeep(stored.stored(system.found()))
          .run(
              deed, arguments, (done, total, unit) -> format.progress(terminal, done, total, unit));
    } finally {
      terminal.endProgress();
    }
  }

  /// The maps of an answer.
  static List<? extends Map<?, ?>> maps(@Nullable Object answer) {
    return answer instanceof List<?> all
        ? all.stream()
            .filter(Map.class::isInstance)
            .<Map<?, ?>>map(each -> (Map<?, ?>) each)
            .toList()
        : List.of();
  }

  static Map<Keyword, Object> arguments() {
    return new LinkedHashMap<>();
  }
}
