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
import valence.api.Db;

/// How a deployment went so far, read from its facts and their history.
///
/// @param phases what was begun, in order, and when
public record DeploymentStatus(Map<Object, Object> facts, List<Reached> phases) {
  /// A phase that was begun.
  public record Reached(Keyword phase, Date at) {}

  static Optional<DeploymentStatus> of(Db db, UUID deployment) {
    Object entity = List.of(kw("deployment/id"), deployment);
    if (db.entid(entity).isEmpty()) {
      return Optional.empty();
    }
    Map<Object, Object> facts = db.pull(
        List.of(
            kw("deployment/status"),
            kw("deployment/phase"),
            kw("deployment/cause"),
            Map.of(kw("deployment/group"), List.of(kw("group/name"))),
            Map.of(
                kw("deployment/revision"),
                List.of(
                    kw("revision/name"),
                    Map.of(kw("revision/application"), List.of(kw("application/name")))))),
        entity);
    Collection<List<Object>> begun = db.history()
        .q(
            "[:find ?tx ?phase ?at :in $ ?id :where [?d :deployment/id ?id]"
                + " [?d :deployment/phase ?phase ?tx true] [?tx :db/txInstant ?at]]",
            deployment);
    List<Reached> phases = new ArrayList<>();
    begun.stream()
        .sorted(Comparator.comparingLong(row -> (long) row.get(0)))
        .forEach(row -> phases.add(new Reached((Keyword) row.get(1), (Date) row.get(2))));
    return Optional.of(new DeploymentStatus(facts, phases));
  }

  /// The answer to `deploy-status`.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    put(map, "status", facts.get(kw("deployment/status")));
    put(map, "phase", facts.get(kw("deployment/phase")));
    put(map, "cause", facts.get(kw("deployment/cause")));
    if (facts.get(kw("deployment/group")) instanceof Map<?, ?> group) {
      put(map, "group", group.get(kw("group/name")));
    }
    if (facts.get(kw("deployment/revision")) instanceof Map<?, ?> revision) {
      put(map, "rev", revision.get(kw("revision/name")));
      if (revision.get(kw("revision/application")) instanceof Map<?, ?> application) {
        put(map, "app-name", application.get(kw("application/name")));
      }
    }
    map.put(
        kw("phases"),
        phases.stream()
            .map(reached -> Map.of(kw("phase"), reached.phase(), kw("at"), reached.at()))
            .toList());
    return map;
  }

  private static void put(
      Map<Keyword, Object> map, String key, @org.jspecify.annotations.Nullable Object value) {
    if (value != null) {
      map.put(kw(key), value);
    }
  }
}
