package valence.engine.local;

import java.util.function.BiPredicate;
import java.util.function.Predicate;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.db.DatomFilter;
import valence.engine.local.LocalDb.Surroundings;

/// A caller's predicate on datoms. It sees the database as a [Db], made once for each cursor.
record CallerFilter(BiPredicate<? super Db, ? super Datom> shows, Surroundings surroundings)
    implements DatomFilter {
  @Override
  public Predicate<Datom> of(Database unfiltered) {
    Db db = LocalDb.of(unfiltered, surroundings);
    return datom -> shows(db, datom);
  }

  private boolean shows(Db db, Datom datom) {
    try {
      return shows.test(db, datom);
    } catch (AnomalyException refused) {
      throw refused;
    } catch (RuntimeException | StackOverflowError | AssertionError thrown) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The predicate of a filter threw " + thrown + ".",
              "Expected true or false for each datom of the database, those of the schema too.",
              "Mend the predicate.")
          .with("datom", datom)
          .toException(thrown);
    }
  }
}
