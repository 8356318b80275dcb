package valence.storage.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.LogEntry;
import valence.api.Transaction;
import valence.api.Valence;

/// Transactions that are made of nothing but their request ids, so that whoever finds a part of one
/// knows what the whole must be.
final class Requests {
  static final String NAME = "requests";

  private static final int PEOPLE = 12;
  private static final int PARTS_MAX = 6;
  private static final String SECRET = "secret ";

  private static final String SCHEMA = """
      [{:db/ident :r/part :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :r/secret :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :p/name :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :p/tag :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :p/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :p/name+age :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
        :db/tupleAttrs [:p/name :p/age]}]""";

  private Requests() {}

  /// Makes what requests are about, unless it is there.
  static void prepare(Connection connection) {
    if (connection.db().entid(Valence.kw("r/part")).isEmpty()) {
      connection.transact(SCHEMA);
    }
    StringBuilder people = new StringBuilder("[");
    for (int i = 0; i < PEOPLE; i++) {
      people.append("{:p/name \"n").append(i).append("\"}");
    }
    connection.transact(people + "]");
  }

  private static int parts(UUID id) {
    return 1 + (int) Long.remainderUnsigned(id.getLeastSignificantBits(), PARTS_MAX);
  }

  /// Whether its first part is to be excised.
  static boolean isSecret(UUID id) {
    return Long.remainderUnsigned(id.getLeastSignificantBits(), 17) == 0;
  }

  /// A request: some parts, and changes to people that others change too.
  static Transaction of(UUID id) {
    SplittableRandom random = new SplittableRandom(id.getMostSignificantBits());
    StringBuilder forms = new StringBuilder("[");
    for (int i = 0; i < parts(id); i++) {
      forms.append("{:r/part \"%s/%d\"".formatted(id, i));
      forms.append(isSecret(id) && i == 0 ? " :r/secret \"" + SECRET + id + "\"}" : "}");
    }
    String person = "[:p/name \"n" + random.nextInt(PEOPLE) + "\"]";
    String other = "[:p/name \"n" + random.nextInt(PEOPLE) + "\"]";
    forms.append("[:db/add %s :p/age %d]".formatted(person, random.nextInt(9)));
    forms.append("[:db/add %s :p/tag \"tag %d\"]".formatted(person, random.nextInt(9)));
    forms.append("[:db/retract %s :p/tag \"tag %d\"]".formatted(other, 9 + random.nextInt(3)));
    if (random.nextInt(3) == 0) {
      forms.append("[:db/retract %s :p/friend]".formatted(other));
    } else {
      forms.append("[:db/add %s :p/friend %s]".formatted(person, other));
    }
    if (random.nextInt(25) == 0) {
      forms.append("{:db/ident :x/n" + random.nextInt(40)
          + " :db/valueType :db.type/long :db/cardinality :db.cardinality/one}");
    }
    return Transaction.of(forms + "]").withRequestId(id);
  }

  /// Asks to take the secret of a request out of all history.
  static String excision(UUID id) {
    return "[{:db/excise [:r/part \"%s/0\"]}]".formatted(id);
  }

  /// Checks what the log says: t has no gap, each request stands there once and whole or not at
  /// all, those acknowledged are among them, and what was excised is nowhere.
  static Set<UUID> check(Connection connection, Set<UUID> acknowledged, Set<UUID> excised) {
    long part = connection.db().entid(Valence.kw("r/part")).orElse(-1);
    long asked = connection.db().entid(Valence.kw("db/excise")).orElse(-1);
    Map<UUID, Set<Integer>> found = new HashMap<>();
    AtomicLong next = new AtomicLong();
    boolean[] excising = {false};
    try (Stream<LogEntry> log = connection.txRange(null, null)) {
      log.forEach(entry -> {
        assertEquals(next.getAndIncrement(), entry.t(), "t has no gap");
        Set<UUID> ids = new HashSet<>();
        for (Datom datom : entry.data()) {
          excising[0] |= datom.a() == asked;
          if (datom.a() == part) {
            String[] text = ((String) datom.v()).split("/", 2);
            UUID id = UUID.fromString(text[0]);
            ids.add(id);
            assertTrue(
                found.computeIfAbsent(id, _ -> new HashSet<>()).add(Integer.parseInt(text[1])),
                () -> id + " was applied twice");
          }
          if (datom.v() instanceof String text && text.startsWith(SECRET)) {
            UUID id = UUID.fromString(text.substring(SECRET.length()));
            assertTrue(!excised.contains(id), () -> id + " was excised, and stands there");
          }
        }
        assertTrue(ids.size() <= 1, () -> ids + " in one transaction");
      });
    }
    assertEquals(connection.db().basisT() + 1, next.get(), "the log goes up to the basis");
    found.forEach((id, parts) -> {
      Set<Integer> expected = new HashSet<>();
      for (int i = isSecret(id) && !parts.contains(0) ? 1 : 0; i < parts(id); i++) {
        expected.add(i);
      }
      assertEquals(expected, parts, () -> id + " is there whole");
    });
    for (UUID id : acknowledged) {
      assertTrue(
          found.containsKey(id) || (isSecret(id) && parts(id) == 1),
          () -> id + " was acknowledged and is lost");
    }
    return found.keySet();
  }

  /// Whether a transaction that failed may have been applied nevertheless.
  static boolean isOpen(AnomalyException failed) {
    return switch (failed.anomaly().category()) {
      case UNAVAILABLE, INTERRUPTED, BUSY, FAULT -> true;
      default -> false;
    };
  }

  static List<String> ofAll(Set<UUID> ids) {
    return ids.stream().map(UUID::toString).sorted().toList();
  }
}
