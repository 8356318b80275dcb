package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.Explanation;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Run a Datalog query, and show how it was run: a line for each clause,",
      "with the rows it left, expected and read, its time, its memory and how it was done."
    },
    footer = {
      "",
      "Example:",
      "  valence explain --db inventory '[:find ?sku :where [?item :item/sku ?sku]]'"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

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

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Give up after; default: ${DEFAULT-VALUE}.",
      defaultValue = "60")
  private long timeoutSeconds;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<@Nullable Object> args = new ArrayList<>();
    args.add(database.value());
    inputs.forEach(input -> args.add(Argument.edn(input)));
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("query"), Argument.edn(query));
    request.put(kw("args"), args);
    request.put(kw("timeout"), Duration.ofSeconds(timeoutSeconds).toMillis());
    request.put(kw("plan"), true);
    try (NodeClient node = system.connect()) {
      Explanation explanation = Explanation.of(node.call("q", request));
      format.print(
          terminal,
          explanation.data(),
          () -> explanation.toString().lines().forEach(terminal::line));
      return 0;
    }
  }
}
