package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import valence.api.Datom;
import valence.client.NodeClient;
import valence.tools.terminal.Json;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;
import valence.wire.Fields;

@Command(
    name = "tx",
    mixinStandardHelpOptions = true,
    description = "Print transactions: when, by whom, by which code, and what they said.")
final class LogCommand implements Callable<Integer> {
  private static final String IDENTS = "[:find ?entity ?ident :where [?entity :db/ident ?ident]]";

  /// The first after what every database begins with, which nobody asked to see.
  private static final long FIRST_T = 1;

  private static final Keyword TX_INSTANT = kw("db/txInstant");

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

  LogCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      Object newest = node.call("db", Map.of(kw("db-name"), database));
      Map<Keyword, Object> request = new HashMap<>();
      request.put(kw("db-name"), database);
      request.put(kw("limit"), limit);
      request.put(kw("start"), from.map(Argument::timePoint).orElseGet(() -> start(newest)));
      to.ifPresent(time -> request.put(kw("end"), Argument.timePoint(time)));
      Object entries = node.call("tx-range", request);
      format.print(terminal, entries, () -> print(node, newest, entries));
      return 0;
    }
  }

  private Object start(@Nullable Object newest) {
    return newest instanceof DbValue db && db.t() instanceof Long t
        ? Math.max(FIRST_T, t - last + 1)
        : FIRST_T;
  }

  private void print(NodeClient node, @Nullable Object newest, @Nullable Object entries) {
    Map<Long, String> idents = idents(node, newest);
    if (entries instanceof Iterable<?> all) {
      for (Object entry : all) {
        Fields fields = Fields.of("A log entry", entry);
        List<Datom> datoms = new ArrayList<>();
        fields.list("data", List.of()).forEach(datom -> datoms.add((Datom) datom));
        print(fields.number("t", 0, Long.MAX_VALUE), datoms, idents);
      }
    }
  }

  /// One transaction: what it says of itself in the first line, everything else below.
  private void print(long t, List<Datom> datoms, Map<Long, String> idents) {
    StringBuilder head = new StringBuilder(terminal.bold("t " + t));
    Table table = new Table(List.of("", "entity", "attribute", "value"));
    int rows = 0;
    for (Datom datom : datoms) {
      String attribute = idents.getOrDefault(datom.a(), String.valueOf(datom.a()));
      if (datom.e() == datom.tx() && attribute.equals(TX_INSTANT.toString())) {
        head.append("  ").append(Json.print(datom.v()).replace("\"", ""));
      } else if (datom.e() == datom.tx()) {
        head.append("  ").append(attribute).append(' ').append(Table.cell(datom.v()));
      } else {
        String entity = idents.getOrDefault(datom.e(), String.valueOf(datom.e()));
        table.row(List.of(datom.added() ? "+" : "-", entity, attribute, value(datom, idents)));
        rows++;
      }
    }
    terminal.line(head.toString());
    if (rows > 0) {
      table.print(terminal);
    }
  }

  private static Object value(Datom datom, Map<Long, String> idents) {
    return datom.v() instanceof Long id && idents.containsKey(id) ? idents.get(id) : datom.v();
  }

  private static Map<Long, String> idents(NodeClient node, @Nullable Object db) {
    Map<Long, String> idents = new HashMap<>();
    Map<Keyword, Object> request = new HashMap<>();
    request.put(kw("query"), IDENTS);
    request.put(kw("args"), java.util.Collections.singletonList(db));
    if (node.call("q", request) instanceof Iterable<?> rows) {
      for (Object row : rows) {
        if (row instanceof List<?> cells && cells.getFirst() instanceof Long id) {
          idents.put(id, String.valueOf(cells.get(1)));
        }
      }
    }
    return idents;
  }
}
