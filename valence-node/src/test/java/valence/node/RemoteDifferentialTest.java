package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.Valence;
import valence.edn.Edn;
import valence.node.testing.MemorySystem;
import valence.storage.place.Place;

/// Random worlds, views of time and questions: a database across the network beside one in this
/// process that was told the same.
final class RemoteDifferentialTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int WORLDS = Integer.getInteger("cases", 8);
  private static final int ASKS = 40;

  private static final String SCHEMA = """
      [{:db/ident :n/id :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :n/s :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :n/d :db/valueType :db.type/double :db/cardinality :db.cardinality/one}
       {:db/ident :n/k :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
       {:db/ident :n/to :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]
      """;

  private static final String[] QUERIES = {
    "[:find ?a ?b :where [?x :n/id ?a] [?x :n/to ?y] [?y :n/id ?b]]",
    "[:find [?s ...] :where [?x :n/s ?s] (not [?x :n/k :k1])]",
    "[:find ?a (count ?s) (max ?d) :where [?x :n/id ?a] [?x :n/s ?s] [?x :n/d ?d]]",
    "[:find (pull ?x [:n/id :n/s {:n/to [:n/id]}]) :where [?x :n/k]]",
    "[:find ?a ?k :where [?x :n/id ?a]"
        + " (or-join [?x ?k] [?x :n/k ?k] (and [?x :n/to ?y] [?y :n/k ?k]))]",
    "[:find ?x . :where [?x :n/nothing]]",
    "[:find ?a ?s ?op :where [?x :n/id ?a] [?x :n/s ?s _ ?op]]",
    "[:find (sum ?d) . :with ?x :where [?x :n/d ?d]]",
    "[:find ?a :where [?x :n/id ?a] [(> ?a 3)]]",
  };

  @Test
  void bothAnswerTheSame(@TempDir Path directory) {
    NodeConfig config = new NodeConfig(
        "test",
        directory,
        new Place.Memory("remote-differential"),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
    try (Node node = Node.start(config);
        Client there = Valence.client(
            Map.of("server-type", kw("remote"), "endpoint", "http://127.0.0.1:" + node.apiPort()));
        Client here = MemorySystem.open()) {
      for (int world = 0; world < WORLDS; world++) {
        compare(new SplittableRandom(SEED + world), "w" + world, here, there);
      }
    }
  }

  private static void compare(SplittableRandom random, String name, Client here, Client there) {
    here.createDatabase(name);
    there.createDatabase(name);
    Connection near = here.connect(name);
    Connection far = there.connect(name);
    List<Object> transactions = new ArrayList<>(List.of(SCHEMA));
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      transactions.add(facts(random));
    }
    int day = 1;
    for (Object each : transactions) {
      // The same instants, so that both are the same to the last datom.
      String text = each.toString();
      String timed = text.strip().substring(0, text.strip().length() - 1)
          + " [:db/add \"datomic.tx\" :db/txInstant #inst \"2026-01-%02d\"]]".formatted(day++);
      agree(
          name,
          timed,
          () -> near.transact(timed).txData(),
          () -> far.transact(timed).txData());
    }
    for (int i = 0; i < ASKS; i++) {
      long seed = random.nextLong();
      Db nearView = view(near.db(), new SplittableRandom(seed));
      Db farView = view(far.db(), new SplittableRandom(seed));
      ask(name, nearView, farView, random);
    }
  }

  private static String facts(SplittableRandom random) {
    StringBuilder facts = new StringBuilder("[");
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      int id = random.nextInt(8);
      facts.append(
          switch (random.nextInt(6)) {
            case 0 -> "{:n/id " + id + " :n/s [\"s" + random.nextInt(4) + "\" \"é\"]}";
            case 1 -> "{:n/id " + id + " :n/d " + random.nextInt(5) + ".5}";
            case 2 -> "{:n/id " + id + " :n/k :k" + random.nextInt(3) + "}";
            case 3 -> "{:n/id " + id + " :n/to {:n/id " + random.nextInt(8) + "}}";
            case 4 -> "[:db/retract [:n/id " + id + "] :n/s \"s" + random.nextInt(4) + "\"]";
            default -> "{:n/id " + id + "}";
          });
    }
    return facts.append(']').toString();
  }

  private static Db view(Db db, SplittableRandom random) {
    Db seen = db;
    for (int i = random.nextInt(3); i > 0; i--) {
      long t = random.nextLong(Math.max(1, db.basisT() + 1));
      seen = switch (random.nextInt(5)) {
        case 0 -> seen.asOf(t);
        case 1 -> seen.since(Math.min(t, 2));
        case 2 -> seen.history();
        case 3 ->
          seen.asOf(java.time.Instant.parse("2026-01-0" + random.nextInt(1, 9) + "T00:00:00Z"));
        default -> speculated(seen, random);
      };
    }
    return seen;
  }

  private static Db speculated(Db db, SplittableRandom random) {
    try {
      return db.with("[{:n/id " + random.nextInt(9) + " :n/s \"with\"}"
              + " [:db/add \"datomic.tx\" :db/txInstant #inst \"2026-03-01\"]]")
          .dbAfter();
    } catch (AnomalyException e) {
      return db; // of a view that can't be built upon, here and there
    }
  }

  private static void ask(String name, Db near, Db far, SplittableRandom random) {
    agree(name, "basis", near::basisT, far::basisT);
    agree(name, "as-of", near::asOfT, far::asOfT);
    agree(name, "since", near::sinceT, far::sinceT);
    agree(name, "history", near::isHistory, far::isHistory);
    String query = QUERIES[random.nextInt(QUERIES.length)];
    agree(name, query, () -> near.<Object>q(query), () -> far.<Object>q(query));
    List<Object> one = List.of(kw("n/id"), (long) random.nextInt(9));
    agree(name, "pull", () -> near.pull("[*]", one), () -> far.pull("[*]", one));
    Index index = Index.values()[random.nextInt(4)];
    agree(name, index, () -> datoms(near, index), () -> datoms(far, index));
    agree(
        name,
        "range",
        () -> near.indexRange(kw("n/id"), 2L, 6L).toList(),
        () -> far.indexRange(kw("n/id"), 2L, 6L).toList());
    agree(name, "entid", () -> near.entid(one), () -> far.entid(one));
    agree(name, "stats", near::stats, far::stats);
  }

  private static List<Datom> datoms(Db db, Index index) {
    return db.datoms(index).filter(datom -> datom.a() > 70).toList();
  }

  private static void agree(String name, Object what, Supplier<?> near, Supplier<?> far) {
    assertThat(said(far)).as("seed %s, %s: %s", SEED, name, what).isEqualTo(said(near));
  }

  /// The answer, whatever order its rows are in; or the anomaly.
  private static Object said(Supplier<?> ask) {
    try {
      Object answer = ask.get();
      return answer instanceof List<?> rows
          ? rows.stream().map(Edn::print).sorted(Comparator.naturalOrder()).toList()
          : answer;
    } catch (AnomalyException e) {
      return e.anomaly().category() + " " + e.anomaly().error();
    }
  }
}
