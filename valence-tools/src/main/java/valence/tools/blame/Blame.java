package valence.tools.blame;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.tools.process.Command;
import valence.tools.session.NodeDatabase;
import valence.wire.DbValue;

/// Reads the facts of an entity, page by page, with what is known of who said them. Not safe for
/// several threads.
public final class Blame {
  private static final int PAGE_FACTS = 1_000;
  private static final Duration GIT_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Keyword IDENT = kw("db/ident");
  private static final Keyword INSTANT = kw("db/txInstant");
  private static final String SAID_OF_TX = "valence.tx";
  private static final int SUBJECTS_MAX = 10_000;

  private final NodeDatabase database;
  private final DbValue db;
  private final Path directory;
  private final Map<Long, String> attributes = new HashMap<>();
  private final Map<String, Optional<String>> subjects = new HashMap<>();

  /// @param db        what facts are read of: now, as of some time, or all that ever was
  /// @param directory where commits are looked for, if it is in a repository
  public Blame(NodeDatabase database, DbValue db, Path directory) {
    this.database = database;
    this.db = db;
    this.directory = directory;
  }

  /// The entity that a reference names; `not-found` when there is none.
  public long entity(@Nullable Object reference) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), db.history() ? database.newest() : db);
    request.put(kw("eid"), reference);
    if (database.node().call("entid", request) instanceof Long entity) {
      return entity;
    }
    throw Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "There is no such entity in database " + database.name() + ".",
            "Expected an entity id, an ident, or a lookup ref such as '[:item/sku \"tea\"]'.")
        .toException();
  }

  /// A page of an entity's facts, in the order of its attributes; fewer than asked for at the end.
  public List<Map<Keyword, Object>> facts(long entity, long offset, long limit) {
    List<Map<Keyword, Object>> facts = new ArrayList<>();
    for (long at = 0; at < limit; at += PAGE_FACTS) {
      long count = Math.min(PAGE_FACTS, limit - at);
      List<Datom> page = database.datoms(db, "eavt", List.of(entity), offset + at, count);
      facts.addAll(told(page));
      if (page.size() < count) {
        break;
      }
    }
    return facts;
  }

  private List<Map<Keyword, Object>> told(List<Datom> page) {
    Map<Long, Map<?, ?>> transactions = new LinkedHashMap<>();
    for (Datom datom : page) {
      transactions.put(datom.tx(), Map.of());
    }
    learn(transactions);
    List<Map<Keyword, Object>> told = new ArrayList<>();
    for (Datom datom : page) {
      Map<Keyword, Object> fact = new LinkedHashMap<>();
      fact.put(kw("attribute"), attribute(datom.a()));
      fact.put(kw("value"), datom.v());
      fact.put(kw("added"), datom.added());
      fact.put(kw("tx"), datom.tx());
      Map<?, ?> transaction = transactions.getOrDefault(datom.tx(), Map.of());
      put(fact, "at", transaction.get(INSTANT));
      for (String each : List.of("principal", "revision", "function", "request", "trace")) {
        put(fact, each, transaction.get(kw(SAID_OF_TX + "/" + each)));
      }
      if (fact.get(kw("revision")) instanceof String revision) {
        subject(revision).ifPresent(subject -> fact.put(kw("subject"), subject));
      }
      told.add(fact);
    }
    return told;
  }

  private static void put(Map<Keyword, Object> fact, String key, @Nullable Object value) {
    if (value != null) {
      fact.put(kw(key), value);
    }
  }

  /// What transactions say of themselves, all of a page in one request.
  private void learn(Map<Long, Map<?, ?>> transactions) {
    if (transactions.isEmpty()) {
      return;
    }
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), database.newest());
    request.put(kw("selector"), "[*]");
    request.put(kw("eids"), new ArrayList<>(transactions.keySet()));
    request.put(kw("limit"), (long) transactions.size());
    if (database.node().call("pull-many", request) instanceof List<?> pulled) {
      for (Object each : pulled) {
        if (each instanceof Map<?, ?> map && map.get(kw("db/id")) instanceof Long id) {
          transactions.put(id, map);
        }
      }
    }
  }

  private Object attribute(long id) {
    return kw(attributes.computeIfAbsent(id, this::ident));
  }

  private String ident(long id) {
    Map<Keyword, @Nullable Object> request = new HashMap<>();
    request.put(kw("db"), database.newest());
    request.put(kw("eid"), id);
    return database.node().call("ident", request) instanceof Keyword ident
        ? ident.toString().substring(1)
        : IDENT.getNamespace() + "/" + id;
  }

  /// The first line of a commit's message, where we stand in a repository that has the commit.
  private Optional<String> subject(String revision) {
    if (!COMMIT.matcher(revision).matches() || subjects.size() >= SUBJECTS_MAX) {
      return Optional.empty();
    }
    return subjects.computeIfAbsent(revision, this::readSubject);
  }

  private Optional<String> readSubject(String commit) {
    try {
      Command.Outcome outcome = new Command(
              directory,
              List.of("git", "log", "-1", "--format=%s", commit, "--"),
              Map.of("LC_ALL", Optional.of("C")),
              GIT_TIMEOUT)
          .run();
      return outcome.status() == 0 ? Optional.of(outcome.out().strip()) : Optional.empty();
    } catch (AnomalyException e) { // no git here; the revision's name says as much as it did
      return e.anomaly().category() == Anomaly.Category.NOT_FOUND ? Optional.empty() : fail(e);
    }
  }

  private static Optional<String> fail(AnomalyException e) {
    throw e;
  }
}
