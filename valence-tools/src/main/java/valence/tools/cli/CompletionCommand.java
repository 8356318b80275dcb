package valence.tools.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import valence.tools.terminal.Terminal;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Print what makes a shell complete the commands and options of valence.",
    footer = {
      "",
      "Examples:",
      "  source <(valence completion bash)",
      "  valence completion zsh > ~/.zfunc/_valence",
      "  valence completion fish > ~/.config/fish/completions/valence.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;

  /// Shells that are known.
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<ShellWords> commands = ShellWords.all(terminal);
    String script = switch (shell) {
      case BASH -> ShellScripts.bash(commands);
      case ZSH -> ShellScripts.zsh(commands);
      case FISH -> ShellScripts.fish(commands);
    };
    terminal.line(script.stripTrailing());
    return 0;
  }
}
