package valence.tools.cli;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import valence.api.Anomaly;
import valence.tools.solo.SoloSystem;
import valence.tools.solo.Stored;
import valence.tools.solo.Upkeep;
import valence.tools.terminal.Terminal;

/// The storage that a command works on while no node serves it.
final class StorageOption {
  @Mixin
  private SoloOption system = new SoloOption();

  @Mixin
  private StoredOption stored = new StoredOption();

  /// Does a deed, with progress for whoever watches.
  @Nullable Object run(Terminal terminal, String deed, Map<Keyword, Object> arguments) {
    Stored given = stored.stored();
    String address = given.address();
    if (address == null) {
      SoloSystem found = system.found();
      if (found.running().isPresent()) {
        throw Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "System " + found.name() + " runs, and one process at a time uses its files.",
                "Stop it first, with `" + system.command("down") + "`.")
            .toException();
      }
      address = found.store().toString();
    }
    try {
      return new Upkeep(new Stored(address, given.keyFile()))
          .run(deed, arguments, (done, total, unit) -> terminal.progress(words(done, total, unit)));
    } finally {
      terminal.endProgress();
    }
  }

  private static String words(long done, long total, String unit) {
    return total > 0
        ? String.format("%,d of %,d %s (%d %%)", done, total, unit, done * 100 / total)
        : String.format("%,d %s", done, unit);
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
