package valence.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Start a solo system: one node, on this machine, in the background.")
final class UpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SoloOption system = new SoloOption();

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "For commands and Lambda calls; 0 for any; default: ${DEFAULT-VALUE}.",
      defaultValue = "8182")
  private int apiPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "For the application's HTTP handler; default: ${DEFAULT-VALUE}.",
      defaultValue = "8184")
  private int httpPort;

  @Mixin
  private StoredOption storage = new StoredOption();

  @Mixin
  private CacheOption cache = new CacheOption();

  @Option(names = "--foreground", description = "Run it here until Control-C.")
  private boolean foreground;

  UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    SoloSystem here = system.here();
    if (foreground) {
      return here.run(apiPort, httpPort, cache.with(storage.stored()));
    }
    long begun = System.nanoTime();
    RunningNode node =
        here.start(apiPort, httpPort, cache.with(storage.stored()), terminal::progress);
    terminal.endProgress();
    long millis = (System.nanoTime() - begun) / 1_000_000;
    terminal.line("System " + terminal.bold(here.name()) + " is up after " + millis + " ms.");
    terminal.line("  api       " + node.api());
    terminal.line("  http      " + node.http());
    terminal.line("  process   " + node.pid());
    terminal.line("  folder    " + here.folder());
    terminal.line("  log       " + here.logFile());
    return 0;
  }
}
