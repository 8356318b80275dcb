package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;

/// Lets what is true in one database be said in another.
///
/// Copies a value of it; then, again and again, the entities that were touched since, which are
/// fewer each time, until what is left takes no time. For that nothing may be said meanwhile. Each
/// entity has an attribute that identifies it in both. For one thread.
final class Succession {
  private static final List<Keyword> IDENTITIES =
      List.of(kw("queue/name"), MessageFacts.ID, SentIds.KEY, kw("source/name"), kw("seen/key"));

  /// How many entities may be left for [#end], unless [#ROUNDS_MAX] didn't bring them down.
  private static final int LEFT_MAX = 500;

  private static final int ROUNDS_MAX = 8;
  private static final int ENTITIES_AT_ONCE = 500;
  private static final long BYTES_AT_ONCE = 8L << 20;
  private static final Keyword DB_ID = kw("db/id");

  private final Connection from;
  private final Connection to;
  private final List<Object> saying = new ArrayList<>();
  private long sayingBytes;
  private long bytes;
  private long t;

  Succession(Connection from, Connection to) {
    this.from = from;
    this.to = to;
  }

  /// About how much was said in the other database.
  long bytes() {
    return bytes;
  }

  /// Copies most of it.
  void begin() {
    Db db = from.db();
    t = db.basisT();
    for (Keyword identity : IDENTITIES) {
      try (Stream<Datom> found = db.datoms(Index.AEVT, identity)) {
        found.forEach(datom -> say(state(db, datom.e())));
      }
    }
    flush();
    for (int round = 0; round < ROUNDS_MAX && catchUp() > LEFT_MAX; round++) {
      assert saying.isEmpty() : "each round says all that it found";
    }
  }

  /// Copies what is left, while nothing is said.
  void end() {
    catchUp();
  }

  /// Copies what was touched since; how many entities.
  private int catchUp() {
    Db now = from.db();
    Set<List<Object>> touched = touched(now);
    Db there = to.db();
    for (List<Object> identity : touched) {
      OptionalLong entity = now.entid(identity);
      if (entity.isPresent()) {
        Map<Object, Object> state = state(now, entity.getAsLong());
        forgotten(there, identity, state).forEach(this::say);
        say(state);
      } else if (there.entid(identity).isPresent()) {
        say(List.of(kw("db/retractEntity"), identity));
      }
    }
    flush();
    t = now.basisT();
    return touched.size();
  }

  /// What identifies the entities of which something was said since.
  private Set<List<Object>> touched(Db now) {
    Set<List<Object>> identities = new LinkedHashSet<>();
    Set<Long> entities = new LinkedHashSet<>();
    Map<Long, Object> idents = new HashMap<>();
    try (Stream<LogEntry> entries = from.txRange(t + 1, now.basisT() + 1)) {
      entries.forEach(entry -> {
        for (Datom datom : entry.data()) {
          Object attribute = idents.computeIfAbsent(datom.a(), now::ident);
          if (attribute instanceof Keyword name && IDENTITIES.contains(name)) {
            identities.add(List.of(name, datom.v()));
          } else if (datom.e() != datom.tx()) {
            entities.add(datom.e());
          }
        }
      });
    }
    for (long entity : entities) {
      List<Object> identity = identity(now, entity);
      if (!identity.isEmpty()) { // else it is gone, which was said of what identified it
        identities.add(identity);
      }
    }
    return identities;
  }

  private static List<Object> identity(Db db, long entity) {
    Map<Object, Object> known = db.pull(IDENTITIES, entity);
    for (Keyword identity : IDENTITIES) {
      Object value = known.get(identity);
      if (value != null) {
        return List.of(identity, value);
      }
    }
    return List.of();
  }

  /// The facts that were said of an entity there and aren't true any more.
  private static List<Object> forgotten(
      Db there, List<Object> identity, Map<Object, Object> state) {
    List<Object> forgotten = new ArrayList<>();
    OptionalLong known = there.entid(identity);
    if (known.isPresent()) {
      state(there, known.getAsLong()).forEach((attribute, value) -> {
        if (!state.containsKey(attribute)) {
          forgotten.add(List.of(kw("db/retract"), identity, attribute, value));
        }
      });
    }
    return forgotten;
  }

  private static Map<Object, Object> state(Db db, long entity) {
    Map<Object, Object> state = new LinkedHashMap<>(db.pull("[*]", entity));
    state.remove(DB_ID);
    return state;
  }

  private void say(Object fact) {
    long size = QueueFacts.size(fact);
    if (saying.size() >= ENTITIES_AT_ONCE || sayingBytes + size > BYTES_AT_ONCE) {
      flush();
    }
    saying.add(fact);
    sayingBytes += size;
  }

  private void flush() {
    if (!saying.isEmpty()) {
      to.transact(new ArrayList<>(saying));
      bytes += sayingBytes;
      saying.clear();
      sayingBytes = 0;
    }
  }
}
