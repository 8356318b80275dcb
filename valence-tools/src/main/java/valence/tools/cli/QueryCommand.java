package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import valence.client.NodeClient;
import valence.tools.terminal.ResultTable;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

@Command(
    name = "q",
    mixinStandardHelpOptions = true,
    description = "Answer a Datalog query.",
    footer = {
      "",
      "Example:",
      "  valence q --db inventory '[:find ?sku ?free",
      "                             :where [?item :item/sku ?sku] [?item :item/free ?free]]'"
    })
final class QueryCommand implements Callable<Integer> {
  /// As long as a node lets a query ask for.
  private static final long TIMEOUT_SECONDS_MAX = 600;

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private DatabaseOption database = new DatabaseOption();

  @Mixin
  private Format format = new Format();

  @Parameters(paramLabel = "QUERY", description = "EDN, @FILE, or - for standard input.")
  private String query = "";

  @Option(
      names = {"-i", "--input"},
      paramLabel = "EDN",
      description = "A further input of :in, in order. May be repeated.")
  private List<String> inputs = List.of();

  @Option(names = "--limit", paramLabel = "N", description = "At most so many rows.")
  private Optional<Long> limit = Optional.empty();

  @Option(names = "--offset", paramLabel = "N", description = "Skip so many rows.")
  private Optional<Long> offset = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Give up after; default: ${DEFAULT-VALUE}.",
      defaultValue = "60")
  private long timeoutSeconds;

  @Option(
      names = "--stats",
      description = "Tell, beside the result, what each clause did, and what looks like a mistake.")
  private boolean stats;

  @Option(
      names = "--io",
      description = "Tell, beside the result, what was read for it, and how long it took.")
  private boolean io;

  QueryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX) {
      throw new ParameterException(
          spec.commandLine(),
          "--timeout is " + timeoutSeconds + ". Expected 1 to " + TIMEOUT_SECONDS_MAX
              + " seconds.");
    }
    Object form = Argument.edn(query);
    List<@Nullable Object> args = new ArrayList<>();
    args.add(database.value());
    inputs.forEach(input -> args.add(Argument.edn(input)));
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("query"), form);
    request.put(kw("args"), args);
    request.put(kw("timeout"), Duration.ofSeconds(timeoutSeconds).toMillis());
    if (stats) {
      request.put(kw("query-stats"), true);
    }
    if (io) {
      request.put(kw("io-context"), kw("valence/command-line"));
    }
    limit.ifPresent(rows -> request.put(kw("limit"), rows));
    offset.ifPresent(rows -> request.put(kw("offset"), rows));
    try (NodeClient node = system.connect()) {
      Object answer = node.call("q", request);
      if ((stats || io) && answer instanceof Map<?, ?> map && map.containsKey(kw("ret"))) {
        Object result = map.get(kw("ret"));
        format.print(terminal, result, () -> ResultTable.print(terminal, form, result));
        if (map.get(kw("query-stats")) instanceof Map<?, ?> told) {
          tell(told);
        }
        if (map.get(kw("io-stats")) instanceof Map<?, ?> read) {
          tellReads(read);
        }
      } else {
        format.print(terminal, answer, () -> ResultTable.print(terminal, form, answer));
      }
      return 0;
    }
  }

  /// Rows into and out of every clause, then the warnings; beside the result, not in it.
  private void tell(Map<?, ?> told) {
    List<String> warnings = new ArrayList<>();
    for (Map<?, ?> warning : maps(told.get(kw("warnings")))) {
      warnings.add(String.valueOf(warning.get(kw("message"))));
    }
    for (Map<?, ?> phase : maps(told.get(kw("phases")))) {
      terminal.err().println();
      for (Map<?, ?> clause : maps(phase.get(kw("clauses")))) {
        String text = EdnBody.text(clause.get(kw("clause")));
        terminal
            .err()
            .printf(
                "%10s → %-10s %s%n", clause.get(kw("rows-in")), clause.get(kw("rows-out")), text);
        if (clause.get(kw("warnings")) instanceof Map<?, ?> ofClause) {
          if (ofClause.get(kw("cross-product")) instanceof String message) {
            warnings.add(text + ": " + message);
          }
          if (ofClause.get(kw("no-match")) instanceof List<?> messages) {
            messages.forEach(message -> warnings.add(text + ": " + message));
          }
        }
      }
    }
    warnings.forEach(warning -> terminal.err().println("warning: " + warning));
  }

  /// What was read, an index or a tier a line, with the milliseconds where they are known.
  private void tellReads(Map<?, ?> stats) {
    terminal.err().println();
    terminal.err().printf("%-10s %10s %10s%n", "read", "times", "ms");
    if (stats.get(kw("reads")) instanceof Map<?, ?> reads) {
      reads.forEach((name, count) -> {
        if (name instanceof Keyword what && !what.getName().endsWith("-ms")) {
          String millis = reads.get(kw(what.getName() + "-ms")) instanceof Number taken
              ? String.format(Locale.ROOT, "%.3f", taken.doubleValue())
              : "";
          terminal.err().printf("%-10s %10s %10s%n", what.getName(), count, millis);
        }
      });
    }
    if (stats.get(kw("api-ms")) instanceof Number taken) {
      terminal.err().printf(Locale.ROOT, "%-10s %10s %10.3f%n", "in all", "", taken.doubleValue());
    }
  }

  private static List<Map<?, ?>> maps(@Nullable Object list) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (list instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }
}
