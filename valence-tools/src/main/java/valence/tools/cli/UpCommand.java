package valence.tools.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.tools.solo.RunningNode;
import valence.tools.solo.Setting;
import valence.tools.solo.Settings;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Terminal;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start a solo system: one node, on this machine, in the background.",
      "What it is told here is remembered: a later plain up starts the same system."
    },
    footer = {
      "",
      "Examples:",
      "  valence up",
      "  valence up --storage jdbc:postgresql://localhost/valence --heap 2g",
      "  valence config             what a plain up would start with"
    })
final class UpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SoloOption system = new SoloOption();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = {
        "The address to listen on; default: 127.0.0.1.",
        "Beyond this machine only with TLS and access keys: see valence access."
      })
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "For commands and Lambda calls; 0 for any; default: 8182.")
  private Optional<Integer> apiPort = Optional.empty();

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "For the application's HTTP handler; default: 8184.")
  private Optional<Integer> httpPort = Optional.empty();

  @Option(
      names = "--http-access",
      paramLabel = "WHO",
      description = {
        "Whose requests the application's port takes: signed ones of principals who may call, or",
        "public, when the application finds out itself who asks; default: signed."
      })
  private Optional<String> httpAccess = Optional.empty();

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

  @Mixin
  private StoredOption storage = new StoredOption();

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "Memory of the node, such as 2g; default: a quarter of the machine's.")
  private Optional<String> heap = Optional.empty();

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Keeps copies of segments on this machine's disk.")
  private Optional<Path> cacheDirectory = Optional.empty();

  @Option(
      names = "--cache-bytes",
      paramLabel = "N",
      description = "What they may take; default: 10 GiB.")
  private Optional<Long> cacheBytes = Optional.empty();

  @Option(
      names = "--shared-cache-dir",
      paramLabel = "DIR",
      description = "Keeps copies where several nodes find them, 10 GiB at most.")
  private Optional<Path> sharedCacheDirectory = Optional.empty();

  @Option(
      names = "--log",
      paramLabel = "FORM",
      description = "Lines of the log as text or json; default: text.")
  private Optional<String> log = Optional.empty();

  @Option(
      names = "--alerts-url",
      paramLabel = "URL",
      description =
          "Where alerts are posted, signed with VALENCE_ALERTS_SECRET of the environment.")
  private Optional<String> alerts = Optional.empty();

  @Option(
      names = "--traces-url",
      paramLabel = "URL",
      description = "A collector of traces, OTLP over HTTP, such as http://127.0.0.1:4318.")
  private Optional<String> traces = Optional.empty();

  @Option(names = "--foreground", description = "Run it here until Control-C; remember nothing.")
  private boolean foreground;

  UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    SoloSystem here = system.here();
    Settings told = told(here.settings());
    Settings settings = storage.effective(told);
    if (foreground) {
      return here.run(settings.listening(), settings.stored());
    }
    long begun = System.nanoTime();
    RunningNode node = here.start(settings.listening(), settings.stored(), terminal::progress);
    terminal.endProgress();
    // Only what a node has started with: a mistake isn't made again.
    here.keep(storage.remembered(told));
    long millis = (System.nanoTime() - begun) / 1_000_000;
    terminal.line("System " + terminal.bold(here.name()) + " is up after " + millis + " ms.");
    terminal.line("  api       " + node.api());
    terminal.line("  http      " + node.http());
    terminal.line("  console   " + node.api() + "/console/");
    terminal.line("  process   " + node.pid());
    terminal.line("  folder    " + here.folder());
    terminal.line("  log       " + here.logFile());
    return 0;
  }

  private Settings told(Settings before) {
    Settings told = before;
    told = with(told, Setting.HOST, host);
    told = with(told, Setting.API_PORT, apiPort);
    told = with(told, Setting.HTTP_PORT, httpPort);
    told = with(told, Setting.HTTP_ACCESS, httpAccess);
    told = with(told, Setting.TLS_CERTIFICATE, certificate.map(Path::toAbsolutePath));
    told = with(told, Setting.TLS_KEY, key.map(Path::toAbsolutePath));
    told = with(told, Setting.HEAP, heap);
    told = with(told, Setting.CACHE_DIR, cacheDirectory.map(Path::toAbsolutePath));
    told = with(told, Setting.CACHE_BYTES, cacheBytes);
    told = with(told, Setting.LOG, log);
    told = with(told, Setting.ALERTS_URL, alerts);
    told = with(told, Setting.TRACES_URL, traces);
    return with(told, Setting.SHARED_CACHE_DIR, sharedCacheDirectory.map(Path::toAbsolutePath));
  }

  private static Settings with(Settings settings, Setting setting, Optional<?> value) {
    return value.map(given -> settings.with(setting, given.toString())).orElse(settings);
  }
}
