package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.tools.terminal.ProgressBar;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.tools.transfer.Import;
import valence.tools.transfer.Job;
import valence.tools.transfer.Kind;
import valence.tools.transfer.Survey;
import valence.wire.EdnBody;

@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Read a file of facts into a database: CSV, JSON lines, or EDN tx-data.",
      "Columns become attributes of a namespace; types and cardinality are found in the file, or",
      "taken from the database where it has the attributes. Killed or cut off, the same command",
      "goes on where it was; what is in is never imported twice."
    },
    footer = {
      "",
      "Examples:",
      "  valence import items.csv --db shop --dry-run",
      "  valence import items.csv --db shop --key sku",
      "  valence import orders.jsonl --db shop --ns order --key number --skip-bad 10",
      "  valence import shop.edn --db copy          what valence export has written",
      "",
      "A cell such as [:item/sku \"tea-01\"] refers to an entity, one such as [\"a\" \"b\"] holds",
      "several values, and an empty one none."
    })
final class ImportCommand implements Callable<Integer> {
  private static final int BATCH_MAX = 10_000;
  private static final int PARALLEL_MAX = 16;
  private static final int FIRST_SHOWN = 3;

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private SystemOption system = new SystemOption();

  @Mixin
  private Format format = new Format();

  @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
  private String file = "";

  @Option(names = "--db", paramLabel = "NAME", required = true, description = "The database.")
  private String database = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; default: by the file's name.")
  private Optional<Kind> kind = Optional.empty();

