package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// Whether what is left of a conjunction finds for each row the same, and in the same order,
/// whatever rows there are beside it. Then some of the rows can be taken through it before the
/// others, and the others not at all, if the first have made enough.
///
/// That holds for clauses that only reject rows, for patterns that make one of one, and for one
/// pattern more: rows come in the order of those before, and what is made of one in that of the
/// index. Two patterns that make many of one would be joined in an order that depends on how many
/// rows there are.
///
/// What may fail is not among them, since a mistake must show whatever is asked for.
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

  /// @param patterns that are left
  /// @param known    the variables of the rows
  static boolean isRowByRow(List<FactsPattern> patterns, Set<Variable> known) {
    List<FactsPattern> waiting = new ArrayList<>(patterns);
    Set<Variable> bound = new HashSet<>(known);
    boolean hasGrown = false;
    while (!waiting.isEmpty()) {
      FactsPattern next = null;
      int connected = 0;
      for (FactsPattern each : waiting) {
        if (each.isImpossible() || each.attribute() == null) {
          return false;
        }
        if (each.isAtMostOne(bound)) {
          next = each;
          connected = 0;
          break;
        }
        if (each.isConnected(bound)) {
          next = each;
          connected++;
        }
      }
      if (next == null || connected > 1 || connected == 1 && hasGrown) {
        return false;
      }
      hasGrown |= connected == 1;
      waiting.remove(next);
      bound.addAll(next.variables().values());
    }
    return true;
  }
}
