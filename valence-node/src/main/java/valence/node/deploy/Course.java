package valence.node.deploy;

import clojure.lang.Symbol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Client;
import valence.api.Db;
import valence.edn.Edn;
import valence.node.app.Application;
import valence.node.control.Control;
import valence.node.control.Deployment;
import valence.node.control.Deployment.Phase;
import valence.node.control.Deployments;
import valence.node.control.FunctionState;
import valence.wire.ion.IonConfig;
import valence.wire.ion.Revision;

/// The way of a deployment through its phases; what is done on the nodes is [Roll]'s.
///
/// Whatever phase a node dies in, doing all of it again ends the same: what was fetched is there,
/// schema is said once, and a revision that serves already isn't swapped. For one thread.
final class Course {
  private static final Logger LOG = LoggerFactory.getLogger(Course.class);

  /// Databases that are asked whether they need a function that goes.
  private static final int DATABASES_ASKED_MAX = 100;

  private final Control control;
  private final Deployments deployments;
  private final Roll roll;
  private final Client system;
  private final UnaryOperator<String> masked;

  /// @param masked leaves out what nobody is to read
  Course(Control control, Roll roll, Client system, UnaryOperator<String> masked) {
    this.control = control;
    this.deployments = control.deployments();
    this.roll = roll;
    this.system = system;
    this.masked = masked;
  }

  /// Lets what a group runs serve again, after the node has started.
  void resume(Deployment current) throws Halted, InterruptedException {
    Revision revision = control.revision(current.revision());
    try (OwnLog log = OwnLog.listen(roll.info(revision), masked)) {
      roll.serve(roll.load(revision, roll.fetch(revision), log));
    }
  }

  /// Does all that is left to do for a deployment, and records how it ended.
  void drive(Deployment deployment) throws InterruptedException {
    Revision revision = control.revision(deployment.revision());
    Optional<Deployment> current = deployments.current(deployment.group());
    try (OwnLog log = OwnLog.listen(roll.info(revision), masked)) {
      try {
        if (current.map(now -> now.revision() == deployment.revision()).orElse(false)) {
          deployments.serves(deployment);
        } else {
          roll(deployment, current, revision, log);
        }
        deployments.reached(deployment, Phase.DRAIN);
        deployments.succeeded(deployment, roll.drain(), log.text());
      } catch (Halted halted) {
        LOG.warn(
            "deployment-halted deployment={} status={} cause={}",
            deployment.id(),
            halted.status(),
            masked.apply(halted.reason()));
        deployments.failed(
            deployment,
            halted.status(),
            masked.apply(halted.reason()),
            log.text(),
            halted.function(),
            servedBefore(deployment, current));
      }
    }
  }

  private void roll(
      Deployment deployment, Optional<Deployment> current, Revision revision, OwnLog log)
      throws Halted, InterruptedException {
    deployments.reached(deployment, Phase.FETCH);
    List<Path> jars = roll.fetch(revision);
    deployments.reached(deployment, Phase.COMPARE);
    Optional<Revision> before = current.map(now -> control.revision(now.revision()));
    Plans plans = compare(deployment, before, revision, jars, Map.of(), Map.of());
    deployments.reached(deployment, Phase.LOAD);
    Application application = roll.load(revision, jars, log);
    try {
      // What Clojure takes is known only now.
      Map<String, Map<String, Signature>> loaded = Roll.clojureSignatures(application);
      Map<String, Map<String, Signature>> served = roll.servedSignatures();
      if (before.isPresent() && !(loaded.isEmpty() && served.isEmpty())) {
        compare(deployment, before, revision, jars, served, loaded);
      }
      if (!plans.schema().isEmpty()) {
        deployments.reached(deployment, Phase.SCHEMA);
        deployments.ensured(
            deployment, plans.schema().ensure(system, revision.rev(), plans.schemaBefore()));
      }
      if (application.check().isPresent()) {
        deployments.reached(deployment, Phase.CHECK);
        roll.check(application, log);
      }
    } catch (Throwable e) {
      application.retire();
      throw e;
    }
    roll.serve(application);
    deployments.serves(deployment);
    if (application.check().isPresent() && current.isPresent()) {
      confirm(deployment, application, log);
    }
  }