  @Option(
      names = "--ns",
      paramLabel = "NAMESPACE",
      description = "Of attributes whose columns have none; default: the file's name.")
  private Optional<String> namespace = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description = "Says which entity a row is about: made :db.unique/identity if it is new.")
  private Optional<String> key = Optional.empty();

  @Option(
      names = "--delimiter",
      paramLabel = "CHARACTER",
      description = "Between the cells of CSV; default: a comma, in .tsv a tab.")
  private Optional<String> delimiter = Optional.empty();

  @Option(
      names = "--dry-run",
      description = "Show the schema that was found and the first rows; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--skip-bad",
      paramLabel = "N",
      description = "Leave out up to N items that can't be read or are refused.",
      defaultValue = "0")
  private long skipBad;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Items of a transaction; default: ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private int batch;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Transactions under way at once; default: ${DEFAULT-VALUE}.",
      defaultValue = "4")
  private int parallel;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    bound("--batch", batch, BATCH_MAX);
    bound("--parallel", parallel, PARALLEL_MAX);
    Path path = file.equals("-") ? spooled() : Path.of(file);
    try (NodeClient node = system.connect()) {
      NodeDatabase target = new NodeDatabase(node, database);
      Schema schema = Schema.of(target, target.newest());
      Job job = job(path);
      terminal.progress("reading " + file);
      Survey survey = Survey.of(
          job, schema, bytes -> terminal.progress(String.format("reading, %,d bytes", bytes)));
      terminal.endProgress();
      if (dryRun) {
        show(survey);
        return 0;
      }
      if (survey.badCount() > skipBad) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                file + " has " + survey.badCount()
                    + (survey.badCount() == 1 ? " bad line, " : " bad lines: ")
                    + String.join("; ", survey.bad()) + ".",
                "Nothing was imported. Mend them, or leave them out with --skip-bad "
                    + survey.badCount() + ".")
            .toException();
      }
      survey.bad().forEach(bad -> terminal.note("skipped " + bad));
      long begun = System.nanoTime();
      Job.Outcome outcome = imported(target, job, schema, survey);
      outcome.refused().forEach(bad -> terminal.note("skipped " + bad));
      print(outcome, survey.badCount(), (System.nanoTime() - begun) / 1e9);
      return 0;
    } finally {
      terminal.endProgress();
      if (file.equals("-")) {
        delete(path);
      }
    }
  }

  private void bound(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " is " + value + ". Expected 1 to " + max + ".");
    }
  }

  private Job.Outcome imported(NodeDatabase target, Job job, Schema schema, Survey survey) {
    ProgressBar bar = new ProgressBar(terminal, "items", Math.max(1, survey.itemCount()));
    Object lock = new Object();
    long[] shown = new long[1];
    return new Import(target, job, schema, survey, (items, _) -> {
          synchronized (lock) {
            if (items > shown[0]) {
              shown[0] = items;
              if (format.isForPrograms()) {
                format.progress(terminal, items, survey.itemCount(), "items");
              } else {
                bar.show(items);
              }
            }
          }
        })
        .run();
  }

  private Job job(Path path) {
    Kind found = kind.or(() -> Kind.of(file))
        .orElseThrow(() -> new ParameterException(
            spec.commandLine(),
            "What " + file + " holds can't be told by its name. Say it with --format."));
    String name = file.equals("-") ? "row" : String.valueOf(path.getFileName());
    int dot = name.indexOf('.');
    String stem = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9_-]+", "-");
    String between = delimiter
        .map(text -> text.equals("\\t") ? "\t" : text)
        .orElse(name.endsWith(".tsv") ? "\t" : ",");
    if (between.length() != 1) {
      throw new ParameterException(
          spec.commandLine(), "--delimiter is '" + between + "'. Expected one character, or \\t.");
    }
    return new Job(
        path, found, namespace.orElse(stem), key, between.charAt(0), batch, parallel, skipBad);
  }

  private void show(Survey survey) {
    Map<Keyword, Object> all = new LinkedHashMap<>();
    all.put(kw("items"), survey.itemCount());
    all.put(kw("bad"), survey.badCount());
    all.put(kw("bad-lines"), survey.bad());
    all.put(kw("columns"), survey.inferred());
    all.put(kw("schema"), survey.missingSchema());
    all.put(kw("rows"), survey.firstRows());
    format.print(terminal, all, () -> {
      if (!survey.inferred().isEmpty()) {
        Table table = new Table(
            List.of("column", "attribute", "type", "values", "rows", "", "could be the key"));
        for (Map<Keyword, Object> row : survey.inferred()) {
          boolean fresh = Boolean.TRUE.equals(row.get(kw("new?")));
          boolean chosen = Boolean.TRUE.equals(row.get(kw("key?")));
          table.row(List.of(
              String.valueOf(row.get(kw("column"))),
              String.valueOf(row.get(kw("attribute"))),
              name(row.get(kw("type"))),
              name(row.get(kw("cardinality"))),
              row.getOrDefault(kw("count"), 0L),
              fresh ? "new" : "known",
              chosen ? "chosen" : Boolean.TRUE.equals(row.get(kw("distinct?"))) ? "yes" : ""));
        }
        table.print(terminal);
        terminal.line("");
      }
      survey.firstRows().stream()
          .limit(FIRST_SHOWN)
          .forEach(row -> terminal.line(EdnBody.text(row)));
      terminal.line(terminal.dim(
          survey.itemCount() + " items, " + survey.badCount() + " bad; nothing was changed"));
      survey.bad().forEach(bad -> terminal.line("  " + terminal.red(bad)));
    });
  }

  private static String name(@org.jspecify.annotations.Nullable Object keyword) {
    return keyword instanceof Keyword word ? word.getName() : "";
  }

  private void print(Job.Outcome outcome, long bad, double seconds) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("items"), outcome.items());
    map.put(kw("before"), outcome.before());
    long skipped = bad + outcome.refusedCount();
    map.put(kw("skipped"), skipped);
    map.put(kw("refused"), new ArrayList<>(outcome.refused()));
    map.put(kw("seconds"), seconds);
    format.print(terminal, map, () -> {
      terminal.endProgress();
      if (outcome.before() >= outcome.items()) {
        terminal.line("All " + outcome.items() + " items were imported before.");
        return;
      }
      long fresh = outcome.items() - outcome.before() - outcome.refusedCount();
      terminal.line(String.format(
          java.util.Locale.ROOT,
          "Imported %,d items into %s in %.1f s%s%s.",
          fresh,
          database,
          seconds,
          outcome.before() > 0 ? ", after " + outcome.before() + " that were in" : "",
          skipped > 0 ? "; " + skipped + " skipped" : ""));
    });
  }

  /// Standard input as a file, since it is read twice.
  private static Path spooled() {
    try {
      Path path = Files.createTempFile("valence-import", ".txt");
      Files.copy(System.in, path, StandardCopyOption.REPLACE_EXISTING);
      return path;
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "Standard input can't be kept: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
