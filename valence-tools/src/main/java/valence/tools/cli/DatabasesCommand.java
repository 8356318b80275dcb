package valence.tools.cli;

import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.Fields;

@Command(
    name = "db",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "List, create and delete databases, and see how they stand.",
    footer = {
      "",
      "Examples:",
      "  valence db create shop",
      "  valence db schema shop --picture svg --out schema.svg"
    })
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
        spec.commandLine(), "Expected list, create, delete, stats, schema, status or reindex.");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Print the names of all databases.",
      footer = {"", "Example:", "  valence db list --json"})
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

  @Command(
      mixinStandardHelpOptions = true,
      description = "Make an empty database.",
      footer = {"", "Example:", "  valence db create shop"})
  int create(
      @Mixin SystemOption system,
      @Parameters(paramLabel = "NAME", description = "The database.") String name) {
    boolean created = change(system, "create-database", name);
    terminal.line(created ? "Created " + name + "." : "There is a database " + name + " already.");
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Remove a database and all that it holds.",
      footer = {"", "Example:", "  valence db delete shop"})
  int delete(
      @Mixin SystemOption system,
      @Parameters(paramLabel = "NAME", description = "The database.") String name) {
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
      description = "Say how a database, its indexing and the cache stand.",
      footer = {"", "Example:", "  valence db status shop"})
  int status(
      @Mixin SystemOption system,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME", description = "The database.") String name) {
    try (NodeClient node = system.connect()) {
      Object status = node.call("db-status", Map.of(kw("db-name"), name));
      format.print(terminal, status, () -> Fieldwise.print(terminal, status));
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Count the facts of a database, in all and of each attribute, and the different values and",
        "entities of those that are true now."
      },
      footer = {"", "Example:", "  valence db stats inventory"})
  int stats(
      @Mixin SystemOption system,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME", description = "The database.") String name) {
    try (NodeClient node = system.connect()) {
      DbValue db = new NodeDatabase(node, name).newest();
      Object stats = node.call("db-stats", Map.of(kw("db"), db));
      format.print(terminal, stats, () -> {
        Fields fields = Fields.of("The statistics", stats);
        Table table = new Table(List.of("attribute", "facts", "values", "entities"));
        fields.map("attrs").entrySet().stream()
            .filter(entry -> !SchemaPage.isOfEveryDatabase(entry.getKey()))
            .sorted(Comparator.comparing(entry -> String.valueOf(entry.getKey())))
            .forEach(entry -> table.row(List.of(
                String.valueOf(entry.getKey()),
                count(entry.getValue(), "count"),
                count(entry.getValue(), "distinct-values"),
                count(entry.getValue(), "distinct-entities"))));
        table.print(terminal);
        terminal.line(terminal.dim(
            fields.number("datoms", 0, Long.MAX_VALUE) + " facts in all, t " + db.t()));
      });
      return 0;
    }
  }

  private static long count(@Nullable Object counts, String key) {
    return counts instanceof Map<?, ?> map && map.get(kw(key)) instanceof Long count ? count : 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Show the attributes of a database: as a table, as data, or as a picture.",
        "A picture draws a box for each namespace, and an arrow where the values of a reference",
        "have attributes of another, as the data shows."
      },
      footer = {
        "",
        "Examples:",
        "  valence db schema inventory",
        "  valence db schema inventory --picture svg --out schema.svg",
        "  valence db schema inventory --picture mermaid",
        "  valence db schema inventory --edn"
      })
  int schema(
      @Mixin SystemOption system,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME", description = "The database.") String name,
      @Option(
              names = "--picture",
              paramLabel = "KIND",
              description = "Draw it: ${COMPLETION-CANDIDATES}.")
          Optional<SchemaPage.Picture> picture,
      @Option(names = "--out", paramLabel = "FILE", description = "Write it into a file.")
          Optional<Path> file,
      @Option(
              names = "--as-of",
              paramLabel = "TIME",
              description = "As it was then: a t, a date, or an instant.")
          Optional<String> asOf) {
    try (NodeClient node = system.connect()) {
      NodeDatabase database = new NodeDatabase(node, name);
      DbValue db = asOf.map(time -> database.newest().withAsOf(Argument.timePoint(time)))
          .orElseGet(database::newest);
      new SchemaPage(database, db, Schema.of(database, db)).print(terminal, format, picture, file);
      return 0;
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Give up a database's indexes, damaged ones too, and make them anew from its log.",
        "A running node does it in the background: see db status."
      },
      footer = {"", "Example:", "  valence db reindex shop"})
  int reindex(
      @Mixin StorageOption storage,
      @Mixin Format format,
      @Parameters(paramLabel = "NAME", description = "The database.") String name) {
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
