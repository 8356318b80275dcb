package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.query.exec.FactsPattern.Part;
import valence.engine.query.syntax.Term.Variable;

/// Thinks a choice among patterns through to the end: which one to go on with, so that all of them
/// together take the least. Joins are reckoned with the numbers of different values and entities
/// that indexing has counted, as in System R: as many rows as all pairs, divided by the different
/// values of the side that has more of them. For one choice.
final class Lookahead {
  /// Of more patterns it would take longer than it can save.
  static final int PATTERNS_MAX = 12;

  /// Another pattern is chosen only if all takes less than this share: reckoned numbers are rough,
  /// those that the next step alone makes are counted.
  private static final double GAIN_MIN = 0.5;

  /// Rows that are scanned in the time of asking an index once.
  private static final double PROBE_ROWS = 4;

  private static final int UNBOUND = -1;

  private final Relation current;
  private final List<Variable> variables = new ArrayList<>();
  private final List<FactsPattern> patterns = new ArrayList<>();
  private final double[] now = new double[PATTERNS_MAX]; // rows, if it is the next
  private final double[] rows = new double[PATTERNS_MAX]; // by itself
  private final double[] entities = new double[PATTERNS_MAX];
  private final double[] values = new double[PATTERNS_MAX];
  private final int[] e = new int[PATTERNS_MAX]; // variables; negative where there is none
  private final int[] v = new int[PATTERNS_MAX];
  private final double[] known; // by variable: different values among the rows that are there

  Lookahead(Relation current) {
    this.current = current;
    variables.addAll(current.variables());
    known = new double[current.variables().size() + 2 * PATTERNS_MAX];
    Arrays.fill(known, UNBOUND);
    Arrays.fill(known, 0, current.variables().size(), current.count());
  }

  /// Adds one of the patterns to choose from, at most [#PATTERNS_MAX].
  ///
  /// @param next rows, if it is the next to run
  /// @return false when too little is known about it
  boolean add(FactsPattern pattern, double next) {
    double[] distinct = pattern.distinct();
    if (distinct == null || pattern.isImpossible()) {
      return false;
    }
    int i = patterns.size();
    patterns.add(pattern);
    now[i] = next;
    rows[i] = pattern.rowCount();
    entities[i] = distinct[0];
    values[i] = distinct[1];
    e[i] = number(pattern.variables().get(Part.E));
    v[i] = number(pattern.variables().get(Part.V));
    return e[i] != v[i];
  }

  private int number(@Nullable Variable variable) {
    if (variable == null) {
      return UNBOUND;
    }
    int number = variables.indexOf(variable);
    if (number < 0) {
      number = variables.size();
      variables.add(variable);
    }
    return number;
  }

  /// Takes into account what a pattern that ran says about the rows that are there.
  void ran(FactsPattern pattern) {
    double[] distinct = pattern.distinct();
    if (distinct != null) {
      limit(pattern.variables().get(Part.E), distinct[0]);
      limit(pattern.variables().get(Part.V), distinct[1]);
    }
  }

  private void limit(@Nullable Variable variable, double distinct) {
    int number = variable == null ? UNBOUND : current.variables().indexOf(variable);
    if (number >= 0) {
      known[number] = Math.min(known[number], distinct);
    }
  }

  /// The position of the pattern to go on with.
  ///
  /// @param usual what would be chosen by the rows that it makes alone
  int best(int usual) {
    double least = cost(usual, Double.MAX_VALUE) * GAIN_MIN;
    int best = usual;
    for (int i = 0; i < patterns.size(); i++) {
      double cost = i == usual ? Double.MAX_VALUE : cost(i, least);
      if (cost < least) {
        best = i;
        least = cost;
      }
    }
    return best;
  }

  /// What all patterns take, as rows read and made, one of them first, then always the one that
  /// makes the fewest rows.
  ///
  /// @param most what is more needn't be exact
  private double cost(int first, double most) {
    double[] distinct = known.clone();
    double count = current.count();
    double cost = 0;
    int waiting = (1 << patterns.size()) - 1;
    int next = first;
    double made = now[first];
    while (true) {
      boolean isProbed = isBound(e[next], distinct) || isBound(v[next], distinct);
      cost += made + (isProbed ? Math.min(rows[next], count * PROBE_ROWS) : rows[next]);
      waiting &= ~(1 << next);
      if (waiting == 0 || cost >= most) {
        return cost;
      }
      count = Math.max(1, made);
      bind(e[next], entities[next], distinct);
      bind(v[next], values[next], distinct);
      for (int i = 0; i < variables.size(); i++) {
        distinct[i] = Math.min(distinct[i], count);
      }
      next = UNBOUND;
      made = Double.MAX_VALUE;
      for (int i = 0; i < patterns.size(); i++) {
        if ((waiting & 1 << i) != 0) {
          double joined = count
              * rows[i]
              / pairing(e[i], entities[i], distinct)
              / pairing(v[i], values[i], distinct);
          if (joined < made || next == UNBOUND) {
            next = i;
            made = joined;
          }
        }
      }
    }
  }

  private static boolean isBound(int variable, double[] distinct) {
    return variable >= 0 && distinct[variable] >= 0;
  }

  private static void bind(int variable, double count, double[] distinct) {
    if (variable >= 0) {
      distinct[variable] = distinct[variable] < 0 ? count : Math.min(distinct[variable], count);
    }
  }

  /// By what the number of pairs is divided where both sides have a variable.
  private static double pairing(int variable, double count, double[] distinct) {
    return isBound(variable, distinct) ? Math.max(distinct[variable], count) : 1;
  }
}
