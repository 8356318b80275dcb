package valence.tools.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import valence.tools.quickstart.Quickstart;
import valence.tools.terminal.Terminal;

@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = "See everything once: from a git commit to an answered request.",
    footer = {"", "Examples:", "  valence quickstart", "  valence quickstart --keep"})
final class QuickstartCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--keep", description = "Leave the system running and say how to use it.")
  private boolean keep;

  @Option(names = "--home", hidden = true, defaultValue = "${sys:valence.home:-.}")
  private Path home = Path.of(".");

  QuickstartCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    new Quickstart(terminal, home, keep).run();
    return 0;
  }
}
