package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.EdnBody;
import valence.wire.Fields;

@Command(
    name = "transact",
    mixinStandardHelpOptions = true,
    description = "Say facts, in one transaction.",
    footer = {
      "",
      "Examples:",
      "  valence transact --db inventory '[[inventory.Stock/take \"tea-01\" 3]]'",
      "  valence transact --db inventory @more-items.edn"
    })
final class TransactCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Option(names = "--db", paramLabel = "NAME", required = true, description = "The database.")
  private String database = "";

  @Parameters(
      paramLabel = "TX-DATA",
      description = "EDN of a collection of tx-data forms, @FILE, or -.")
  private String data = "";

  TransactCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db-name"), database);
    request.put(kw("tx-data"), Argument.edn(data));
    request.put(kw("request-id"), UUID.randomUUID());
    try (NodeClient node = system.connect()) {
      Object answer = node.call("transact", request);
      format.print(terminal, answer, () -> print(Fields.of("The answer to transact", answer)));
      return 0;
    }
  }

  private void print(Fields report) {
    List<Object> datoms = report.list("tx-data", List.of());
    String t = report.value("db-after") instanceof DbValue db ? String.valueOf(db.t()) : "?";
    terminal.line("t " + terminal.bold(t) + ", " + datoms.size() + " datoms");
    if (report.value("tempids") instanceof Map<?, ?> tempids) {
      tempids.forEach((tempid, id) -> terminal.line("  " + EdnBody.text(tempid) + " is " + id));
    }
  }
}
