package valence.tools.demo;

import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.client.NodeClient;
import valence.tools.push.Pushed;
import valence.tools.terminal.Json;
import valence.tools.terminal.ProgressBar;
import valence.tools.terminal.Terminal;
import valence.tools.tour.Steps;
import valence.wire.Fields;

/// The history of a git repository, on its way into the application and asked of it.
public final class CodebaseDemo {
  private static final int ROWS_SHOWN_MAX = 5;
  private static final int DAYS_FINE_MAX = 10;

  private final Terminal terminal;
  private final History history;
  private final CodebaseSystem system;

  /// @param profile who asks, where the system has principals; otherwise its `admin`
  public CodebaseDemo(Terminal terminal, History history, Optional<String> profile) {
    this.terminal = terminal;
    this.history = history;
    this.system = CodebaseSystem.here(profile);
  }

  /// Imports what is new and shows what can be asked.
  ///
  /// @param home the folder of the checkout, which holds the example
  /// @param keep whether to leave the system running
  public void run(Path home, boolean keep) {
    long begun = System.nanoTime();
    Steps steps = new Steps(terminal);
    terminal.line(terminal.bold("The history of " + history.name() + " as a database"));
    terminal.line("");
    try (CodebaseSystem.Running running = steps.result("Start the system", this::start);
        NodeClient client = NodeClient.connect(running.api())) {
      new Tour(steps, running, client).take(home.resolve("examples").resolve("codebase"));
      if (keep) {
        running.leave();
      }
      sayHowToAskMore(running, keep || !running.startedHere());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    terminal.line(terminal.green("Done") + " in " + Steps.seconds(took) + ".");
  }

  /// The answer to one question; starts the system for it if need be.
  public Question.Answer ask(Question question) {
    if (!system.exists()) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "No history has been imported in " + Path.of("").toAbsolutePath() + " or above.",
              "Import one with `valence demo codebase " + history.folder() + "`.")
          .toException();
    }
    try (CodebaseSystem.Running running = system.running(terminal::progress)) {
      return question.ask(running.web(), history.name());
    } finally {
      terminal.endProgress();
    }
  }

  private CodebaseSystem.Running start(List<String> says) {
    CodebaseSystem.Running running = system.running(terminal::progress);
    says.add((running.startedHere() ? "process " : "it runs already, as process ")
        + running.node().pid() + ", durable store in " + shown(system.folder()));
    return running;
  }

  private static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) && !path.equals(here)
        ? here.relativize(path).toString()
        : path.toString();
  }

  /// The steps between start and stop.
  private final class Tour {
    private final Steps steps;
    private final CodebaseSystem.Running running;
    private final NodeClient client;

    Tour(Steps steps, CodebaseSystem.Running running, NodeClient client) {
      this.steps = steps;
      this.running = running;
      this.client = client;
    }

    void take(Path example) {
      Application application =
          new Application(terminal, client, example, system.folder().resolve("application"));
      steps.run("Make a git repository of examples/codebase", application::commit);
      Pushed pushed = steps.result("Push its commit", application::push);
      steps.run("Deploy the revision", says -> application.deploy(pushed, says));
      steps.run("Call it as a Lambda function: solo-setup", this::setUp);
      steps.run("Read the history of " + shown(history.folder()), this::read);
      Fields size = Fields.of("The size", ask(Question.size()).value());
      steps.run("What there is now", says -> show(Question.size(), says));
      Instant first = Instant.parse(size.text("first"));
      Instant last = Instant.parse(size.text("last"));
      String halfway = halfway(first, last);
      Optional<String> at = Optional.of(halfway);

      Question changed = Question.changed(at, Optional.empty());
      steps.run("What changed since halfway, " + halfway, says -> show(changed, says));
      Question ever = Question.changed(Optional.empty(), Optional.empty());
      Optional<String> file =
          steps.result("What changed most often", says -> show(ever, says)).rows().stream()
              .findFirst()
              .map(row -> String.valueOf(row.getFirst()));
      file.ifPresent(path -> {
        steps.run("Who knows " + path, says -> show(Question.knows(path, Optional.empty()), says));
        steps.run("Who owns it", says -> show(Question.owner(path, Optional.empty()), says));
        steps.run("Who owned it halfway", says -> showOwner(path, at, says));
      });
      steps.run("All that HEAD rests on, a recursive rule", this::countAncestors);
    }

    /// A date, or an instant where a date would be too coarse.
    private String halfway(Instant first, Instant last) {
      Duration half = Duration.between(first, last).dividedBy(2);
      Instant halfway = first.plus(half).truncatedTo(ChronoUnit.SECONDS);
      return half.toDays() > DAYS_FINE_MAX
          ? halfway.atZone(ZoneOffset.UTC).toLocalDate().toString()
          : halfway.toString();
    }

    private void setUp(List<String> says) {
      String payload = Json.print(Map.of(kw("repository"), history.name()));
      says.add(payload + " → " + running.invoke("setup", payload));
    }

    private void read(List<String> says) {
      List<String> known = tips();
      if (!known.isEmpty() && !history.holdsAnyOf(known)) {
        throw Anomaly.of(
                Anomaly.Category.CONFLICT,
                "Database " + history.name() + " holds the history of another repository of that"
                    + " name, or of this one before it was rewritten.",
                "Delete it with `valence db delete --system " + CodebaseSystem.NAME + " "
                    + history.name() + "`, or take another name with --name.")
            .toException();
      }
      long total = history.countWithout(known);
      if (total == 0) {
        says.add("all of its commits were there already");
        return;
      }
      ProgressBar bar = new ProgressBar(terminal, "commits", total);
      long begun = System.nanoTime();
      try (Importer importer = new Importer(running, history.name(), bar)) {
        history.read(known, importer::add);
        importer.finish();
        double seconds = (System.nanoTime() - begun) / 1e9;
        says.add(String.format(
            Locale.ROOT,
            "%,d new commits, %,.0f a second",
            importer.sent(),
            importer.sent() / seconds));
        if (importer.shortened() > 0) {
          says.add(String.format(
              Locale.ROOT,
              "commits that change more than %2$,d files: %1$,d; of each the first were taken",
              importer.shortened(),
              LogReader.CHANGES_MAX));
        }
      }
    }

    private List<String> tips() {
      return ask(Question.tips()).value() instanceof List<?> shas
          ? shas.stream().map(String::valueOf).toList()
          : List.of();
    }

    /// The file may be younger than the date.
    private void showOwner(String file, Optional<String> at, List<String> says) {
      try {
        show(Question.owner(file, at), says);
      } catch (AnomalyException e) {
        if (e.anomaly().category() != Anomaly.Category.NOT_FOUND) {
          throw e;
        }
        says.add(e.getMessage());
      }
    }

    private void countAncestors(List<String> says) {
      Question.Answer answer = show(Question.ancestors(history.head()), says);
      long expected = history.countWithout(List.of()) - 1;
      if (answer.count() != expected) {
        throw Anomaly.fault(
                "Found " + answer.count() + " ancestors, but git counts " + expected + ".")
            .toException();
      }
      says.add(String.format(
          Locale.ROOT, "git rev-list --count HEAD, without HEAD itself: %,d too", expected));
    }

    private Question.Answer ask(Question question) {
      return question.ask(running.web(), history.name());
    }

    private Question.Answer show(Question question, List<String> says) {
      Question.Answer answer = ask(question);
      says.add(
          running.api().key() == null
              ? "curl '" + answer.uri() + "'"
              : "GET " + answer.uri() + ", signed");
      question.table(answer, ROWS_SHOWN_MAX).lines().forEach(line -> says.add("  " + line));
      String rest = answer.count() > ROWS_SHOWN_MAX
          ? String.format(Locale.ROOT, "  … of %,d, ", answer.count())
          : "  ";
      says.add(rest + "answered in " + Steps.seconds(answer.took()));
      return answer;
    }
  }

  private void sayHowToAskMore(CodebaseSystem.Running running, boolean runs) {
    String repository = shown(history.folder());
    String demo = "  ./valence demo codebase " + repository;
    terminal.line("");
    terminal.line(terminal.bold("Ask more:"));
    terminal.line(demo + " knows FILE --at 2026-01-31");
    terminal.line(demo + " changed --from 2026-01-01 --to 2026-02-01");
    terminal.line(demo + " ancestors HEAD~10 --json");
    if (runs) {
      if (running.api().key() == null) {
        terminal.line("  curl " + running.node().http().resolve("/" + history.name()));
      }
      terminal.line("  ./valence q --system codebase --db " + history.name()
          + " '[:find (count ?c) . :where [?c :commit/sha]]'");
      terminal.line("  ./valence down --system codebase");
    } else {
      terminal.line(
          "Run it again to import newer commits; with --keep the system stays up for curl.");
    }
    terminal.line("");
  }
}
