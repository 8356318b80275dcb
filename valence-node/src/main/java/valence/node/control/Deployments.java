package valence.node.control;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import valence.api.Connection;
import valence.api.Db;
import valence.node.control.Deployment.Phase;
import valence.node.control.Deployment.Status;

/// The deployments of a system: what was wished for, what is being done, and what became of it.
/// Safe for many threads; each deployment is driven by one.
public final class Deployments {
  /// How many deployments [#history] tells of at most.
  public static final int HISTORY_MAX = 1_000;

  private static final Keyword ID = kw("db/id");

  private final Connection connection;

  Deployments(Connection connection) {
    this.connection = connection;
  }

  /// Records the wish that a revision run on a group; as fulfilled when the group runs it already
  /// and nothing else was wished for.
  public Deployment wish(Deployment.Wish wish) {
    Optional<Deployment> current = current(wish.group());
    boolean runs =
        current.map(deployment -> deployment.revision() == wish.revision()).orElse(false)
            && unfinished(wish.group()).isEmpty();
    // What ran before fitted then; to go back to it nobody is to be held up.
    boolean forced = wish.forced() || wish.rollsBack().isPresent();
    var deployment = new Deployment(UUID.randomUUID(), wish.group(), wish.revision(), forced, 0);
    Keyword status = (runs ? Status.SUCCEEDED : Status.RUNNING).keyword();
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(ID, "deployment");
    facts.put(kw("deployment/id"), deployment.id());
    facts.put(kw("deployment/group"), "group");
    facts.put(kw("deployment/revision"), wish.revision());
    facts.put(kw("deployment/status"), status);
    facts.put(kw("deployment/code-status"), status);
    facts.put(kw("deployment/phase"), (runs ? Phase.SERVE : Phase.WISHED).keyword());
    facts.put(kw("deployment/forced"), wish.forced());
    current.ifPresent(before -> facts.put(kw("deployment/from"), before.revision()));
    wish.rollsBack().ifPresent(id -> facts.put(kw("deployment/rolls-back"), entity(id)));
    if (!wish.by().isEmpty()) {
      facts.put(kw("deployment/by"), wish.by());
    }
    if (!wish.message().isEmpty()) {
      facts.put(kw("deployment/message"), wish.message());
    }
    connection.transact(List.of(Map.of(ID, "group", kw("group/name"), wish.group()), facts));
    return deployment;
  }

  /// Whether a deployment waits to be driven on.
  public boolean isRunning(UUID deployment) {
    return Status.RUNNING
        .keyword()
        .equals(connection
            .db()
            .pull(List.of(kw("deployment/status")), entity(deployment))
            .get(kw("deployment/status")));
  }

  /// Records what is being done for a deployment.
  public void reached(Deployment deployment, Phase phase) {
    say(deployment, kw("deployment/phase"), phase.keyword());
  }

  /// Records that a deployment was left by a node that ended, and is taken up by another.
  public Deployment takenUp(Deployment deployment) {
    long attempts = deployment.attempts() + 1;
    say(deployment, kw("deployment/attempts"), attempts);
    return new Deployment(
        deployment.id(), deployment.group(), deployment.revision(), deployment.forced(), attempts);
  }

  /// What is being done for a deployment, or was last.
  public Phase phase(Deployment deployment) {
    Object found = connection
        .db()
        .pull(List.of(kw("deployment/phase")), entity(deployment.id()))
        .get(kw("deployment/phase"));
    for (Phase phase : Phase.values()) {
      if (phase.keyword().equals(found)) {
        return phase;
      }
    }
    return Phase.WISHED;
  }

