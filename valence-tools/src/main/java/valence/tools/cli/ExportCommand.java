package valence.tools.cli;

import clojure.lang.Keyword;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.ProgressBar;
import valence.tools.terminal.Terminal;
import valence.tools.transfer.Export;
import valence.tools.transfer.Kind;
import valence.wire.DbValue;
import valence.wire.Fields;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Write what a database says, now or at a time, into a file.",
      "EDN holds everything, schema first, and valence import makes an equal database of it. CSV",
      "and JSON lines hold rows of entities; of references, the ident or identity they lead to."
    },
    footer = {
      "",
      "Examples:",
      "  valence export shop.edn --db shop",
      "  valence export then.edn --db shop --as-of 2026-01-31",
      "  valence export items.csv --db shop --ns item",
      "  valence export - --db shop --format jsonl --attr :item/sku --attr :item/free"
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Parameters(paramLabel = "FILE", description = "The file to write, or - for standard output.")
  private String file = "";

  @Option(names = "--db", paramLabel = "NAME", required = true, description = "The database.")
  private String database = "";

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description = "As it was then: a t, a date, or an instant.")
  private Optional<String> asOf = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; default: by the file's name, or else edn.")
  private Optional<Kind> kind = Optional.empty();

  @Option(
      names = "--ns",
      paramLabel = "NAMESPACE",
      description = "Only entities with attributes of this namespace. May be repeated.")
  private List<String> namespaces = List.of();

  @Option(
      names = "--attr",
      paramLabel = "ATTRIBUTE",
      description = "Only this attribute. May be repeated.")
  private List<String> attributes = List.of();

  @Option(names = "--ids", description = "Give rows a column db/id.")
  private boolean ids;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Kind found = kind.or(() -> Kind.of(file)).orElse(Kind.EDN);
    try (NodeClient node = system.connect()) {
      NodeDatabase source = new NodeDatabase(node, database);
      DbValue newest = source.newest();
      DbValue db = asOf.map(time -> newest.withAsOf(Argument.timePoint(time))).orElse(newest);
      Schema schema = Schema.of(source, db);
      Export.Choice choice = new Export.Choice(chosen(schema), ids);
      if (file.equals("-")) {
        Writer out = new OutputStreamWriter(terminal.out(), StandardCharsets.UTF_8);
        new Export(source, db, schema, out, _ -> {}).write(found, choice);
        out.flush();
        return 0;
      }
      Path target = Path.of(file);
      Path made = target.resolveSibling(target.getFileName() + ".part");
      long count;
      try (BufferedWriter out = Files.newBufferedWriter(made)) {
        count = new Export(source, db, schema, out, progress(node, db)).write(found, choice);
      } catch (IOException e) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                made + " can't be written: " + e + ".",
                "Name another file.")
            .toException(e);
      }
      Files.move(made, target, StandardCopyOption.REPLACE_EXISTING);
      terminal.endProgress();
      terminal.note("Exported " + count + " entities of " + database + ", t "
          + asOf.orElse(String.valueOf(newest.t())) + ", into " + file + ".");
      return 0;
    }
  }

  private java.util.function.LongConsumer progress(NodeClient node, DbValue db) {
    if (!terminal.live()) {
      return _ -> {};
    }
    long total = Fields.of(
            "The statistics",
            node.call("db-stats", java.util.Map.of(valence.api.Valence.kw("db"), db)))
        .number("datoms", 0, Long.MAX_VALUE);
    ProgressBar bar = new ProgressBar(terminal, "facts", Math.max(1, total));
    return bar::show;
  }

  private Set<Keyword> chosen(Schema schema) {
    Set<Keyword> chosen = new LinkedHashSet<>();
    for (String name : attributes) {
      Keyword ident = valence.api.Valence.kw(name.startsWith(":") ? name.substring(1) : name);
      if (schema.attribute(ident).isEmpty()) {
        throw missing("attribute " + ident);
      }
      chosen.add(ident);
    }
    for (String namespace : namespaces) {
      int before = chosen.size();
      for (AttributeForm form : schema.shown()) {
        if (form.kind().equals(namespace)) {
          chosen.add(form.ident());
        }
      }
      if (chosen.size() == before) {
        throw missing("attribute of the namespace " + namespace);
      }
    }
    return chosen;
  }

  private RuntimeException missing(String what) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "Database " + database + " has no " + what + ".",
            "See `" + system.command("db schema " + database) + "`.")
        .toException();
  }
}
