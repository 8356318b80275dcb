package valence.conformance;

import static valence.api.Valence.kw;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Valence;

/// `valence conformance`: runs a corpus against a database in this process, or that of a node.
///
/// Exit codes: 0 when no case failed, 1 when one did, 2 when the input was bad.
@Command(
    name = "valence conformance",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs every suite of a conformance corpus and counts what passes.")
public final class Main implements Callable<Integer> {
  private static final int BAD_INPUT = 2;

  @Parameters(paramLabel = "DIR", description = "The folder that holds the suites, *.edn.")
  private Path folder = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "../shared/data",
      description = "The folder of real data; else its suites are skipped (${DEFAULT-VALUE}).")
  private Path dataFolder = Path.of("");

  @Option(names = "--suite", paramLabel = "PREFIX", description = "Only suites of such names.")
  private @Nullable String suitePrefix;

  @Option(names = "--case", paramLabel = "ID", description = "Only the case of this id.")
  private @Nullable String caseId;

  @Option(
      names = "--remote",
      paramLabel = "ADDRESS",
      description = {
        "Through the node at this address, such as http://127.0.0.1:8182, whose databases",
        "conformance-… are made and deleted; VALENCE_PROFILE has the key, if it asks for one."
      })
  private @Nullable String remote;

  @Option(names = "--quiet", description = "Counts only, not each failure.")
  private boolean quiet;

  private final PrintStream out;
  private final PrintStream err;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    // A case that hung has left a thread behind: the exit can't wait for it.
    System.exit(run(System.out, System.err, args));
  }

  /// Runs the command and returns its exit code.
  static int run(PrintStream out, PrintStream err, String... args) {
    Main main = new Main(out, err);
    return new CommandLine(main)
        .setParameterExceptionHandler((mistake, _) -> main.refuse(mistake.getMessage()))
        .execute(args);
  }

  @Override
  public Integer call() {
    try {
      List<Suite> suites = CorpusReader.read(folder);
      Selection selection = new Selection(suitePrefix, caseId);
      if (suites.stream().noneMatch(selection::hasSome)) {
        return refuse("No case has that suite and id; leave --suite and --case out to run all.");
      }
      Map<?, ?> system = remote == null
          ? Map.of(kw("server-type"), kw("local"), kw("storage-dir"), kw("mem"))
          : Map.of(kw("server-type"), kw("remote"), kw("endpoint"), remote);
      try (Client client = Valence.client(system)) {
        return run(suites, selection, client);
      }
    } catch (AnomalyException refused) {
      return refuse(refused.getMessage());
    }
  }

  private int run(List<Suite> suites, Selection selection, Client client) {
    boolean live = System.console() != null && System.console().isTerminal();
    Report report = new Report(out, err, quiet, live);
    SuiteRun run = new SuiteRun(client, dataFolder, selection, report);
    suites.forEach(run::run);
    report.summary();
    return report.failedCount() == 0 ? 0 : 1;
  }

  private int refuse(@Nullable String message) {
    err.println("valence conformance: " + (message == null ? "no reason given" : message));
    return BAD_INPUT;
  }
}
