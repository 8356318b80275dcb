package valence.node.control;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Db;
import valence.node.control.Deployment.Phase;
import valence.node.control.Deployment.Status;

/// How a deployment went so far, read from its facts and their history.
///
/// @param phases what was begun, in order, and when
/// @param ended  when it ended; null while it is running
public record DeploymentStatus(
    Map<Object, Object> facts,
    List<Reached> phases,
    @Nullable Date ended) {
  /// A phase that was begun.
  public record Reached(Keyword phase, Date at) {}

  private static final Object REVISION = List.of(
      kw("revision/name"),
      kw("revision/content"),
      Map.of(kw("revision/application"), List.of(kw("application/name"))));

  /// More than a configuration may name; without it a pull stops at 1000.
  private static final long FUNCTIONS_MAX = 100_000;

  private static final List<Object> PATTERN = List.of(
      kw("*"),
      Map.of(List.of(kw("deployment/functions"), kw("limit"), FUNCTIONS_MAX), List.of(kw("*"))),
      Map.of(kw("deployment/group"), List.of(kw("group/name"))),
      Map.of(kw("deployment/from"), REVISION),
      Map.of(kw("deployment/rolls-back"), List.of(kw("deployment/id"))),
      Map.of(kw("deployment/revision"), REVISION));

  static Optional<DeploymentStatus> of(Db db, UUID deployment) {
    Object entity = List.of(kw("deployment/id"), deployment);
    if (db.entid(entity).isEmpty()) {
      return Optional.empty();
    }
    Collection<List<Object>> begun = db.history()
        .q(
            "[:find ?tx ?phase ?at :in $ ?id :where [?d :deployment/id ?id]"
                + " [?d :deployment/phase ?phase ?tx true] [?tx :db/txInstant ?at]]",
            deployment);
    List<Reached> phases = new ArrayList<>();
    begun.stream()
        .sorted(Comparator.comparingLong(row -> (long) row.get(0)))
        .forEach(row -> phases.add(new Reached((Keyword) row.get(1), (Date) row.get(2))));
    List<Object> end = db.q(
        "[:find [?status ?at] :in $ ?id :where [?d :deployment/id ?id]"
            + " [?d :deployment/status ?status ?tx] [?tx :db/txInstant ?at]]",
        deployment);
    boolean running = end == null || Status.RUNNING.keyword().equals(end.get(0));
    return Optional.of(
        new DeploymentStatus(db.pull(PATTERN, entity), phases, running ? null : (Date) end.get(1)));
  }

  /// What tells it from others, and how it ended: a line of the history.
  public Map<Keyword, Object> summary() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("deployment"), fact("id"));
    map.put(kw("deploy-status"), fact("status"));
    Object code = fact("code-status");
    map.put(kw("code-deploy-status"), code == null ? fact("status") : code);
    put(map, "phase", fact("phase"));
    put(map, "cause", fact("cause"));
    put(map, "group", named(fact("group"), "group/name"));
    if (fact("revision") instanceof Map<?, ?> revision) {
      put(map, "app-name", named(revision.get(kw("revision/application")), "application/name"));
      put(map, "rev", revision.get(kw("revision/name")));
      put(map, "content", revision.get(kw("revision/content")));
    }
    put(map, "from", named(fact("from"), "revision/name"));
    put(map, "from-content", named(fact("from"), "revision/content"));
    put(map, "rolls-back", named(fact("rolls-back"), "deployment/id"));
    put(map, "by", fact("by"));
    put(map, "message", fact("message"));
    if (Boolean.TRUE.equals(fact("forced"))) {
      map.put(kw("forced"), true);
    }
    if (!phases.isEmpty()) {
      Date begun = phases.getFirst().at();
      map.put(kw("begun"), begun);
      if (ended != null) {
        map.put(kw("ended"), ended);
        map.put(kw("millis"), ended.getTime() - begun.getTime());
      }
    }
    return map;
  }

  /// The answer to `deploy-status`.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = summary();
    map.put(kw("status"), map.get(kw("deploy-status")));
    put(map, "objections", sorted(fact("objections")));
    put(map, "calls-left", fact("calls-left"));
    if (fact("log") instanceof String log) {
      map.put(kw("log"), log.lines().toList());
    }
    List<Map<Keyword, Object>> functions = functions();
    if (!functions.isEmpty()) {
      map.put(kw("functions"), functions);
    }
    List<Map<Keyword, Object>> schema = schema();
    if (!schema.isEmpty()) {
      map.put(kw("schema"), schema);
    }
    List<Map<Keyword, Object>> timed = new ArrayList<>();
    for (int i = 0; i < phases.size(); i++) {
      Map<Keyword, Object> phase = new LinkedHashMap<>();
      phase.put(kw("phase"), phases.get(i).phase());
      phase.put(kw("at"), phases.get(i).at());
      Date end = i + 1 < phases.size() ? phases.get(i + 1).at() : ended;
      if (end != null) {
        phase.put(kw("millis"), end.getTime() - phases.get(i).at().getTime());
      }
      timed.add(phase);
    }
    map.put(kw("phases"), timed);
    return map;
  }

  /// Each function, with a state of its own.
  private List<Map<Keyword, Object>> functions() {
    List<Map<Keyword, Object>> functions = new ArrayList<>();
    if (fact("functions") instanceof Collection<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> function) {
          Map<Keyword, Object> map = new LinkedHashMap<>();
          map.put(kw("kind"), function.get(kw("function/kind")));
          map.put(kw("name"), function.get(kw("function/name")));
          map.put(kw("fn"), function.get(kw("function/symbol")));
          map.put(kw("change"), function.get(kw("function/change")));
          map.put(kw("state"), state(function));
          put(map, "cause", function.get(kw("function/cause")));
          functions.add(map);
        }
      }
    }
    functions.sort(Comparator.comparing(map -> map.get(kw("kind")) + " " + map.get(kw("name"))));
    return functions;
  }

  /// `:failed`, or what follows from how far the deployment came.
  private Keyword state(Map<?, ?> function) {
    if (function.get(kw("function/cause")) != null) {
      return kw("failed");
    }
    Object status = fact("status");
    boolean removed =
        FunctionState.Change.REMOVED.keyword().equals(function.get(kw("function/change")));
    if (Status.SUCCEEDED.keyword().equals(fact("code-status"))) {
      return kw(removed ? "removed" : "serving");
    }
    if (!Status.RUNNING.keyword().equals(status)) {
      return kw(removed ? "serving-before" : "not-serving");
    }
    Object phase = fact("phase");
    boolean checked =
        Phase.SCHEMA.keyword().equals(phase) || Phase.CHECK.keyword().equals(phase);
    return kw(removed ? "serving-before" : checked ? "checked" : "waiting");
  }

  private List<Map<Keyword, Object>> schema() {
    List<Map<Keyword, Object>> databases = new ArrayList<>();
    if (fact("schema") instanceof Collection<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> ensured) {
          Map<Keyword, Object> map = new LinkedHashMap<>();
          map.put(kw("database"), ensured.get(kw("ensured/database")));
          put(map, "t", ensured.get(kw("ensured/t")));
          put(map, "attributes", sorted(ensured.get(kw("ensured/attributes"))));
          put(map, "left", sorted(ensured.get(kw("ensured/left"))));
          databases.add(map);
        }
      }
    }
    databases.sort(Comparator.comparing(map -> String.valueOf(map.get(kw("database")))));
    return databases;
  }

  private @Nullable Object fact(String name) {
    return facts.get(kw("deployment/" + name));
  }

  private static @Nullable Object named(@Nullable Object entity, String attribute) {
    return entity instanceof Map<?, ?> map ? map.get(kw(attribute)) : null;
  }

  private static @Nullable Object sorted(@Nullable Object values) {
    return values instanceof Collection<?> all
        ? all.stream().sorted(Comparator.comparing(String::valueOf)).toList()
        : null;
  }

  private static void put(Map<Keyword, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(kw(key), value);
    }
  }
}
