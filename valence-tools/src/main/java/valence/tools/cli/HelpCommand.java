package valence.tools.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.tools.terminal.Terminal;

@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    description = "Explain a command as its manual page, or show all of them.",
    footer = {"", "Examples:", "  valence help", "  valence help import", "  valence help db schema"
    })
final class HelpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "COMMAND", arity = "0..2", description = "A command, and its own.")
  private List<String> words = List.of();

  HelpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (words.isEmpty()) {
      Pages.overview(terminal);
      return 0;
    }
    String first = words.getFirst();
    CommandLine command = Catalog.of(first)
        .map(found -> Main.root(terminal, found).getSubcommands().get(first))
        .orElseThrow(() -> unknown(first, Catalog.words()));
    if (words.size() > 1) {
      CommandLine below = command.getSubcommands().get(words.get(1));
      if (below == null) {
        throw unknown(
            first + " " + words.get(1),
            command.getSubcommands().keySet().stream()
                .map(word -> first + " " + word)
                .toList());
      }
      command = below;
    }
    Pages.manual(terminal, command);
    return 0;
  }

  private ParameterException unknown(String word, List<String> known) {
    Optional<String> meant = Nearest.to(word, known);
    return new ParameterException(
        spec.commandLine(),
        "There is no command '" + word + "'."
            + meant.map(near -> " Did you mean '" + near + "'?").orElse(""));
  }
}
