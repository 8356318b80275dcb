package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.client.NodeClient;
import valence.tools.blame.Blame;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.DbValue;

@Command(
    name = "blame",
    mixinStandardHelpOptions = true,
    description = {
      "Say of each fact of an entity when it was said, by which function of which revision, and",
      "who had asked. In the repository of a revision, with what its commit is about."
    },
    footer = {
      "",
      "Examples:",
      "  valence blame --db inventory '[:item/sku \"tea-01\"]'",
      "  valence blame --db inventory 17592186045418 --history --json"
    })
final class BlameCommand implements Callable<Integer> {
  private static final int REVISION_CHARACTERS = 10;

  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Mixin
  private DatabaseOption database = new DatabaseOption();

  @Parameters(
      paramLabel = "ENTITY",
      description = "An entity id, an ident, or a lookup ref, in EDN.")
  private String entity = "";

  @Option(names = "--offset", paramLabel = "N", description = "Leave out the first N facts.")
  private long offset;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many facts; default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private long limit;

  BlameCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (NodeClient node = system.connect()) {
      DbValue db = database.value();
      var blame = new Blame(new NodeDatabase(node, db.dbName()), db, Path.of("").toAbsolutePath());
      List<Map<Keyword, Object>> facts =
          blame.facts(blame.entity(Argument.edn(entity)), offset, limit);
      format.print(terminal, facts, () -> table(facts, db.history()));
      return 0;
    }
  }

  private void table(List<Map<Keyword, Object>> facts, boolean history) {
    List<String> headings = new ArrayList<>();
    if (history) {
      headings.add("");
    }
    headings.addAll(List.of("attribute", "value", "at", "by", "function", "revision", "about"));
    Table table = new Table(headings);
    for (Map<Keyword, Object> fact : facts) {
      List<Object> row = new ArrayList<>();
      if (history) {
        row.add(Boolean.TRUE.equals(fact.get(kw("added"))) ? "+" : "-");
      }
      row.add(String.valueOf(fact.get(kw("attribute"))));
      row.add(fact.getOrDefault(kw("value"), ""));
      row.add(fact.get(kw("at")) instanceof Date date ? date.toInstant().toString() : "");
      row.add(fact.getOrDefault(kw("principal"), ""));
      row.add(function(fact.get(kw("function"))));
      row.add(shortened(fact.get(kw("revision"))));
      row.add(fact.getOrDefault(kw("subject"), ""));
      table.row(row);
    }
    table.print(terminal);
    if (facts.size() == limit) {
      terminal.note("There may be more: --offset " + (offset + limit) + ".");
    }
  }

  private static String function(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case null -> "";
      case List<?> several ->
        String.join(", ", several.stream().map(String::valueOf).toList());
      default -> value.toString();
    };
  }

  private static String shortened(@org.jspecify.annotations.Nullable Object revision) {
    String text = revision == null ? "" : revision.toString();
    return text.matches("[0-9a-f]{40,}") ? text.substring(0, REVISION_CHARACTERS) : text;
  }
}
