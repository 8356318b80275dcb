package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.lang.Keyword;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;

/// Random transactions, and what databases show of them.
final class Facts {
  static final String NAME = "facts";

  private static final String SCHEMA = """
      [{:db/ident :p/name :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :p/tag :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :p/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :p/name+age :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
        :db/tupleAttrs [:p/name :p/age]}]""";

  private Facts() {}

  /// Indexes soon, and deletes at once what it may.
  static Indexing eager(long noveltyRowsMin) {
    return new Indexing(
        noveltyRowsMin,
        Long.MAX_VALUE,
        64 << 20,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        16 << 20,
        true);
  }

  static LocalClient client(Stores stores, Indexing indexing) {
    return new LocalClient(
        stores.client(), FunctionResolver.none(), Clock.systemUTC(), indexing, List.of());
  }

  /// A database with its schema.
  static Connection create(Client client) {
    client.createDatabase(NAME);
    Connection connection = client.connect(NAME);
    connection.transact(SCHEMA);
    return connection;
  }

  /// A transaction that changes a few people, or sometimes the schema.
  static void transact(Connection connection, SplittableRandom random) {
    try {
      connection.transact(random.nextInt(25) == 0 ? schemaChange(random) : people(random));
    } catch (AnomalyException refused) {
      assertEquals(false, refused.anomaly().category().retriable(), refused.getMessage());
    }
  }

  private static String schemaChange(SplittableRandom random) {
    int n = random.nextInt(6);
    return switch (random.nextInt(4)) {
      case 0 -> "[[:db/add :p/age :db/ident :p/years" + n + "]]";
      case 1 -> "[[:db/add :p/age :db/ident :p/age]]";
      case 2 ->
        "[{:db/ident :x/n" + n
            + " :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]";
      default -> "[[:db/add \"e\" :db/ident :enum/n" + n + "]]";
    };
  }

  private static String people(SplittableRandom random) {
    StringBuilder forms = new StringBuilder("[");
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      String person = "[:p/name \"n" + random.nextInt(30) + "\"]";
      switch (random.nextInt(6)) {
        case 0, 1 ->
          forms.append("{:p/name \"n%d\" :p/age %d :p/tag [\"a common tag %d\"]}"
              .formatted(random.nextInt(30), random.nextInt(5), random.nextInt(9)));
        case 2 ->
          forms.append("{:p/name \"n%d\" :p/friend [{:p/name \"n%d\"}]}"
              .formatted(random.nextInt(30), random.nextInt(30)));
        case 3 -> forms.append("[:db/add %s :p/age %d]".formatted(person, random.nextInt(9)));
        case 4 -> forms.append("[:db/retract %s :p/tag]".formatted(person));
        default -> forms.append("[:db/retractEntity %s]".formatted(person));
      }
    }
    return forms.append("]").toString();
  }

  /// Everything that a value shows, in every index and in some views of time.
  static List<String> shown(Db db) {
    List<String> all = new ArrayList<>();
    long t = db.basisT();
    for (Db view : List.of(
        db,
        db.asOf(t / 2),
        db.asOf(t - 1),
        db.since(t / 3),
        db.history(),
        db.asOf(t / 2).history())) {
      for (Index index : Index.values()) {
        all.add("-- " + index + " " + view);
        try (Stream<Datom> datoms = view.datoms(index)) {
          datoms.forEach(datom -> all.add(datom.toString()));
        }
      }
    }
    all.add(db.stats().toString());
    for (String ident : List.of("age", "years0", "years1", "years2", "years3")) {
      all.add(ident + " " + db.entid(Keyword.intern("p", ident)));
      all.add(ident + " " + db.ident(Keyword.intern("p", ident)));
    }
    return all;
  }

  /// That a database shows what its log says, read by somebody who never saw its indexes.
  static void assertAsLogged(Stores stores, Connection connection, String message) {
    try (Client replayed = new LocalClient(
        stores.logAlone(),
        FunctionResolver.none(),
        Clock.systemUTC(),
        eager(Long.MAX_VALUE),
        List.of())) {
      Db expected = replayed.connect(NAME).db();
      Db actual = connection.db();
      assertEquals(expected.basisT(), actual.basisT(), message);
      assertEquals(shown(expected), shown(actual), message);
    }
  }
}