  /// Records how a revision differs from the one that the group runs, instead of what was recorded
  /// of that before.
  ///
  /// @param objections what doesn't fit, for people
  public void compared(
      Deployment deployment, List<FunctionState> functions, List<String> objections) {
    List<Object> txData = new ArrayList<>();
    Db db = connection.db();
    Map<Object, Object> before = db.pull(
        List.of(kw("deployment/functions"), kw("deployment/objections"), kw("deployment/from")),
        entity(deployment.id()));
    if (before.get(kw("deployment/functions")) instanceof Collection<?> said) {
      for (Object function : said) {
        if (function instanceof Map<?, ?> map && map.get(ID) instanceof Long id) {
          txData.add(List.of(kw("db/retractEntity"), id));
        }
      }
    }
    if (before.get(kw("deployment/objections")) instanceof Collection<?> said) {
      for (Object objection : said) {
        if (!objections.contains(objection)) {
          txData.add(List.of(
              kw("db/retract"), entity(deployment.id()), kw("deployment/objections"), objection));
        }
      }
    }
    Map<Keyword, Object> facts = facts(deployment);
    if (!functions.isEmpty()) {
      facts.put(
          kw("deployment/functions"),
          functions.stream().map(FunctionState::facts).toList());
    }
    if (!objections.isEmpty()) {
      facts.put(kw("deployment/objections"), objections);
    }
    current(deployment.group())
        .filter(now -> !now.id().equals(deployment.id()))
        .ifPresent(now -> facts.put(kw("deployment/from"), now.revision()));
    txData.add(facts);
    connection.transact(txData);
  }

  /// Records which databases have the schema of the revision.
  public void ensured(Deployment deployment, List<Ensured> databases) {
    say(
        deployment,
        kw("deployment/schema"),
        databases.stream().map(Ensured::facts).toList());
  }

  /// Records that the group runs a deployment's revision. Nothing is left to be done for the code.
  public void serves(Deployment deployment) {
    Map<Keyword, Object> facts = facts(deployment);
    facts.put(kw("deployment/phase"), Phase.SERVE.keyword());
    facts.put(kw("deployment/code-status"), Status.SUCCEEDED.keyword());
    connection.transact(List.of(facts, current(deployment.group(), deployment.id())));
  }

  /// Records the end of a deployment that serves.
  ///
  /// @param callsLeft calls that were on the revision before when draining ended
  /// @param log       what the revision's code logged
  public void succeeded(Deployment deployment, long callsLeft, String log) {
    Map<Keyword, Object> facts = facts(deployment);
    facts.put(kw("deployment/status"), Status.SUCCEEDED.keyword());
    facts.put(kw("deployment/calls-left"), callsLeft);
    putText(facts, "deployment/log", log);
    connection.transact(List.of(facts));
  }

  /// Records that a deployment came to nothing; its group runs what it ran before.
  ///
  /// @param status    the end, other than that it succeeded
  /// @param function  the symbol of the function that is the cause; empty when none is
  /// @param servesNow the deployment that the group runs again, when this one served for a moment
  public void failed(
      Deployment deployment,
      Status status,
      String cause,
      String log,
      String function,
      Optional<UUID> servesNow) {
    List<Object> txData = new ArrayList<>();
    Map<Keyword, Object> facts = facts(deployment);
    facts.put(kw("deployment/status"), status.keyword());
    facts.put(kw("deployment/code-status"), status.keyword());
    facts.put(kw("deployment/cause"), cause);
    putText(facts, "deployment/log", log);
    txData.add(facts);
    servesNow.ifPresent(id -> txData.add(current(deployment.group(), id)));
    if (!function.isEmpty()) {
      Collection<Object> named = connection
          .db()
          .q(
              "[:find [?f ...] :in $ ?id ?symbol :where [?d :deployment/id ?id]"
                  + " [?d :deployment/functions ?f] [?f :function/symbol ?symbol]]",
              deployment.id(),
              function);
      named.forEach(each -> txData.add(Map.of(ID, each, kw("function/cause"), cause)));
    }
    connection.transact(txData);
  }

  /// The deployment that a group runs; empty when none ever succeeded.
  public Optional<Deployment> current(String group) {
    List<Object> found = connection
        .db()
        .q(
            "[:find [?id ?r] :in $ ?group :where [?g :group/name ?group]"
                + " [?g :group/deployment ?d] [?d :deployment/id ?id]"
                + " [?d :deployment/revision ?r]]",
            group);
    return Optional.ofNullable(found)
        .map(row -> new Deployment((UUID) row.get(0), group, (long) row.get(1), false, 0));
  }

