package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.testing.Choices;
import valence.testing.Property;

/// Random transactions, valid and invalid, on random schemas: the engine beside the naive rules.
class TransactionsDifferentialTest {
  private static Map<Object, Object> world(Choices choices) {
    return new Worlds(choices).world();
  }

  @Test
  void transactionsAreAsTheRulesSay() {
    Property.of("transactions are as the rules say", 600)
        .check(TransactionsDifferentialTest::world, world -> {
          Played played = Played.of(world, Place.log());
          agree(played.naive().history(), played.db().history());
        });
  }

  @Test
  void aDatabaseFoundAgainIsTheSame() {
    Property.of("a database found again is the same", 150)
        .check(TransactionsDifferentialTest::world, world -> {
          Played played = Played.of(world, Place.log());
          Db again = played.place.again().db();
          assertEquals(played.db().basisT(), again.basisT());
          agree(played.naive().history(), again.history());
          agree(played.naive(), again);
        });
  }

  private static void agree(NaiveDb naive, Db db) {
    for (Index index : Index.values()) {
      List<Datom> actual = db.datoms(index).map(Played::plain).toList();
      assertEquals(naive.sorted(index), actual, index.name());
    }
  }
}
