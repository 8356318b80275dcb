package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static valence.api.Valence.kw;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;
import valence.engine.query.exec.Optimization;

/// Functions of values of which there are few, called once for each and for each row.
class RepeatedCallsTest {
  private final Db db = people();

  private static Db people() {
    Db empty = LocalDb.of(
        Database.empty("people"),
        new LocalDb.Surroundings(
            FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));
    List<Object> people = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      people.add(Map.of(
          kw("p/name"), List.of("Al", "Bo", "Cyrus").get(i % 3),
          kw("p/kind"), kw(List.of("red", "blue").get(i / 7 % 2)),
          kw("p/age"), (long) i));
    }
    return empty.with("""
            [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
             {:db/ident :p/kind :db/valueType :db.type/keyword :db/cardinality :db.cardinality/one}
             {:db/ident :p/age :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
            """).dbAfter().with(people).dbAfter();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[:find ?e ?u :where [?e :p/name ?n] [(str ?n \"!\") ?u]]",
        "[:find ?e :where [?e :p/name ?n] [(.startsWith ?n \"C\")]]",
        "[:find ?e ?u :where [?e :p/name ?n] [?e :p/kind ?k] [(str ?n (name ?k)) ?u]]",
        "[:find ?e ?u :where [?e :p/name ?n] [(get {\"Al\" 1 \"Bo\" nil} ?n) ?u]]",
        "[:find ?e ?c :where [?e :p/name ?n] [(vector ?n ?n) [?c ...]]]",
        "[:find ?e ?n ?a :where [?e :p/name ?n] [?e :p/age ?a] [(str ?n ?a) ?u]"
            + " [(count ?u) ?c] [(= ?c 4)]]",
        "[:find ?e ?n :where [?e :p/name ?n] [(str ?n) ?n]]",
        "[:find ?e ?u :where [?e :p/name ?n] [(subs ?n 3) ?u]]"
      })
  void findTheSame(String query) {
    Set<Optimization> others = EnumSet.complementOf(EnumSet.of(Optimization.REPEATED_CALLS));
    assertEquals(Queries.using(others, () -> found(query)), found(query));
  }

  private Object found(String query) {
    try {
      return new HashSet<>((Collection<?>) db.q(query));
    } catch (AnomalyException refused) {
      return refused.anomaly().toString();
    }
  }
}
