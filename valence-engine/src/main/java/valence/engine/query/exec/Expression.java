package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.engine.function.Arithmetic.Operation;
import valence.engine.function.CallLimit;
import valence.engine.function.Comparison;
import valence.engine.function.Invocable;
import valence.engine.function.Invocation;
import valence.engine.query.call.Builtins;
import valence.engine.query.syntax.Binding;
import valence.engine.query.syntax.Call;
import valence.engine.query.syntax.Call.Callee;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.value.ValueType;

/// A call whose functions and sources are found, ready to run over relations.
final class Expression {
  /// An argument by row.
  private sealed interface Arg {
    record Of(Variable variable) implements Arg {}

    record Fixed(@Nullable Object value) implements Arg {}

    record Inner(Expression expression) implements Arg {}
  }

  private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "=");

  /// Rows looked at for values of different kinds.
  private static final int DOUBTFUL_ROWS = 100;

  private final Clause.Apply clause;
  private final Call call;
  private final Invocable function;
  private final List<Arg> args = new ArrayList<>();

  private Expression(Clause.Apply clause, Call call, Execution execution, String scope) {
    this.clause = clause;
    this.call = call;
    function = switch (call.callee()) {
      case Callee.Named(Symbol name) -> execution.functions().find(name);
      case Callee.Lookup(Object table) -> values -> Invocation.call(table, values);
    };
    for (Term arg : call.args()) {
      args.add(
          switch (arg) {
            case Variable variable -> new Arg.Of(variable);
            case Term.Constant(Object value) -> new Arg.Fixed(Values.normalize(value));
            case Term.Blank ignored ->
              throw Forms.mistake("_ is an argument in " + Forms.show(clause.form()) + ".");
            case Term.Source(String name) ->
              new Arg.Fixed(execution.source(Optional.of(name), scope).argument());
            case Term.Nested(Call inner) ->
              new Arg.Inner(new Expression(clause, inner, execution, scope));
          });
    }
  }

  /// Fails where a function or source can't be found or the call can't be right.
  static Expression of(Clause.Apply clause, Execution execution, String scope) {
    Call call = clause.call();
    if (call.callee() instanceof Callee.Named(Symbol name)
        && name.getNamespace() == null
        && name.getName().equals("ground")
        && !call.variables().isEmpty()) {
      throw Forms.mistake(
          "Can't have variable in ground expression " + Forms.show(clause.form()) + ".",
          "Use [(identity ?x) ?y].");
    }
    return new Expression(clause, call, execution, scope);
  }

  /// Whether a call means the same in each run of a query: it reads no source and calls nothing of
  /// the application and no other query.
  static boolean isFixed(Call call) {
    boolean isFixed = switch (call.callee()) {
      case Callee.Named(Symbol name) -> Functions.isFixed(name);
      case Callee.Lookup ignored -> true;
    };
    for (Term arg : call.args()) {
      isFixed &= switch (arg) {
        case Variable ignored -> true;
        case Term.Constant ignored -> true;
        case Term.Blank ignored -> true;
        case Term.Source ignored -> false;
        case Term.Nested(Call inner) -> isFixed(inner);
      };
    }
    return isFixed;
  }

  /// Whether it can't fail, so that it may run before clauses written earlier.
  static boolean isTotal(Call call) {
    if (!(call.callee() instanceof Callee.Named(Symbol name))
        || !Builtins.isTotal(name, call.args().size())) {
      return false;
    }
    for (Term arg : call.args()) {
      if (arg instanceof Term.Nested || arg instanceof Term.Source) {
        return false;
      }
    }
    return true;
  }

  /// Adds pairs of values that a comparison finds different because of their kinds.
  void addDoubts(Relation relation, Set<Doubt> doubts) {
    if (!(call.callee() instanceof Callee.Named(Symbol name))
        || name.getNamespace() != null
        || !COMPARISONS.contains(name.getName())
        || args.size() != 2
        || clause.binding().isPresent()) {
      return;
    }
    boolean equality = name.getName().endsWith("=") && name.getName().length() == 1;
    for (int row = 0; row < Math.min(relation.count(), DOUBTFUL_ROWS); row++) {
      Object x = value(args.get(0), relation, row);
      Object y = value(args.get(1), relation, row);
      if (x != null && y != null && !Comparison.areAlike(x, y, equality)) {
        doubts.add(new Doubt.Kinds(x, y));
        return;
      }
    }
  }

  private static @Nullable Object value(Arg arg, Relation relation, int row) {
    return switch (arg) {
      case Arg.Of(Variable variable) -> relation.column(variable).value(row);
      case Arg.Fixed(Object value) -> value;
      case Arg.Inner ignored -> null;
    };
  }

  /// The rows that the clause lets pass, with what it binds.
  ///
  /// @param repeats whether equal arguments needn't be passed to a function again
  Relation apply(Relation relation, boolean repeats, Budget budget) {
    if (clause.binding().isPresent()) {
      return bind(relation, clause.binding().get(), repeats, budget);
    }
    if (call.variables().isEmpty() && !call.readsSource()) {
      // The reference evaluates a predicate of constants, but keeps the rows whatever it says.
      if (relation.count() > 0) {
        new Evaluator(relation).at(0);
      }
      return relation;
    }
    int[] rows = new int[relation.count()];
    int count = LongTest.of(call, relation, rows);
    budget.operator().by(count < 0 ? Operator.Way.CALL : Operator.Way.COLUMN_FILTER);
    if (count < 0) {
      count = 0;
      Calls calls = new Calls(relation, repeats, budget);
      calls.beside();
      for (int row = 0; row < relation.count(); row++) {
        Object result = calls.at(row);
        if (result != null && !Boolean.FALSE.equals(result)) {
          rows[count++] = row;
        }
      }
    }
    return count == relation.count() ? relation : relation.select(rows, count);
  }

  private Relation bind(Relation relation, Binding binding, boolean repeats, Budget budget) {
    if (binding instanceof Binding.Scalar(Variable variable) && !relation.has(variable)) {
      Column sum = arithmetic(relation);
      if (sum != null) {
        return relation.with(variable, sum);
      }
    }
    budget.operator().by(Operator.Way.CALL);
    Destructuring bound = new Destructuring(binding, clause.form());
    Calls calls = new Calls(relation, repeats, budget);
    calls.beside();
    for (int row = 0; row < relation.count(); row++) {
      bound.add(row, calls.at(row));
      budget.rows(
          bound.count(), relation.variables().size() + bound.variables().size(), clause.form());
    }
    return bound.join(relation);
  }

  /// Arithmetic on two longs, or on doubles, by row; null when it isn't that.
  private @Nullable Column arithmetic(Relation relation) {
    Operation operation =
        call.callee() instanceof Callee.Named(Symbol name) && name.getNamespace() == null
            ? switch (name.getName()) {
              case "+" -> Operation.ADD;
              case "-" -> Operation.SUBTRACT;
              case "*" -> Operation.MULTIPLY;
              default -> null;
            }
            : null;
    if (operation == null || call.args().size() != 2) {
      return null;
    }
    LongTest.Side x = LongTest.side(call.args().get(0), relation);
    LongTest.Side y = LongTest.side(call.args().get(1), relation);
    if (x == null || y == null || !x.isNumber() || !y.isNumber()) {
      return null;
    }
    long[] results = new long[relation.count()];
    if (x.kind() != Kind.LONG || y.kind() != Kind.LONG) {
      for (int row = 0; row < results.length; row++) {
        results[row] = ValueType.keyOf(operation.apply(x.numberAt(row), y.numberAt(row)));
      }
      return new Column.Keys(Kind.DOUBLE, results);
    }
    try {
      for (int row = 0; row < results.length; row++) {
        results[row] = operation.apply(x.at(row), y.at(row));
      }
    } catch (ArithmeticException overflow) {
      return null; // the slow way says which clause it was
    }
    return new Column.Keys(Kind.LONG, results);
  }

  /// Whether a call has the same result for the same arguments.
  private static boolean isRepeatable(Call call) {
    boolean isRepeatable = switch (call.callee()) {
      case Callee.Named(Symbol name) -> Functions.isRepeatable(name);
      case Callee.Lookup ignored -> true;
    };
    for (Term arg : call.args()) {
      isRepeatable &= switch (arg) {
        case Variable ignored -> true;
        case Term.Constant(Object value) -> !(value instanceof Symbol); // may name a function
        case Term.Blank ignored -> false;
        case Term.Source ignored -> false;
        case Term.Nested(Call inner) -> isRepeatable(inner);
      };
    }
    return isRepeatable;
  }

  /// The results of the call, row by row. Where all arguments are codes of few values, each
  /// combination of them is passed once.
  private final class Calls {
    /// Combinations that there may be, at most.
    private static final int COMBINATIONS_MAX = 1 << 16;

    /// What a call takes, about, if it is short.
    private static final int CALL_NANOS = 60;

    private final Evaluator evaluator;
    private final Budget budget;
    private final int @Nullable [] combinations; // of the arguments, by row; null for calls by row
    private @Nullable Object[] results = new Object[0]; // by combination
    private boolean[] isKnown = new boolean[0];
    private @Nullable Object @Nullable [] made; // by row, when several threads called

    Calls(Relation relation, boolean repeats, Budget budget) {
      evaluator = new Evaluator(relation);
      this.budget = budget;
      combinations = repeats && isRepeatable(call) ? combinations(relation) : null;
    }

    /// Calls for all rows beforehand, by several threads where that is worth it and nobody can
    /// tell. What fails is called again in the order of the rows, so that the first failure is
    /// told.
    void beside() {
      int rowCount = evaluator.rowCount();
      int parts = combinations == null && isRepeatable(call)
          ? budget.workers().parts(rowCount, CALL_NANOS)
          : 1;
      if (parts == 1) {
        return;
      }
      @Nullable Object[] results = new Object[rowCount];
      try {
        budget
            .workers()
            .run(
                budget,
                parts,
                (part, own) -> CallLimit.during(own::tick, () -> {
                  int to = (int) ((long) rowCount * (part + 1) / parts);
                  for (int row = (int) ((long) rowCount * part / parts); row < to; row++) {
                    own.call();
                    results[row] = evaluator.at(row);
                  }
                  return true;
                }));
      } catch (AnomalyException failed) {
        return;
      }
      made = results;
    }

    private int @Nullable [] combinations(Relation relation) {
      long count = 1;
      for (Variable variable : call.variables()) {
        if (!(relation.column(variable) instanceof Column.Codes(ValueCodes values, var codes))) {
          return null;
        }
        count *= Math.max(1, values.count());
        if (count > COMBINATIONS_MAX || count > relation.count() / 2) {
          return null;
        }
      }
      int[] combined = new int[relation.count()];
      for (Variable variable : call.variables()) {
        Column.Codes column = (Column.Codes) relation.column(variable);
        for (int row = 0; row < combined.length; row++) {
          combined[row] = combined[row] * column.values().count() + column.codes()[row];
        }
      }
      results = new Object[(int) count];
      isKnown = new boolean[results.length];
      return combined;
    }

    @Nullable Object at(int row) {
      if (made != null) {
        budget.tick();
        return made[row];
      }
      if (combinations == null) {
        budget.call();
        return evaluator.at(row);
      }
      int combination = combinations[row];
      if (!isKnown[combination]) {
        budget.call();
        results[combination] = evaluator.at(row);
        isKnown[combination] = true;
      }
      budget.tick();
      return results[combination];
    }
  }

  /// The call with its arguments' columns found.
  private final class Evaluator {
    private final @Nullable Column[] columns = new Column[args.size()];
    private final @Nullable Evaluator[] inner = new Evaluator[args.size()];
    private final int rowCount;

    Evaluator(Relation relation) {
      rowCount = relation.count();
      for (int i = 0; i < columns.length; i++) {
        switch (args.get(i)) {
          case Arg.Of(Variable variable) -> columns[i] = relation.column(variable);
          case Arg.Inner(Expression expression) -> inner[i] = expression.new Evaluator(relation);
          case Arg.Fixed ignored -> {}
        }
      }
    }

    int rowCount() {
      return rowCount;
    }

    @Nullable Object at(int row) {
      @Nullable Object[] values = new Object[columns.length];
      for (int i = 0; i < values.length; i++) {
        Column column = columns[i];
        Evaluator evaluator = inner[i];
        if (column != null) {
          values[i] = column.value(row);
        } else if (evaluator != null) {
          values[i] = evaluator.at(row);
        } else if (args.get(i) instanceof Arg.Fixed(Object value)) {
          values[i] = value;
        }
      }
      return Functions.call(function, values, clause.form());
    }
  }
}
