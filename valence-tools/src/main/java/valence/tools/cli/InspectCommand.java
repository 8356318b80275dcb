package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Print the trees of a database's indexes, or one of their segments.",
      "Whoever uses the database meanwhile isn't held up."
    },
    footer = {"", "Example:", "  valence inspect --database shop"})
final class InspectCommand implements Callable<Integer> {
  private static final String[] COLUMNS = {
    "index", "rows-are", "rows", "segments", "bytes", "depth", "root"
  };

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private StorageOption storage = new StorageOption();

  @Mixin
  private Format format = new Format();

  @Parameters(
      arity = "0..1",
      paramLabel = "SEGMENT",
      description = "A segment's id, or a file that holds one.")
  private Optional<String> segment = Optional.empty();

  @Option(names = "--database", paramLabel = "NAME", description = "Whose trees to print.")
  private Optional<String> database = Optional.empty();

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (segment.isPresent() == database.isPresent()) {
      throw new ParameterException(spec.commandLine(), "Expected a segment or --database.");
    }
    Map<Keyword, Object> arguments = StorageOption.arguments();
    segment.ifPresent(named -> arguments.put(kw("segment"), named));
    database.ifPresent(name -> arguments.put(kw("database"), name));
    Object answer =
        storage.read(terminal, format, segment.isPresent() ? "segment" : "trees", arguments);
    format.print(terminal, answer, () -> print(answer));
    return 0;
  }

  private void print(@Nullable Object answer) {
    if (answer instanceof String text) {
      terminal.line(text.strip());
      return;
    }
    Table table =
        new Table(List.of("index", "rows are", "rows", "segments", "bytes", "depth", "root"));
    for (Map<?, ?> each : StorageOption.maps(answer)) {
      table.row(BackupCommand.values(each, COLUMNS));
    }
    table.print(terminal);
  }
}
