package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import valence.tools.terminal.Json;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

/// How a command prints what was asked for.
final class Format {
  @ArgGroup(exclusive = true)
  private Chosen chosen = new Chosen();

  static final class Chosen {
    @Option(names = "--edn", description = "Print EDN.")
    private boolean edn;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;
  }

  /// Prints a value for programs if so asked, or else runs what prints it for people.
  void print(Terminal terminal, @Nullable Object value, Runnable forPeople) {
    if (chosen.edn) {
      terminal.line(EdnBody.text(value));
    } else if (chosen.json) {
      terminal.line(Json.print(value));
    } else {
      forPeople.run();
    }
  }

  /// Whether the answer is for programs.
  boolean isForPrograms() {
    return chosen.edn || chosen.json;
  }

  /// Says how far a long job has come: a line that changes for people, with `--json` or `--edn` a
  /// line of its own on standard error.
  ///
  /// @param total 0 when it isn't known
  void progress(Terminal terminal, long done, long total, String unit) {
    if (chosen.edn || chosen.json) {
      Map<Object, Object> said = new LinkedHashMap<>();
      said.put(kw("progress"), done);
      said.put(kw("total"), total);
      said.put(kw("unit"), unit);
      terminal.err().println(chosen.edn ? EdnBody.text(said) : Json.print(said));
    } else {
      terminal.progress(
          total > 0
              ? String.format("%,d of %,d %s (%d %%)", done, total, unit, done * 100 / total)
              : String.format("%,d %s", done, unit));
    }
  }
}
