package valence.node.deploy;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.node.app.CodeStore;
import valence.node.control.Control;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// What one revision has and another hasn't, found without running any of their code.
public final class RevisionDifference {
  private final Control control;
  private final CodeStore store;

  public RevisionDifference(Control control, CodeStore store) {
    this.control = control;
    this.store = store;
  }

  /// The difference as `{:from {…} :to {…} :functions {…} :config {…} :artifacts {…} :schema {…}}`,
  /// each with `:added`, `:removed` and `:changed`, without those that are empty.
  ///
  /// @param from the name of a revision, or the begin of its content id
  public Map<Keyword, Object> between(String appName, String from, String to) {
    Revision before = control.revision(entity(appName, from));
    Revision after = control.revision(entity(appName, to));
    Map<Keyword, Object> difference = new LinkedHashMap<>();
    difference.put(kw("from"), named(before, entity(appName, from)));
    difference.put(kw("to"), named(after, entity(appName, to)));
    try (RevisionContents old = new RevisionContents(classPath(before));
        RevisionContents now = new RevisionContents(classPath(after))) {
      difference.put(
          kw("functions"),
          functions(
              Function.of(before.config(), old::functions),
              Function.of(after.config(), now::functions)));
      difference.put(
          kw("schema"),
          schema(
              SchemaPlan.of(before.config().schema(), old::text).idents(),
              SchemaPlan.of(after.config().schema(), now::text).idents()));
    }
    difference.put(kw("config"), keys(before.config().toMap(), after.config().toMap()));
    difference.put(kw("artifacts"), artifacts(before.artifacts(), after.artifacts()));
    difference.values().removeIf(value -> value instanceof Map<?, ?> map && map.isEmpty());
    return difference;
  }

  private long entity(String appName, String name) {
    return control
        .find(appName, name)
        .map(Control.Registered::entity)
        .or(() -> control.revisions(appName).stream()
            .filter(revision -> isNamed(revision, name))
            .map(revision -> control.entityOf(String.valueOf(revision.get(kw("content")))))
            .findFirst())
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND,
                "There is no revision " + name + " of application " + appName + ".",
                "`valence revisions " + appName + "` shows those that were pushed.")
            .toException());
  }

  private static boolean isNamed(Map<Keyword, Object> revision, String name) {
    return String.valueOf(revision.get(kw("content"))).startsWith(name)
        || String.valueOf(revision.get(kw("rev"))).startsWith(name)
            && !name.startsWith(Revision.UNREPRODUCIBLE);
  }

  private Map<Keyword, Object> named(Revision revision, long entity) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("rev"), revision.rev());
    map.put(kw("content"), control.contentId(entity));
    return map;
  }

  private List<Path> classPath(Revision revision) {
    return revision.artifacts().stream()
        .map(artifact -> store.fetch(new BlobId(artifact.id())))
        .toList();
  }

  private static Map<Keyword, Object> functions(
      Map<String, Function> before, Map<String, Function> after) {
    List<Object> added = new ArrayList<>();
    List<Object> removed = new ArrayList<>();
    List<Object> changed = new ArrayList<>();
    after.forEach((key, function) -> {
      Function was = before.get(key);
      if (was == null) {
        added.add(described(function));
      } else if (!was.signature().equals(function.signature())
          || !was.config().equals(function.config())) {
        Map<Keyword, Object> map = described(function);
        put(map, "was", was.signature());
        changed.add(map);
      }
    });
    before.forEach((key, function) -> {
      if (!after.containsKey(key)) {
        removed.add(described(function));
      }
    });
    return parts(added, removed, changed);
  }

  private static Map<Keyword, Object> described(Function function) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("kind"), function.kind());
    map.put(kw("name"), function.name());
    map.put(kw("fn"), function.symbol());
    put(map, "takes", function.signature());
    return map;
  }

  private static void put(Map<Keyword, Object> map, String key, Optional<Signature> signature) {
    signature.ifPresent(known -> map.put(kw(key), known.toString()));
  }

  private static Map<Keyword, Object> keys(
      Map<Keyword, Object> before, Map<Keyword, Object> after) {
    List<Object> added = new ArrayList<>(after.keySet());
    added.removeAll(before.keySet());
    List<Object> removed = new ArrayList<>(before.keySet());
    removed.removeAll(after.keySet());
    List<Object> changed = new ArrayList<>();
    after.forEach((key, value) -> {
      if (before.containsKey(key) && !Objects.equals(value, before.get(key))) {
        changed.add(key);
      }
    });
    return parts(added, removed, changed);
  }

  private static Map<Keyword, Object> artifacts(List<Artifact> before, List<Artifact> after) {
    return parts(lacking(after, before), lacking(before, after), List.of());
  }

  private static List<Object> lacking(List<Artifact> these, List<Artifact> those) {
    Set<String> known = those.stream().map(Artifact::id).collect(Collectors.toSet());
    return these.stream()
        .filter(artifact -> !known.contains(artifact.id()))
        .<Object>map(artifact -> Map.of(kw("name"), artifact.name(), kw("size"), artifact.size()))
        .toList();
  }

  private static Map<Object, Object> schema(
      Map<String, List<Keyword>> before, Map<String, List<Keyword>> after) {
    Map<Object, Object> databases = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>(after.keySet());
    names.addAll(before.keySet());
    for (String name : names) {
      List<Object> added = new ArrayList<>(after.getOrDefault(name, List.of()));
      added.removeAll(before.getOrDefault(name, List.of()));
      List<Object> removed = new ArrayList<>(before.getOrDefault(name, List.of()));
      removed.removeAll(after.getOrDefault(name, List.of()));
      Map<Keyword, Object> parts = parts(added, removed, List.of());
      if (!parts.isEmpty()) {
        databases.put(name, parts);
      }
    }
    return databases;
  }

  private static Map<Keyword, Object> parts(
      List<Object> added, List<Object> removed, List<Object> changed) {
    Map<Keyword, Object> parts = new LinkedHashMap<>();
    parts.put(kw("added"), added);
    parts.put(kw("removed"), removed);
    parts.put(kw("changed"), changed);
    parts.values().removeIf(part -> part instanceof List<?> list && list.isEmpty());
    return parts;
  }
}
