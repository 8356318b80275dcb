package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;

/// How far the fixed point of rules that call each other has come. For one thread.
///
/// Rules that only bring together what there is end by themselves: there are so many rows and no
/// more. A function in them may make ever new values; then the number of rounds is limited.
final class Progress {
  /// Rounds of rules whose functions make values, at most: the depth to which they may recur.
  private static final int ROUNDS_MAX = 100_000;

  /// Bytes that an object takes beside what is in it, about.
  private static final long OBJECT_BYTES = 24;

  private final Symbol rule;
  private final boolean makesValues;
  private long rounds;

  /// @param rule  the one that is asked for
  /// @param rules it and all that it comes to call
  Progress(Symbol rule, Collection<Rule> rules) {
    this.rule = rule;
    boolean makes = false;
    for (Rule each : rules) {
      for (Branch branch : each.branches()) {
        makes |= makesValues(branch.body());
      }
    }
    makesValues = makes;
  }

  private static boolean makesValues(List<Clause> clauses) {
    for (Clause clause : clauses) {
      boolean makes = switch (clause) {
        case Clause.Apply apply ->
          apply.binding().isPresent() && !apply.call().variables().isEmpty();
        case Clause.Or or -> or.branches().stream().anyMatch(Progress::makesValues);
        case Clause.Not ignored -> false; // binds nothing
        case Clause.Pattern ignored -> false;
        case Clause.RuleCall ignored -> false; // what it calls is among the rules
      };
      if (makes) {
        return true;
      }
    }
    return false;
  }

  /// Whether functions make values that the rules are called with again, perhaps.
  boolean makesValues() {
    return makesValues;
  }

  /// Begins a round; fails when there were so many that the rules won't end.
  ///
  /// @param rows found so far
  void round(long rows) {
    if (++rounds > ROUNDS_MAX && makesValues) {
      throw Anomaly.incorrect(
              "db.error/endless-rule",
              "The rule " + rule + " doesn't end: it made " + rows + " rows in " + ROUNDS_MAX
                  + " rounds, each of which found new ones.",
              "A function in it makes ever new values. Bound them by a comparison, as in"
                  + " [(< ?n 100)].")
          .with("rule", rule)
          .with("rounds", rounds - 1)
          .with("rows", rows)
          .toException();
    }
  }

  /// What stopped the query, with how far the rules had come then.
  AnomalyException told(AnomalyException stopped, long rows) {
    Anomaly anomaly = stopped.anomaly();
    boolean isLimit = switch (anomaly.category()) {
      case UNAVAILABLE, BUSY, INTERRUPTED -> true;
      case INCORRECT, CONFLICT, NOT_FOUND, FORBIDDEN, UNSUPPORTED, FAULT -> false;
    };
    return !isLimit || rounds == 0 || anomaly.data().containsKey(Trace.key("rule"))
        ? stopped
        : anomaly
            .saying("The rule " + rule + " had made " + rows + " rows in " + rounds + " rounds"
                + (makesValues
                    ? ", with values that its functions make: bound them if it needn't go on."
                    : "."))
            .with("rule", rule)
            .with("rounds", rounds)
            .with("rows", rows)
            .toException();
  }

  /// What a value takes that a function made, in bytes, about; at most so many.
  static long bytes(@Nullable Object value, long most) {
    return switch (value) {
      case String text -> OBJECT_BYTES + text.length();
      case byte[] bytes -> OBJECT_BYTES + bytes.length;
      case BigInteger number -> OBJECT_BYTES + number.bitLength() / Byte.SIZE;
      case BigDecimal number -> OBJECT_BYTES + number.unscaledValue().bitLength() / Byte.SIZE;
      case Map<?, ?> map -> bytes(map.keySet(), most) + bytes(map.values(), most);
      case List<?> list -> sum(list, most);
      case Set<?> set -> sum(set, most);
      case null, default -> OBJECT_BYTES;
    };
  }

  private static long sum(Collection<?> items, long most) {
    long sum = OBJECT_BYTES;
    for (Object item : items) {
      if (sum > most) {
        break;
      }
      sum += bytes(item, most - sum);
    }
    return sum;
  }
}
