package valence.engine.query.syntax;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import valence.engine.query.syntax.Term.Variable;

/// A query as its text says it.
///
/// @param names  the keys of the rows that return maps give; empty for rows by position alone
/// @param inputs what `:in` says; empty when the query has no `:in`, which means `$`
public record Query(
    Shape shape,
    List<FindElement> find,
    Optional<List<Object>> names,
    List<Variable> with,
    Optional<List<Input>> inputs,
    List<Clause> where) {
  /// What the result is made of.
  public enum Shape {
    /// All rows.
    RELATION,
    /// `[?x ...]`: the values of the only column.
    COLLECTION,
    /// `[?x ?y]`: one row.
    TUPLE,
    /// `?x .`: one value.
    SCALAR
  }

  public Query {
    find = List.copyOf(find);
    names = names.map(List::copyOf);
    with = List.copyOf(with);
    inputs = inputs.map(List::copyOf);
    where = List.copyOf(where);
  }

  /// The variables that `:find` and `:with` name, each once.
  public List<Variable> resultVariables() {
    Set<Variable> variables = new LinkedHashSet<>();
    for (FindElement element : find) {
      variables.add(element.variable());
    }
    variables.addAll(with);
    return List.copyOf(variables);
  }
}
