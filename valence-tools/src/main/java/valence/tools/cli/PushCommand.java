package valence.tools.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.push.Push;
import valence.tools.push.Pushed;
import valence.tools.terminal.Terminal;

@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = "Build an application's commit and take to the system what it lacks of it.",
    footer = {
      "",
      "Examples:",
      "  valence push",
      "  valence push ~/src/inventory --uname trial",
      "  valence push --licences"
    })
final class PushCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "The application's; default: this one.",
      defaultValue = ".")
  private Path folder = Path.of(".");

  @Option(
      names = "--uname",
      paramLabel = "NAME",
      description = "Push the folder as it is, as unreproducible/NAME.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--licences",
      description = "List the libraries with their versions and licences.")
  private boolean licences;

  @Option(names = "--strict", description = "Refuse what is else a warning, such as a secret.")
  private boolean strict;

  PushCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Push push = new Push(node, terminal::progress, strict, licences);
      Pushed pushed =
          name.map(given -> push.folder(folder, given)).orElseGet(() -> push.commit(folder));
      terminal.endProgress();
      format.print(terminal, pushed.toMap(command(pushed)), () -> print(pushed));
      return 0;
    }
  }

  private void print(Pushed pushed) {
    terminal.line("Revision  " + terminal.bold(pushed.rev()) + " of " + pushed.appName());
    pushed.lines().forEach(line -> terminal.line("  " + line));
    if (licences && !pushed.libraryLines().isEmpty()) {
      terminal.line("Libraries");
      pushed.libraryLines().forEach(line -> terminal.line("  " + line));
    }
    pushed.warnings().forEach(each -> terminal.line(terminal.alarm("Warning: ") + each + "."));
    terminal.line("Deploy it with");
    terminal.line("  " + command(pushed));
  }

  private String command(Pushed pushed) {
    return system.command(pushed.deployWords());
  }
}
