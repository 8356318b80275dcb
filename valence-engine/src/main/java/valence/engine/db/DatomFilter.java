package valence.engine.db;

import java.util.function.Predicate;
import valence.api.Datom;

/// What shows some datoms of a database and hides the others. Equal filters show the same.
@FunctionalInterface
public interface DatomFilter {
  /// Shows every datom.
  DatomFilter ALL = unfiltered -> datom -> true;

  /// The test of one cursor, which is asked by one thread.
  ///
  /// @param unfiltered what is true at the basis of the database, with nothing hidden
  Predicate<Datom> of(Database unfiltered);

  /// Shows what both show; the second is asked of what the first shows.
  record Both(DatomFilter first, DatomFilter second) implements DatomFilter {
    @Override
    public Predicate<Datom> of(Database unfiltered) {
      return first.of(unfiltered).and(second.of(unfiltered));
    }
  }
}
