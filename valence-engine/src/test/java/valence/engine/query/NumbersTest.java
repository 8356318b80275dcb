package valence.engine.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.lang.BigInt;
import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import valence.api.QueryRequest;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;

/// Rows hold numbers in one form, whatever form an input or a function's result had.
class NumbersTest {
  private static final LocalDb DB = LocalDb.of(
      Database.empty("numbers"),
      new LocalDb.Surroundings(
          FunctionResolver.none(), Queries::run, InstantSource.fixed(Instant.EPOCH)));

  private static List<?> column(String query, Object... inputs) {
    return DB.q(QueryRequest.of(query, inputs));
  }

  @Test
  void narrowIntegersOfInputsAreLongs() {
    assertEquals(
        List.of(1L, 2L, 3L, 4L),
        column("[:find [?x ...] :in [?x ...]]", List.of(1, (short) 2, (byte) 3, 4L, 1L)));
    assertEquals(List.of(7L), column("[:find [?x ...] :in [[?x _]]]", List.of(List.of(7, 8))));
    assertEquals(List.of(7L), column("[:find [?x ...] :in ?x]", 7));
    assertEquals(List.of(BigInteger.TWO), column("[:find [?x ...] :in ?x]", BigInt.valueOf(2)));
  }

  @Test
  void narrowIntegersOfResultsAreLongs() {
    assertEquals(List.of(3L), column("[:find [?n ...] :in ?s :where [(.length ?s) ?n]]", "abc"));
    assertEquals(List.of(3L), column("[:find [?n ...] :in ?s :where [(count ?s) ?n]]", "abc"));
    assertEquals(
        List.of(1L),
        column("[:find [?n ...] :in [?x ...] :where [(compare ?x 1) ?n]]", List.of(2)));
    assertEquals(List.of(5L), column("[:find [(sum ?x)] :in [?x ...]]", List.of(2, 3)));
    assertEquals(List.of(3L), column("[:find [(max ?x)] :in [?x ...]]", List.of(2, 3)));
  }

  @Test
  void aSearchForANumberFindsItInEachWidth() {
    assertEquals(
        List.of(5L), column("[:find [?x ...] :in [?x ...] :where [(= ?x 5)]]", List.of(5, 6)));
    assertEquals(
        List.of(true), column("[:find [?b ...] :in ?x :where [(contains? #{5 :a} ?x) ?b]]", 5));
  }
}
