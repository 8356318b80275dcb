package valence.tools.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.tools.solo.Listening;
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
      names = "--host",
      paramLabel = "HOST",
      description = {
        "The address to listen on; default: ${DEFAULT-VALUE}.",
        "Beyond this machine only with TLS and access keys: see valence access."
      },
      defaultValue = "127.0.0.1")
  private String host = "127.0.0.1";

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = {
        "A certificate of your own, in PEM; or PKCS #12, its password in VALENCE_TLS_PASSWORD.",
        "Default: that of valence access certificate, if it was made."
      })
  private Optional<Path> certificate = Optional.empty();

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, in PEM.")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--http-access",
      paramLabel = "WHO",
      description = {
        "Whose requests the application's port takes: signed ones of principals who may call, or",
        "public, when the application finds out itself who asks; default: ${DEFAULT-VALUE}."
      },
      defaultValue = "signed")
  private String httpAccess = "signed";

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
      return here.run(listening(), cache.with(storage.stored()));
    }
    long begun = System.nanoTime();
    RunningNode node = here.start(listening(), cache.with(storage.stored()), terminal::progress);
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

  private Listening listening() {
    List<String> protection = new ArrayList<>(List.of("--http-access", httpAccess));
    certificate.ifPresent(file ->
        protection.addAll(List.of("--tls-certificate", file.toAbsolutePath().toString())));
    key.ifPresent(
        file -> protection.addAll(List.of("--tls-key", file.toAbsolutePath().toString())));
    return new Listening(host, apiPort, httpPort, protection);
  }
}
