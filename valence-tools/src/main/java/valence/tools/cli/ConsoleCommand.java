package valence.tools.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.client.NodeClient;
import valence.tools.console.Evaluator;
import valence.tools.console.LineEditor;
import valence.tools.console.Script;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Terminal;

@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = {
      "Ask a system interactively: queries, pulls, facts, the log, at any time.",
      "Tab completes names of the database, Control-C stops a query, Control-D ends; :help tells",
      "the rest. Without a terminal, entries are read from standard input."
    },
    footer = {
      "",
      "Examples:",
      "  valence console --db shop",
      "  echo '[:find (count ?i) . :where [?i :item/sku]]' | valence console --db shop"
    })
final class ConsoleCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Option(names = "--db", paramLabel = "NAME", description = "The database to look at first.")
  private Optional<String> database = Optional.empty();

  ConsoleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      database.ifPresent(name -> new NodeDatabase(node, name).newest()); // is it there?
      Evaluator evaluator = new Evaluator(terminal, node, database.orElse(""), Argument::timePoint);
      if (Terminal.isTyped()) {
        LineEditor.run(evaluator, terminal, system.history());
        return ExitStatus.DONE.code();
      }
      return Script.run(evaluator, terminal, System.in) == 0
          ? ExitStatus.DONE.code()
          : ExitStatus.FAILED.code();
    }
  }
}
