package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;

@Command(
    name = "db",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "List, create and delete databases, and see how they stand.")
final class DatabasesCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  DatabasesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Expected list, create, delete, status or reindex.");
  }

  @Command(mixinStandardHelpOptions = true, description = "Print the names of all databases.")
  int list(@Mixin SystemOption system, @Mixin Format format) {
    try (NodeClient node = system.connect()) {
      Object names = node.call("list-databases", Map.of());
      format.print(terminal, names, () -> {
        if (names instanceof Iterable<?> all) {
          all.forEach(name -> terminal.line(String.valueOf(name)));
        }
      });
      return 0;
    }
  }

  @Command(mixinStandardHelpOptions = true, description = "Make an empty database.")
  int create(@Mixin SystemOption system, @Parameters(paramLabel = "NAME") String name) {
    boolean created = change(system, "create-database", name);
    terminal.line(created ? "Created " + name + "." : "There is a database " + name + " already.");
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Remove a database and all that it holds.")
  int delete(@Mixin SystemOption system, @Parameters(paramLabel = "NAME") String name) {
    if (!change(system, "delete-database", name)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no database " + name + ".",
              "See `" + system.command("db list") + "`.")
          .toException();
    }
    terminal.line("Deleted " + name + ".");
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Say how a database, its indexing and the cache stand.")
  int status(
      @Mixin SystemOption system,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME") String name) {
    try (NodeClient node = system.connect()) {
      Object status = node.call("db-status", Map.of(kw("db-name"), name));
      format.print(terminal, status, () -> Fieldwise.print(terminal, status));
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Give up a database's indexes, damaged ones too, and make them anew from its log.",
        "A running node does it in the background: see db status."
      })
  int reindex(
      @Mixin StorageOption storage,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME") String name) {
    if (storage.isServed()) {
      try (NodeClient node = storage.connect()) {
        node.call("rebuild-index", Map.of(kw("db-name"), name));
      }
      terminal.line("The node makes the indexes of " + name + " anew.");
    } else {
      storage.run(terminal, format, "rebuild", Map.of(kw("database"), name));
      terminal.line("Made the indexes of " + name + " anew.");
    }
    return 0;
  }

  private static boolean change(SystemOption system, String operation, String name) {
    try (NodeClient node = system.connect()) {
      return Boolean.TRUE.equals(node.call(operation, Map.of(kw("db-name"), name)));
    }
  }
}
