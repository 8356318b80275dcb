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
import picocli.CommandLine.Spec;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Read whole databases and check that they are sound: each record of the log, each segment,",
      "and that the indexes say what the log says. Ends with 1 when something is wrong.",
      "Whoever uses them meanwhile isn't held up."
    },
    footer = {"", "Examples:", "  valence verify", "  valence verify --backup /var/backups/valence"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int DAMAGED = 1;

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private StorageOption storage = new StorageOption();

  @Mixin
  private Format format = new Format();

  @Option(names = "--database", paramLabel = "NAME", description = "This one; default: all.")
  private Optional<String> database = Optional.empty();

  @Option(
      names = "--rebuild",
      description = "First make the indexes anew from the log; the system has to be down.")
  private boolean rebuild;

  @Option(
      names = "--backup",
      paramLabel = "DIR",
      description = "Check what is in a backup instead: each of its points.")
  private Optional<String> backup = Optional.empty();

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<Keyword, Object> arguments = StorageOption.arguments();
    database.ifPresent(name -> arguments.put(kw("database"), name));
    backup.ifPresent(directory -> arguments.put(kw("backup"), directory));
    if (rebuild && backup.isPresent()) {
      throw new ParameterException(spec.commandLine(), "A backup's indexes aren't made anew.");
    }
    if (rebuild) {
      storage.run(terminal, format, "rebuild", arguments);
    }
    Object answer =
        storage.read(terminal, format, backup.isPresent() ? "verify-backup" : "verify", arguments);
    format.print(terminal, answer, () -> print(answer));
    return StorageOption.maps(answer).stream()
            .allMatch(each -> Boolean.TRUE.equals(each.get(kw("whole"))))
        ? 0
        : DAMAGED;
  }

  private void print(@Nullable Object answer) {
    Table table = new Table(List.of("database", "state", "t", "records", "rows", "indexed t"));
    for (Map<?, ?> each : StorageOption.maps(answer)) {
      List<@Nullable Object> values =
          BackupCommand.values(each, "database", "whole", "t", "records", "rows", "indexed-t");
      values.set(1, Boolean.TRUE.equals(values.get(1)) ? "whole" : "damaged");
      table.row(values);
    }
    table.print(terminal);
    for (Map<?, ?> each : StorageOption.maps(answer)) {
      for (Map<?, ?> finding : StorageOption.maps(each.get(kw("findings")))) {
        terminal.line("");
        terminal.line(terminal.red(each.get(kw("database")) + ": ") + finding.get(kw("what")));
        terminal.line("  " + finding.get(kw("advice")));
      }
    }
  }
}
