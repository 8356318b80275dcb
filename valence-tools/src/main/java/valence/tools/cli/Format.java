package valence.tools.cli;

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
}
