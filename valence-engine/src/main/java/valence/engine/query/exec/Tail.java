package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// Takes rows block by block through what is left of a conjunction, and the others not at all if
/// the first have made enough. The clauses that are left are of the kind that [RowByRow] tells.
final class Tail {
  /// Each block of rows is so many times as long as the one before,
  private static final int BLOCK_GROWTH = 8;

  /// and the last, when one row in so many has been taken, is all that are left.
  private static final int BLOCK_SHARE = 8;

  private final Set<Variable> wanted;
  private final long enough;
  private final long blockRows;
  private final Budget budget;
  private final Object clause;
  private boolean isEnded;

  /// @param wanted    of the rows that are made
  /// @param enough    how many distinct ones are
  /// @param blockRows that are taken at first, at least
  /// @param clause    that a message about too many rows shows
  Tail(Set<Variable> wanted, long enough, long blockRows, Budget budget, Object clause) {
    this.wanted = wanted;
    this.enough = enough;
    this.blockRows = blockRows;
    this.budget = budget;
    this.clause = clause;
  }

  /// How many rows there must be for it to be worth taking them block by block.
  static double rowsMin(long blockRows, long enough) {
    return Math.max(blockRows * BLOCK_SHARE, 2.0 * enough);
  }

  /// Rows that come block by block.
  interface Blocks {
    /// The next ones, about so many; null when there are none.
    @Nullable Relation next(long rows);
  }

  /// Makes rows of blocks until there are enough.
  ///
  /// @param rowsMax that the blocks have together, about
  /// @param rest    what the clauses make of a block
  Relation take(Blocks blocks, long rowsMax, UnaryOperator<Relation> rest) {
    List<Relation> made = new ArrayList<>();
    long count = 0;
    long size = Math.max(blockRows, enough);
    long taken = 0;
    Relation block = blocks.next(size);
    while (block != null) {
      taken += block.count();
      Relation rows = block.count() == 0 ? block : rest.apply(block);
      if (rows.count() > 0) {
        made.add(rows);
        count += rows.count();
        budget.rows(count, rows.variables().size(), clause);
      }
      if (count >= enough) {
        Relation distinct = Union.of(wanted, made, budget).distinct(budget);
        made.clear();
        made.add(distinct);
        count = distinct.count();
      }
      if (count >= enough) {
        isEnded = true;
        break;
      }
      size = taken > rowsMax / BLOCK_SHARE ? Long.MAX_VALUE : size * BLOCK_GROWTH;
      block = blocks.next(size);
    }
    return Union.of(wanted, made, budget); // without keys, as those of blocks aren't theirs
  }

  /// Whether there may have been more.
  boolean isEnded() {
    return isEnded;
  }
}
