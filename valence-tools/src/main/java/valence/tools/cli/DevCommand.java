package valence.tools.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.tools.dev.DevSession;
import valence.tools.dev.DevSession.Wish;
import valence.tools.dev.Keys;
import valence.tools.dev.Screen;
import valence.tools.terminal.Terminal;

@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description = {
      "Run an application while you write it: each save is live in a moment.",
      "Nothing is committed or pushed. What doesn't compile or load is shown, and what ran before",
      "goes on. Casts and failures appear here. Ends with q or Control-C.",
      "The database is kept in .valence/dev; other commands reach it with --system dev."
    },
    footer = {
      "",
      "Examples:",
      "  valence dev",
      "  valence dev examples/inventory --memory --open",
      "  valence dev --debug 5005      and attach a debugger to that port",
      "  valence q --system dev --db inventory '[:find ?sku :where [_ :item/sku ?sku]]'"
    })
final class DevCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "The application's; default: this one.")
  private Path folder = Path.of("");

  @Option(names = "--memory", description = "Keep the facts only as long as it runs.")
  private boolean memory;

  @Option(
      names = "--storage",
      paramLabel = "PLACE",
      description = "Where the facts are: a directory, or jdbc:postgresql://host/database.")
  private Optional<String> storage = Optional.empty();

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "The compute group that it runs as; default: ${DEFAULT-VALUE}.",
      defaultValue = "solo")
  private String group = "solo";

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "For commands and Lambda calls; default: 8182, or any if that is taken.")
  private Optional<Integer> apiPort = Optional.empty();

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "For the HTTP handler; default: 8184, or any if that is taken.")
  private Optional<Integer> httpPort = Optional.empty();

  @Option(
      names = "--debug",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "5005",
      description = "Let a debugger attach, on this machine; default port: 5005, 0 for any.")
  private Optional<Integer> debug = Optional.empty();

  @Option(names = "--open", description = "Open the web console in a browser.")
  private boolean open;

  @Option(names = "--json", description = "Print each event as a line of JSON.")
  private boolean json;

  DevCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Screen screen = new Screen(terminal, json);
    var asked = new DevSession.Asked(
        folder.toAbsolutePath().normalize(),
        memory,
        storage.orElse(null),
        group,
        apiPort.orElse(null),
        httpPort.orElse(null),
        debug.orElse(null));
    try (DevSession session = DevSession.start(asked, screen)) {
      // Control-C ends by itself what this process began.
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("end").unstarted(session::close));
      debug.filter(port -> port > 0).ifPresent(port -> {
        if (!json) {
          terminal.line("  debugger  attach to 127.0.0.1:" + port + " (jdb -attach " + port + ")");
        }
      });
      if (open) {
        browse(session.where().console());
      }
      boolean asWished = Terminal.isTyped() && !json ? runWithKeys(session, screen) : session.run();
      if (!asWished) {
        throw session.ended();
      }
      return ExitStatus.DONE.code();
    }
  }

  private boolean runWithKeys(DevSession session, Screen screen)
      throws IOException, InterruptedException {
    screen.keys();
    Keys keys = Keys.listen(key -> pressed(key, session, session.where().console()));
    try {
      return session.run();
    } finally {
      keys.close();
    }
  }

  private void pressed(char key, DevSession session, String console) {
    switch (key) {
      case 'q' -> session.wish(Wish.QUIT);
      case 'r' -> session.wish(Wish.RELOAD);
      case 'c' -> browse(console);
      default -> {
        // Any other key is for nothing.
      }
    }
  }

  /// Shows a page in the browser of this machine's user; says where it is if there is none.
  private void browse(String address) {
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    try {
      new ProcessBuilder(List.of(mac ? "open" : "xdg-open", address))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      terminal.note("No browser was found: the console is at " + address + ".");
    }
  }
}
