package valence.engine.query;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;

/// The meaning of clauses, by nested loops over a list of datoms: slow, short and obviously right.
/// Takes clauses in an order in which each one's variables are bound when it needs them; knows
/// long, string, keyword and double values.
final class NaiveQuery {
  private final List<Datom> datoms;
  private final Map<Object, Long> attributes;
  private final List<?> rules;

  NaiveQuery(List<Datom> datoms, Map<Object, Long> attributes, List<?> rules) {
    this.datoms = datoms;
    this.attributes = attributes;
    this.rules = rules;
  }

  Set<List<Object>> find(List<?> variables, List<?> clauses) {
    Set<List<Object>> rows = new HashSet<>();
    for (Map<Object, Object> env : all(clauses, List.of(Map.of()))) {
      List<Object> row = new ArrayList<>();
      variables.forEach(variable -> row.add(env.get(variable)));
      rows.add(row);
    }
    return rows;
  }

  private Set<Map<Object, Object>> all(List<?> clauses, Iterable<Map<Object, Object>> envs) {
    Set<Map<Object, Object>> current = new LinkedHashSet<>();
    envs.forEach(current::add);
    for (Object clause : clauses) {
      Set<Map<Object, Object>> next = new LinkedHashSet<>();
      for (Map<Object, Object> env : current) {
        next.addAll(one((List<?>) clause, env));
      }
      current = next;
    }
    return current;
  }

  private Set<Map<Object, Object>> one(List<?> clause, Map<Object, Object> env) {
    Object first = clause.get(0);
    if (first instanceof List<?> call) {
      return expression(call, clause.size() > 1 ? clause.get(1) : null, env);
    }
    if (first instanceof Symbol name && !name.getName().startsWith("?")) {
      List<?> rest = clause.subList(1, clause.size());
      return switch (name.getName()) {
        case "not" -> all(rest, List.of(env)).isEmpty() ? Set.of(env) : Set.of();
        case "not-join" -> {
          Map<Object, Object> inner = only(env, (List<?>) rest.get(0));
          yield all(rest.subList(1, rest.size()), List.of(inner)).isEmpty()
              ? Set.of(env)
              : Set.of();
        }
        case "or-join" -> {
          List<?> head = (List<?>) rest.get(0);
          Set<Map<Object, Object>> found = new LinkedHashSet<>();
          for (Object branch : rest.subList(1, rest.size())) {
            for (Map<Object, Object> each : all(body((List<?>) branch), List.of(only(env, head)))) {
              Map<Object, Object> joined = new HashMap<>(env);
              joined.putAll(only(each, head));
              found.add(joined);
            }
          }
          yield found;
        }
        default -> rule(name, rest, env);
      };
    }
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    for (Datom datom : datoms) {
      List<Object> parts = List.of(datom.e(), datom.a(), datom.v(), datom.tx(), datom.added());
      Map<Object, Object> match = new HashMap<>(env);
      boolean matches = true;
      for (int i = 0; i < clause.size() && matches; i++) {
        Object term = i == 1 ? attributes.getOrDefault(clause.get(1), -1L) : clause.get(i);
        matches = unify(term, parts.get(i), match);
      }
      if (matches) {
        found.add(match);
      }
    }
    return found;
  }

  private static List<?> body(List<?> branch) {
    return branch.get(0) instanceof Symbol name && name.getName().equals("and")
        ? branch.subList(1, branch.size())
        : List.of(branch);
  }

  private static boolean unify(Object term, Object value, Map<Object, Object> env) {
    if (term instanceof Symbol symbol) {
      if (symbol.getName().equals("_")) {
        return true;
      }
      Object known = env.putIfAbsent(symbol, value);
      return known == null || known.equals(value);
    }
    return term.equals(value);
  }

  private static Map<Object, Object> only(Map<Object, Object> env, List<?> variables) {
    Map<Object, Object> some = new HashMap<>(env);
    some.keySet().retainAll(variables);
    return some;
  }

  private static Set<Map<Object, Object>> expression(
      List<?> call, @Nullable Object target, Map<Object, Object> env) {
    Object x = env.getOrDefault(call.get(1), call.get(1));
    Object y = env.getOrDefault(call.get(2), call.get(2));
    long a = (long) x;
    long b = (long) y;
    switch (((Symbol) call.get(0)).getName()) {
      case "<" -> {
        return a < b ? Set.of(env) : Set.of();
      }
      case ">=" -> {
        return a >= b ? Set.of(env) : Set.of();
      }
      case "not=" -> {
        return a != b ? Set.of(env) : Set.of();
      }
      case "+" -> {
        Map<Object, Object> more = new HashMap<>(env);
        return target != null && unify(target, a + b, more) ? Set.of(more) : Set.of();
      }
      default -> throw new AssertionError(call);
    }
  }

  /// Answers by adding to what is known of the rules until nothing is new.
  private Set<Map<Object, Object>> rule(Symbol name, List<?> args, Map<Object, Object> env) {
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    for (List<Object> answer : answers(name)) {
      Map<Object, Object> match = new HashMap<>(env);
      boolean matches = true;
      for (int i = 0; i < args.size() && matches; i++) {
        matches = unify(args.get(i), answer.get(i), match);
      }
      if (matches) {
        found.add(match);
      }
    }
    return found;
  }

  private final Map<Symbol, Set<List<Object>>> known = new HashMap<>();

  private Set<List<Object>> answers(Symbol name) {
    if (!known.isEmpty()) {
      return known.getOrDefault(name, Set.of());
    }
    boolean changed = true;
    rules.forEach(rule ->
        known.put((Symbol) ((List<?>) ((List<?>) rule).get(0)).get(0), new HashSet<>()));
    while (changed) {
      changed = false;
      for (Object each : rules) {
        List<?> rule = (List<?>) each;
        List<?> head = (List<?>) rule.get(0);
        changed |= known
            .computeIfAbsent((Symbol) head.get(0), key -> new HashSet<>())
            .addAll(find(head.subList(1, head.size()), rule.subList(1, rule.size())));
      }
    }
    return known.getOrDefault(name, Set.of());
  }
}