  /// The schema that a revision carries, and that of the one that runs.
  private record Plans(SchemaPlan schema, SchemaPlan schemaBefore) {}

  /// Records what becomes of the functions and the schema of what runs.
  ///
  /// @param served what its functions take that aren't of Java, as far as is known
  /// @param loaded the same of the revision
  private Plans compare(
      Deployment deployment,
      Optional<Revision> before,
      Revision revision,
      List<Path> jars,
      Map<String, Map<String, Signature>> served,
      Map<String, Map<String, Signature>> loaded)
      throws Halted {
    try (RevisionContents contents = new RevisionContents(jars)) {
      SchemaPlan schema = SchemaPlan.of(revision.config().schema(), contents::text);
      var after = new Comparison.Side(revision.config(), contents.with(loaded));
      if (before.isEmpty()) {
        compare(deployment, Comparison.of(Optional.empty(), after), schema);
        return new Plans(schema, SchemaPlan.NONE);
      }
      IonConfig config = before.get().config();
      try (RevisionContents old = new RevisionContents(roll.fetch(before.get()))) {
        var side = new Comparison.Side(config, old.with(served));
        compare(deployment, Comparison.of(Optional.of(side), after), schema);
        return new Plans(schema, SchemaPlan.of(config.schema(), old::text));
      }
    }
  }

  private void compare(Deployment deployment, Comparison comparison, SchemaPlan schema)
      throws Halted {
    List<String> objections = new ArrayList<>(comparison.objections());
    objections.addAll(needed(comparison));
    objections.addAll(schema.objections(
        system,
        comparison.functions().stream()
            .filter(function -> function.change() != FunctionState.Change.REMOVED)
            .filter(function -> function.kind().getName().equals("allow"))
            .map(FunctionState::symbol)
            .collect(Collectors.toSet())));
    deployments.compared(deployment, comparison.functions(), objections);
    if (!objections.isEmpty() && !deployment.forced()) {
      throw Halted.failed(
          "It doesn't fit what runs: " + String.join(" ", objections)
              + " Deploy it with --force if that is meant.",
          "");
    }
  }

  /// Predicates that databases ask and the revision no longer has.
  private List<String> needed(Comparison comparison) {
    List<String> needed = new ArrayList<>();
    if (comparison.gone().isEmpty()) {
      return needed;
    }
    for (String database :
        system.listDatabases().stream().limit(DATABASES_ASKED_MAX).toList()) {
      Db db = system.connect(database).db();
      for (String attribute : List.of(":db.attr/preds", ":db.entity/preds")) {
        Collection<List<Object>> asked =
            db.q("[:find ?ident ?f :where [?e " + attribute + " ?f] [?e :db/ident ?ident]]");
        for (List<Object> row : asked) {
          if (row.get(1) instanceof Symbol predicate
              && comparison.gone().containsKey(Function.text(predicate))) {
            needed.add("Database " + database + " checks " + Edn.print(row.get(0)) + " by "
                + Function.text(predicate) + ".");
          }
        }
      }
    }
    return needed;
  }

  /// Calls the check once more, now that the revision serves, and takes it back when that fails.
  private void confirm(Deployment deployment, Application application, OwnLog log)
      throws Halted, InterruptedException {
    deployments.reached(deployment, Phase.CONFIRM);
    try {
      roll.check(application, log);
    } catch (Halted halted) {
      boolean isBack = roll.back();
      assert isBack : "the revision before is kept loaded until the next swap";
      throw halted;
    }
  }

  /// What the group runs again when a deployment fails that served for a moment.
  private Optional<UUID> servedBefore(Deployment deployment, Optional<Deployment> current) {
    boolean served = deployments
        .current(deployment.group())
        .map(now -> now.id().equals(deployment.id()))
        .orElse(false);
    return served ? current.map(Deployment::id) : Optional.empty();
  }
}
