package valence.tools.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.log.TransactionPage;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.Fields;

@Command(
    name = "tx",
    mixinStandardHelpOptions = true,
    description = {
      "Show the log of a database: each transaction, when it was, by whom, by which revision and",
      "function of an application, and what it said. Without --from, the last few."
    },
    footer = {
      "",
      "Examples:",
      "  valence tx --db shop",
      "  valence tx --db shop --from 2026-01-01 --to 2026-02-01",
      "  valence tx --db shop --from 4711 --limit 1 --json",
      "  valence tx --db shop --last 0 --follow"
    })
final class LogCommand implements Callable<Integer> {
  /// The first after what every database begins with, which nobody asked to see.
  private static final long FIRST_T = 1;

  private static final long POLL_MILLIS = 500;

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Option(names = "--db", paramLabel = "NAME", required = true, description = "The database.")
  private String database = "";

  @Option(names = "--from", paramLabel = "TIME", description = "From a t, date or instant on.")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Up to a t, date or instant, without it.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Without --from: the last N; default: ${DEFAULT-VALUE}.",
      defaultValue = "10")
  private long last;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many transactions; default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private long limit;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with each that comes, until Control-C; as data, a line each.")
  private boolean follow;

  LogCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      NodeDatabase log = new NodeDatabase(node, database);
      DbValue newest = log.newest();
      long t = newest.t() == null ? 0 : newest.t();
      Object start =
          from.map(Argument::timePoint).orElseGet(() -> (Object) Math.max(FIRST_T, t - last + 1));
      Object end = to.map(Argument::timePoint).orElse(null);
      TransactionPage page = new TransactionPage(terminal, log);
      List<?> entries =
          start instanceof Long first && first > t ? List.of() : log.log(start, end, limit);
      if (!follow) {
        format.print(terminal, entries, () -> entries.forEach(page::print));
        return 0;
      }
      entries.forEach(entry -> show(page, entry));
      follow(log, page, Math.max(t, lastOf(entries)) + 1);
      return 0;
    }
  }

  private void show(TransactionPage page, Object entry) {
    format.print(terminal, entry, () -> page.print(entry));
  }

  /// Until the process ends, or this thread is interrupted.
  private void follow(NodeDatabase log, TransactionPage page, long from) {
    long next = from;
    while (pause()) {
      DbValue newest = log.newest();
      if (newest.t() != null && newest.t() >= next) {
        List<?> entries = log.log(next, null, limit);
        entries.forEach(entry -> show(page, entry));
        next = Math.max(next, lastOf(entries) + 1);
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(POLL_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Following the log was interrupted.")
          .toException(e);
    }
  }

  private static long lastOf(List<?> entries) {
    return entries.isEmpty()
        ? 0
        : Fields.of("A log entry", entries.getLast()).number("t", 0, Long.MAX_VALUE);
  }
}