  /// The deployments of a group that were wished for and didn't end, oldest first.
  public List<Deployment> unfinished(String group) {
    Db db = connection.db();
    Collection<List<Object>> found = db.q(
        "[:find ?d ?id ?r :in $ ?group :where [?g :group/name ?group]"
            + " [?d :deployment/group ?g] [?d :deployment/status :running]"
            + " [?d :deployment/id ?id] [?d :deployment/revision ?r]]",
        group);
    return found.stream()
        .sorted(Comparator.comparingLong(row -> (long) row.get(0)))
        .map(row -> {
          Map<Object, Object> more = db.pull(
              List.of(
                  kw("deployment/forced"), kw("deployment/attempts"), kw("deployment/rolls-back")),
              (long) row.get(0));
          return new Deployment(
              (UUID) row.get(1),
              group,
              (long) row.get(2),
              Boolean.TRUE.equals(more.get(kw("deployment/forced")))
                  || more.containsKey(kw("deployment/rolls-back")),
              more.get(kw("deployment/attempts")) instanceof Long attempts ? attempts : 0);
        })
        .toList();
  }

  /// What a group served before a deployment, newest first; each revision once, those that the
  /// group runs now left out.
  public List<Deployment> before(String group) {
    long now = current(group).map(Deployment::revision).orElse(-1L);
    Collection<List<Object>> served = connection
        .db()
        .history()
        .q(
            "[:find ?tx ?id ?r :in $ ?group :where [?g :group/name ?group]"
                + " [?g :group/deployment ?d ?tx true] [?d :deployment/id ?id]"
                + " [?d :deployment/status :succeeded _ true]"
                + " [?d :deployment/revision ?r _ true]]",
            group);
    Map<Long, Deployment> byRevision = new LinkedHashMap<>();
    served.stream()
        .sorted(
            Comparator.comparingLong((List<Object> row) -> (long) row.get(0)).reversed())
        .filter(row -> (long) row.get(2) != now)
        .forEach(row -> byRevision.putIfAbsent(
            (long) row.get(2),
            new Deployment((UUID) row.get(1), group, (long) row.get(2), false, 0)));
    return List.copyOf(byRevision.values());
  }

  /// How a deployment went so far; empty when there is none of that id.
  public Optional<DeploymentStatus> status(UUID deployment) {
    return DeploymentStatus.of(connection.db(), deployment);
  }

  /// What was deployed, newest first, in short.
  ///
  /// @param group   or empty, for all
  /// @param appName or empty, for all
  /// @param limit   at most [#HISTORY_MAX]
  public List<Map<Keyword, Object>> history(String group, String appName, int limit) {
    Db db = connection.db();
    Collection<List<Object>> found =
        db.q("[:find ?d ?id ?group ?app :where [?d :deployment/id ?id] [?d :deployment/group ?g]"
            + " [?g :group/name ?group] [?d :deployment/revision ?r]"
            + " [?r :revision/application ?a] [?a :application/name ?app]]");
    return found.stream()
        .filter(row -> group.isEmpty() || group.equals(row.get(2)))
        .filter(row -> appName.isEmpty() || appName.equals(row.get(3)))
        .sorted(
            Comparator.comparingLong((List<Object> row) -> (long) row.get(0)).reversed())
        .limit(limit)
        .flatMap(row -> DeploymentStatus.of(db, (UUID) row.get(1)).stream())
        .map(DeploymentStatus::summary)
        .toList();
  }

  private void say(Deployment deployment, Keyword attribute, Object value) {
    Map<Keyword, Object> facts = facts(deployment);
    facts.put(attribute, value);
    connection.transact(List.of(facts));
  }

  private static Map<Keyword, Object> facts(Deployment deployment) {
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(ID, entity(deployment.id()));
    return facts;
  }

  private static Map<Keyword, Object> current(String group, UUID deployment) {
    return Map.of(kw("group/name"), group, kw("group/deployment"), entity(deployment));
  }

  private static void putText(Map<Keyword, Object> facts, String attribute, String text) {
    if (!text.isEmpty()) {
      facts.put(kw(attribute), text);
    }
  }

  private static Object entity(UUID deployment) {
    return List.of(kw("deployment/id"), deployment);
  }
}
