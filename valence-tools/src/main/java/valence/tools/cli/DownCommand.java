package valence.tools.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import valence.tools.solo.RunningNode;
import valence.tools.terminal.Terminal;

@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stop a solo system, once the calls under way are answered.",
    footer = {"", "Example:", "  valence down"})
final class DownCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SoloOption system = new SoloOption();

  DownCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    RunningNode node = system.running();
    terminal.progress("waiting for the node to end");
    system.found().stop(node, system.address(Optional.empty()));
    terminal.endProgress();
    terminal.line("System " + system.found().name() + " is down.");
    return 0;
  }
}
