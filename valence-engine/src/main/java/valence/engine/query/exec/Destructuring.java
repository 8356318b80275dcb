package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.query.call.Builtins;
import valence.engine.query.syntax.Binding;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Term.Variable;

/// Takes values apart into the columns of a binding's variables. For one thread.
public final class Destructuring {
  private final Binding binding;
  private final Object form;
  private final Map<Variable, ColumnBuilder> builders = new LinkedHashMap<>();
  private final Map<Variable, @Nullable Object> slots = new LinkedHashMap<>();
  private int[] rows = new int[16]; // of the relation that a value belongs to
  private int row;
  private int count;

  /// @param form what to show when a value doesn't fit
  public Destructuring(Binding binding, Object form) {
    this.binding = binding;
    this.form = form;
    Set<Variable> variables = new LinkedHashSet<>();
    binding.addVariables(variables);
    for (Variable variable : variables) {
      builders.put(variable, new ColumnBuilder(true));
    }
  }

  int count() {
    return count;
  }

  Set<Variable> variables() {
    return builders.keySet();
  }

  /// Adds the rows that a value makes; none when it is nil.
  void add(int ofRow, @Nullable Object value) {
    if (value == null) {
      return;
    }
    row = ofRow;
    bind(binding, value, this::emit);
  }

  /// The relation that an input makes.
  public static Relation input(Binding binding, Object value, Object form) {
    Destructuring input = new Destructuring(binding, form);
    input.add(0, value);
    return input.relation();
  }

  private void emit() {
    for (Map.Entry<Variable, ColumnBuilder> entry : builders.entrySet()) {
      entry.getValue().add(slots.get(entry.getKey()));
    }
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, count * 2);
    }
    rows[count++] = row;
  }

  private void bind(Binding part, @Nullable Object raw, Runnable next) {
    Object value = Values.normalize(raw);
    switch (part) {
      case Binding.Ignore ignored -> next.run();
      case Binding.Equal(Object constant) -> {
        if (Values.equal(Values.normalize(constant), value)) {
          next.run();
        }
      }
      case Binding.Scalar(Variable variable) -> {
        if (slots.containsKey(variable)) {
          if (Values.equal(slots.get(variable), value)) {
            next.run();
          }
        } else {
          slots.put(variable, value);
          next.run();
          slots.remove(variable);
        }
      }
      case Binding.Each(Binding element) -> {
        Iterable<?> elements = Builtins.elements(value);
        if (elements == null) {
          throw misfit(value, "a collection");
        }
        for (Object each : elements) {
          bind(element, each instanceof Map.Entry<?, ?> e ? Builtins.positions(e) : each, next);
        }
      }
      case Binding.Tuple(List<Binding> parts) -> {
        List<?> values = Builtins.positions(value);
        if (values == null || values.size() < parts.size()) {
          throw misfit(value, "a list of at least " + parts.size());
        }
        bindTuple(parts, values, 0, next);
      }
    }
  }

  private void bindTuple(List<Binding> parts, List<?> values, int at, Runnable next) {
    if (at == parts.size()) {
      next.run();
    } else {
      bind(parts.get(at), values.get(at), () -> bindTuple(parts, values, at + 1, next));
    }
  }

  private RuntimeException misfit(@Nullable Object value, String expected) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "Cannot bind value " + Forms.show(value) + " in " + Forms.show(form) + ".",
            "Expected " + expected + ".")
        .toException();
  }

  private Relation relation() {
    List<Column> columns = new ArrayList<>();
    builders.values().forEach(builder -> columns.add(builder.build()));
    return new Relation(List.copyOf(builders.keySet()), columns, count);
  }

  /// The rows of the relation that the values belong to, with the new variables; variables that the
  /// relation has must agree.
  Relation join(Relation relation) {
    Relation bound = relation();
    int[] right = new int[count];
    int kept = 0;
    List<Variable> shared = relation.shared(bound);
    Column[] mine = relation.columns(shared);
    Column[] theirs = bound.columns(shared);
    for (int i = 0; i < count; i++) {
      boolean agree = true;
      for (int k = 0; k < mine.length && agree; k++) {
        agree = mine[k].equal(rows[i], theirs[k], i);
      }
      if (agree) {
        rows[kept] = rows[i];
        right[kept++] = i;
      }
    }
    Relation joined = relation.gather(rows, kept);
    for (Variable variable : bound.variables()) {
      if (!relation.has(variable)) {
        joined = joined.with(variable, bound.column(variable).gather(right, kept));
      }
    }
    return joined;
  }
}
