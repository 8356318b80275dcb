package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copy databases into a directory; the next time, what is new alone.",
      "Each run that finds something new makes a point in time there, to be restored. Interrupted,",
      "the same command goes on. Whoever uses the databases meanwhile isn't held up."
    },
    footer = {
      "",
      "Examples:",
      "  valence backup /var/backups/valence",
      "  valence backup /var/backups/valence --list"
    })
final class BackupCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private StorageOption storage = new StorageOption();

  @Mixin
  private Format format = new Format();

  @Parameters(paramLabel = "DIR", description = "The directory that holds the backup.")
  private String directory = "";

  @Option(names = "--database", paramLabel = "NAME", description = "This one; default: all.")
  private Optional<String> database = Optional.empty();

  @Option(names = "--list", description = "Print the points in time that are there; copy nothing.")
  private boolean list;

  @Option(
      names = "--forget",
      description = {
        "Remove the points from before an excision, which still hold what was excised; copy",
        "nothing."
      })
  private boolean forget;

  BackupCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<Keyword, Object> arguments = StorageOption.arguments();
    arguments.put(kw("backup"), directory);
    database.ifPresent(name -> arguments.put(kw("database"), name));
    String deed = list ? "points" : forget ? "forget" : "backup";
    Object answer = storage.read(terminal, format, deed, arguments);
    format.print(terminal, answer, () -> print(answer));
    return 0;
  }

  private void print(@Nullable Object answer) {
    if (answer instanceof Map<?, ?> forgotten) {
      terminal.line("Removed " + forgotten.get(kw("removed")) + " points.");
      return;
    }
    Table table = new Table(
        list
            ? List.of("database", "point", "t", "indexed t", "made", "records", "bytes")
            : List.of(
                "database",
                "point",
                "t",
                "indexed t",
                "moved records",
                "moved segments",
                "moved bytes"));
    for (Map<?, ?> each : StorageOption.maps(answer)) {
      table.row(
          list
              ? values(each, "database", "point", "t", "indexed-t", "made", "records", "bytes")
              : values(
                  each,
                  "database",
                  "point",
                  "t",
                  "indexed-t",
                  "moved-records",
                  "moved-segments",
                  "moved-bytes"));
    }
    table.print(terminal);
  }

  /// The values of a map, in an order.
  static List<@Nullable Object> values(Map<?, ?> map, String... keys) {
    List<@Nullable Object> values = new ArrayList<>();
    for (String key : keys) {
      values.add(map.get(kw(key)));
    }
    return values;
  }
}
