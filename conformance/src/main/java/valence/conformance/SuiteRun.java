package valence.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Connection;

/// Runs suites one after another on databases of one client, and reports each case.
final class SuiteRun {
  private static final Duration SETUP_TIME = Duration.ofSeconds(120);
  private static final Duration LOAD_TIME = Duration.ofSeconds(600);

  private final Client client;
  private final Path dataFolder;
  private final Selection selection;
  private final Report report;
  private final Map<String, Made> loaded = new HashMap<>(); // by data folder, for the whole run
  private final String run = Long.toHexString(System.nanoTime()); // a node may know those of others
  private int databaseCount;

  /// @param dataFolder holds the folders that suites over real data name; may be missing
  SuiteRun(Client client, Path dataFolder, Selection selection, Report report) {
    this.client = client;
    this.dataFolder = dataFolder;
    this.selection = selection;
    this.report = report;
  }

  /// A session, or why there is none.
  private sealed interface Made {
    record Ready(Session session) implements Made {}

    record Broken(Outcome outcome) implements Made {}
  }

  void run(Suite suite) {
    List<Case> chosen =
        suite.cases().stream().filter(one -> selection.has(suite, one)).toList();
    if (chosen.isEmpty()) {
      return;
    }
    report.begin(suite, chosen.size());
    String data = suite.data();
    if (data != null) {
      runOnData(suite, data, chosen);
    } else if (suite.fresh()) {
      CaseRun cases = new CaseRun();
      chosen.forEach(one -> runAlone(suite, one, cases));
    } else {
      Made made = make(suite);
      runTogether(suite, made, chosen);
      drop(made);
    }
    report.end();
  }

  private void runOnData(Suite suite, String data, List<Case> chosen) {
    Path folder = dataFolder.resolve(data);
    if (!Files.isDirectory(folder)) {
      chosen.forEach(_ -> report.skipped());
      return;
    }
    Made made = loaded.computeIfAbsent(
        data,
        name -> attempt(name, LOAD_TIME, () -> {
          String dbName = nextDatabase();
          client.createDatabase(dbName);
          Connection connection = client.connect(dbName);
          Dataset.load(folder, connection, report::progress);
          return Session.over(client, connection);
        }));
    runTogether(suite, made, chosen);
  }

  private void runAlone(Suite suite, Case one, CaseRun cases) {
    Made made = make(suite);
    report(one, made, cases);
    drop(made);
  }

  /// Runs the chosen cases, and unreported those before that the chosen ones build upon.
  private void runTogether(Suite suite, Made made, List<Case> chosen) {
    CaseRun cases = new CaseRun();
    Case last = chosen.getLast();
    for (Case one : suite.cases()) {
      if (selection.has(suite, one)) {
        report(one, made, cases);
      } else if (one.changesDatabase() && made instanceof Made.Ready(var session)) {
        cases.run(one, session);
      }
      if (one == last) {
        return;
      }
    }
  }

  private void report(Case one, Made made, CaseRun cases) {
    report.result(
        one,
        switch (made) {
          case Made.Ready(var session) -> cases.run(one, session);
          case Made.Broken(var outcome) -> Judge.setupFailed(one, outcome);
        });
  }

  private Made make(Suite suite) {
    String dbName = nextDatabase();
    return attempt(suite.name(), SETUP_TIME, () -> Session.make(client, dbName, suite));
  }

  private void drop(Made made) {
    if (made instanceof Made.Ready(var session)) {
      attempt("drop", SETUP_TIME, () -> {
        session.drop();
        return session;
      });
    }
  }

  private static Made attempt(String name, Duration limit, Callable<Session> work) {
    AtomicReference<@Nullable Session> session = new AtomicReference<>();
    Outcome outcome = TimeLimit.outcome(name, limit, () -> {
      session.set(work.call());
      return new Outcome.Answer(Map.of());
    });
    Session made = session.get();
    return outcome instanceof Outcome.Answer && made != null
        ? new Made.Ready(made)
        : new Made.Broken(outcome);
  }

  private String nextDatabase() {
    databaseCount++;
    return "conformance-" + run + "-" + databaseCount;
  }
}
