package valence.node.parameter;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.edn.Edn;
import valence.ion.Env;

/// The parameters of a system and the environment of a group. Safe for many threads.
///
/// What is read is kept for as long as the control database says nothing new: a change is seen by
/// whoever asks after it.
public final class Parameters {
  /// How many parameters a system may have, and characters a value.
  public static final int COUNT_MAX = 10_000;

  public static final int VALUE_CHARACTERS_MAX = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(Parameters.class);
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]{1,100}){2,16}");
  private static final int PATH_CHARACTERS_MAX = 500;

  /// Shorter ones would be found in any text.
  private static final int MASKED_CHARACTERS_MIN = 4;

  private static final String MASK = "•••";

  private final Connection control;
  private final String group;
  private final Vault vault;
  private volatile Snapshot snapshot =
      new Snapshot(-1, Collections.emptySortedMap(), Map.of(), List.of());

  /// What there was at a t.
  private record Snapshot(
      long t,
      SortedMap<String, String> values,
      Map<Keyword, Object> environment,
      List<String> secrets) {}

  /// @param control the control database
  /// @param group   whose environment counts here
  public Parameters(Connection control, String group, Vault vault) {
    this.control = control;
    this.group = group;
    this.vault = vault;
  }

  /// Every parameter by its path, secrets in plain; not to be changed. A secret that can't be
  /// opened is left out, which the log tells.
  public SortedMap<String, String> values() {
    return snapshot().values();
  }

  /// The environment of the group; empty while none is set.
  public Map<Keyword, Object> environment() {
    return snapshot().environment();
  }

  /// A text without the values of secrets: of those known last, when the newest can't be read.
  public String masked(String text) {
    String masked = text;
    for (String secret : secrets()) {
      masked = masked.replace(secret, MASK);
    }
    return masked;
  }

  private List<String> secrets() {
    try {
      return snapshot().secrets();
    } catch (AnomalyException e) { // as the node closes, when it still logs
      LOG.debug("secrets-not-read why={}", e.getMessage());
      return snapshot.secrets();
    }
  }

  /// The parameters at and below a path as `[{:path … :value … :secret …} …]`; of a secret without
  /// its value.
  public List<Map<Keyword, Object>> list(String path) {
    List<Map<Keyword, Object>> list = new ArrayList<>();
    kept(control.db()).forEach((each, kept) -> {
      if (each.equals(path) || each.startsWith(path.endsWith("/") ? path : path + "/")) {
        list.add(shown(each, kept));
      }
    });
    return list;
  }

  /// Sets a parameter; `incorrect` when its path or value can't be that of one.
  ///
  /// @param by who sets it; may be empty
  public void set(String path, String value, boolean secret, String by) {
    requirePath(path);
    if (value.length() > VALUE_CHARACTERS_MAX) {
      throw wrong(
          "The value of " + path + " has " + value.length() + " characters.",
          "At most " + VALUE_CHARACTERS_MAX + " are possible.");
    }
    Map<String, Kept> now = kept(control.db());
    if (!now.containsKey(path) && now.size() >= COUNT_MAX) {
      throw wrong(
          "There are " + COUNT_MAX + " parameters.", "Remove those that nobody reads any more.");
    }
    transact(
        Map.of(
            kw("parameter/path"),
            path,
            kw("parameter/value"),
            secret ? vault.seal(path, value) : value,
            kw("parameter/secret"),
            secret),
        by);
    LOG.info("parameter-set path={} secret={}", path, secret);
  }

  /// Removes a parameter; false when there is none of that path.
  public boolean remove(String path, String by) {
    requirePath(path);
    Db db = control.db();
    if (!kept(db).containsKey(path)) {
      return false;
    }
    Object id = List.of(kw("parameter/path"), path);
    Map<Object, Object> facts = db.pull(List.of(kw("parameter/value"), kw("parameter/secret")), id);
    List<Object> txData = new ArrayList<>();
    facts.forEach(
        (attribute, value) -> txData.add(List.of(kw("db/retract"), id, attribute, value)));
    sayWho(txData, by);
    control.transact(txData);
    LOG.info("parameter-removed path={}", path);
    return true;
  }

  /// What a parameter was, newest first: `[{:value … :secret … :at … :by …} …]`, without `:value`
  /// where it was removed or is a secret.
  public List<Map<Keyword, Object>> history(String path) {
    requirePath(path);
    Db db = control.db();
    Collection<List<Object>> said = db.history()
        .q(
            "[:find ?tx ?v ?added ?at :in $ ?path :where [?p :parameter/path ?path]"
                + " [?p :parameter/value ?v ?tx ?added] [?tx :db/txInstant ?at]]",
            path);
    Map<Long, Map<Keyword, Object>> byTransaction = new TreeMap<>(Comparator.reverseOrder());
    for (List<Object> row : said) {
      long tx = (long) row.get(0);
      Map<Keyword, Object> change = byTransaction.computeIfAbsent(tx, _ -> new LinkedHashMap<>());
      change.put(kw("at"), row.get(3));
      if (Boolean.TRUE.equals(row.get(2))) {
        boolean secret = Boolean.TRUE.equals(db.asOf(tx)
            .pull(List.of(kw("parameter/secret")), List.of(kw("parameter/path"), path))
            .get(kw("parameter/secret")));
        change.put(kw("secret"), secret);
        if (!secret) {
          change.put(kw("value"), row.get(1));
        }
      }
      Object by = db.pull(List.of(kw("parameter/set-by")), tx).get(kw("parameter/set-by"));
      if (by != null) {
        change.put(kw("by"), by);
      }
    }
    byTransaction
        .values()
        .forEach(change -> change.putIfAbsent(kw("removed"), !change.containsKey(kw("secret"))));
    return List.copyOf(byTransaction.values());
  }

  /// The environment of a group; empty while none is set.
  public Map<Keyword, Object> environment(String of) {
    return environment(control.db(), of);
  }

  /// Sets the environment of a group, the whole of it.
  public void setEnvironment(String of, Map<?, ?> environment, String by) {
    String text = Edn.print(environment);
    if (text.length() > VALUE_CHARACTERS_MAX) {
      throw wrong(
          "The environment has " + text.length() + " characters as EDN.",
          "At most " + VALUE_CHARACTERS_MAX + " are possible.");
    }
    Env.parse(text, "The environment"); // so that what is kept can be read
    transact(Map.of(kw("group/name"), of, kw("group/environment"), text), by);
    LOG.info("environment-set group={}", of);
  }

  private void transact(Map<Keyword, Object> facts, String by) {
    List<Object> txData = new ArrayList<>(List.of(facts));
    sayWho(txData, by);
    control.transact(txData);
  }

  private static void sayWho(List<Object> txData, String by) {
    if (!by.isEmpty()) {
      txData.add(Map.of(kw("db/id"), "datomic.tx", kw("parameter/set-by"), by));
    }
  }

  private Snapshot snapshot() {
    Snapshot last = snapshot;
    Db db = control.db();
    if (last.t() == db.basisT()) {
      return last;
    }
    Snapshot now = read(db);
    snapshot = now;
    return now;
  }

  private Snapshot read(Db db) {
    SortedMap<String, String> values = new TreeMap<>();
    Set<String> secrets = new HashSet<>();
    kept(db).forEach((path, kept) -> {
      try {
        String value = kept.secret() ? vault.open(path, kept.value()) : kept.value();
        values.put(path, value);
        if (kept.secret() && value.length() >= MASKED_CHARACTERS_MIN) {
          secrets.add(value);
        }
      } catch (AnomalyException e) {
        LOG.error("parameter-not-readable path={} why={}", path, e.getMessage());
      }
    });
    List<String> longestFirst = new ArrayList<>(secrets);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    return new Snapshot(
        db.basisT(),
        Collections.unmodifiableSortedMap(values),
        environment(db, group),
        List.copyOf(longestFirst));
  }

  /// As it stands in the database.
  private record Kept(String value, boolean secret) {}

  private static SortedMap<String, Kept> kept(Db db) {
    Collection<List<Object>> rows =
        db.q("[:find ?path ?value ?secret :where [?p :parameter/path ?path]"
            + " [?p :parameter/value ?value] [?p :parameter/secret ?secret]]");
    SortedMap<String, Kept> kept = new TreeMap<>();
    rows.forEach(row -> kept.put(
        (String) row.get(0), new Kept((String) row.get(1), Boolean.TRUE.equals(row.get(2)))));
    return kept;
  }

  private static Map<Keyword, Object> environment(Db db, String group) {
    Object id = List.of(kw("group/name"), group);
    Object text = db.entid(id).isEmpty()
        ? null
        : db.pull(List.of(kw("group/environment")), id).get(kw("group/environment"));
    return text instanceof String edn ? Env.parse(edn, "The environment of " + group) : Map.of();
  }

  private static Map<Keyword, Object> shown(String path, Kept kept) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("path"), path);
    map.put(kw("secret"), kept.secret());
    if (!kept.secret()) {
      map.put(kw("value"), kept.value());
    }
    return map;
  }

  private static void requirePath(String path) {
    if (path.length() > PATH_CHARACTERS_MAX || !PATH.matcher(path).matches()) {
      throw wrong(
          "\"" + path + "\" is no path of a parameter.",
          "Expected 2 to 16 names of letters, digits, '.', '_' and '-', each after a slash, such as"
              + " /default/mail/host.");
    }
  }

  private static AnomalyException wrong(String... sentences) {
    return Anomaly.incorrect("ion.error/params", sentences).toException();
  }
}
