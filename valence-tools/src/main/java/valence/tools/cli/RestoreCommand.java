package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.tools.terminal.Terminal;

@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Make a database of a backup, as it was at a point in time or at any t before.",
      "No database is overwritten. Interrupted, the same command goes on. The system has to be",
      "down, unless its facts are in PostgreSQL."
    },
    footer = {
      "",
      "Examples:",
      "  valence restore /var/backups/valence shop",
      "  valence restore /var/backups/valence shop --as shop-then --t 4711"
    })
final class RestoreCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private StorageOption storage = new StorageOption();

  @Mixin
  private Format format = new Format();

  @Parameters(index = "0", paramLabel = "DIR", description = "The directory with the backup.")
  private String directory = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The database in the backup.")
  private String database = "";

  @Option(names = "--as", paramLabel = "NAME", description = "Its new name; default: the same.")
  private Optional<String> as = Optional.empty();

  @Option(
      names = "--t",
      paramLabel = "T",
      description = "The last transaction that is to be there; default: the point's.")
  private Optional<Long> t = Optional.empty();

  @Option(
      names = "--point",
      paramLabel = "N",
      description = {
        "A point that valence backup DIR --list shows; default: the newest, with --t the newest",
        "that holds it."
      })
  private Optional<Long> point = Optional.empty();

  RestoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<Keyword, Object> arguments = StorageOption.arguments();
    arguments.put(kw("backup"), directory);
    arguments.put(kw("database"), database);
    as.ifPresent(name -> arguments.put(kw("as"), name));
    t.ifPresent(number -> arguments.put(kw("t"), number));
    point.ifPresent(number -> arguments.put(kw("point"), number));
    Object answer = storage.run(terminal, format, "restore", arguments);
    format.print(terminal, answer, () -> {
      if (answer instanceof Map<?, ?> map) {
        terminal.line("Restored " + map.get(kw("database")) + " as of t=" + map.get(kw("t")) + ": "
            + map.get(kw("records")) + " records, " + map.get(kw("rows")) + " rows.");
        if (map.get(kw("not-indexed")) instanceof String why) {
          terminal.line(why + " Its indexes are made from the log when it is used.");
        }
      }
    });
    return 0;
  }
}
