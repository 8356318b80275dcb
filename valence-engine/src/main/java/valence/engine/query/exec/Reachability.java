package valence.engine.query.exec;

import clojure.lang.IPersistentVector;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// What a rule says that is true of two things when a way of edges leads from one to the other:
///
///     [(rests-on ?c ?x) [?c :parent ?x]]
///     [(rests-on ?c ?x) [?c :parent ?m] (rests-on ?m ?x)]
///
/// with the recursive call on the right, on the left, on both sides, or in several branches. What
/// an edge is, any conjunction may say that has two variables for its ends; there may be several
/// kinds. Other arguments are passed on as they are.
///
/// That is so when each step repeats an edge that is a way by itself, and all of them can be
/// repeated.
///
/// @param from  the position of the argument where a way begins
/// @param to    the position of the argument where it ends
/// @param edges the kinds of edges
record Reachability(int from, int to, List<Edge> edges) {
  /// @param head the variables for the rule's arguments
  record Edge(List<Variable> head, List<Clause> body) {}

  /// A recursive call's place in a step.
  private enum Side {
    RIGHT,
    LEFT,
    BOTH
  }

  /// A recursive branch.
  ///
  /// @param edge one step, as a form in which equal steps are equal; null when there is no step
  private record Step(Side side, int from, int to, @Nullable Object edge) {}

  /// How a rule reaches; empty when it does something else.
  static Optional<Reachability> of(Rule rule) {
    List<Branch> ends = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (Branch branch : rule.branches()) {
      List<Variable> head = branch.head().variables();
      if (head.size() < 2 || new HashSet<>(head).size() < head.size()) {
        return Optional.empty();
      }
      if (!RightLinear.mentions(branch.body(), Set.of(rule.name()))) {
        ends.add(branch);
        continue;
      }
      Step step = step(branch, rule.name());
      if (step == null) {
        return Optional.empty();
      }
      steps.add(step);
    }
    if (ends.isEmpty() || steps.isEmpty()) {
      return Optional.empty();
    }
    int from = steps.get(0).from();
    int to = steps.get(0).to();
    Map<Object, Edge> edges = new LinkedHashMap<>();
    for (Branch end : ends) {
      List<Variable> head = end.head().variables();
      edges.put(
          shape(end.body(), head, head.get(from), head.get(to), from, to),
          new Edge(head, end.body()));
    }
    Set<Object> rights = new HashSet<>();
    Set<Object> lefts = new HashSet<>();
    boolean both = false;
    for (Step step : steps) {
      if (step.from() != from || step.to() != to) {
        return Optional.empty();
      }
      if (step.edge() == null) {
        both = true;
      } else if (!edges.containsKey(step.edge())) {
        return Optional.empty();
      } else {
        (step.side() == Side.RIGHT ? rights : lefts).add(step.edge());
      }
    }
    return both || rights.size() == edges.size() || lefts.size() == edges.size()
        ? Optional.of(new Reachability(from, to, List.copyOf(edges.values())))
        : Optional.empty();
  }

  private static @Nullable Step step(Branch branch, Symbol name) {
    List<Clause.RuleCall> calls = new ArrayList<>();
    List<Clause> rest = new ArrayList<>();
    for (Clause clause : branch.body()) {
      if (clause instanceof Clause.RuleCall call && call.name().equals(name)) {
        calls.add(call);
        if (call.source().isPresent()) {
          return null;
        }
      } else {
        rest.add(clause);
      }
    }
    List<Variable> head = branch.head().variables();
    if (calls.isEmpty() || RightLinear.mentions(rest, Set.of(name))) {
      return null;
    }
    int changed = changed(calls.get(0), head);
    if (changed < 0 || !(calls.get(0).args().get(changed) instanceof Variable between)) {
      return null;
    }
    if (calls.size() == 2) {
      int other = changed(calls.get(1), head);
      boolean fits = other >= 0
          && other != changed
          && rest.isEmpty()
          && calls.get(1).args().get(other).equals(between);
      return fits
          ? new Step(Side.BOTH, Math.min(changed, other), Math.max(changed, other), null)
          : null;
    }
    if (calls.size() > 2) {
      return null;
    }
    Set<Variable> stepped = Clause.variablesOf(rest);
    if (!stepped.contains(between) || !stepped.contains(head.get(changed))) {
      return null;
    }
    int kept = -1; // the other end, of which a step knows nothing
    for (int i = 0; i < head.size(); i++) {
      if (i != changed && !stepped.contains(head.get(i))) {
        if (kept >= 0) {
          return null;
        }
        kept = i;
      }
    }
    if (kept < 0) {
      return null;
    }
    int from = Math.min(changed, kept);
    int to = Math.max(changed, kept);
    return changed == from
        ? new Step(Side.RIGHT, from, to, shape(rest, head, head.get(from), between, from, to))
        : new Step(Side.LEFT, from, to, shape(rest, head, between, head.get(to), from, to));
  }

  /// The one position in which a call doesn't pass on the head's variable but a new one; -1 when
  /// there is no such.
  private static int changed(Clause.RuleCall call, List<Variable> head) {
    int changed = -1;
    for (int i = 0; i < head.size(); i++) {
      Term arg = call.args().get(i);
      if (!arg.equals(head.get(i))) {
        if (changed >= 0 || !(arg instanceof Variable) || head.contains(arg)) {
          return -1;
        }
        changed = i;
      }
    }
    return changed;
  }

  /// A conjunction's form with the names of variables exchanged for their parts, so that those that
  /// say the same of two ends are equal.
  private static Object shape(
      List<Clause> body, List<Variable> head, Variable start, Variable end, int from, int to) {
    Map<Symbol, Object> parts = new HashMap<>();
    for (int i = 0; i < head.size(); i++) {
      if (i != from && i != to) {
        parts.put(Symbol.intern(head.get(i).name()), i);
      }
    }
    parts.put(Symbol.intern(start.name()), "from");
    parts.put(Symbol.intern(end.name()), "to");
    List<Object> forms = new ArrayList<>();
    for (Clause clause : body) {
      forms.add(renamed(clause.form(), parts));
    }
    return forms;
  }

  private static Object renamed(Object form, Map<Symbol, Object> parts) {
    if (form instanceof Symbol symbol && symbol.getName().startsWith("?")) {
      return parts.computeIfAbsent(symbol, key -> List.of("local", parts.size()));
    }
    if (form instanceof List<?> items) {
      List<Object> renamed = new ArrayList<>(items.size() + 1);
      renamed.add(form instanceof IPersistentVector ? "vector" : "list");
      for (Object item : items) {
        renamed.add(item == null ? "nil" : renamed(item, parts));
      }
      return renamed;
    }
    return form;
  }

  /// The positions of arguments that are passed on as they are.
  List<Integer> kept() {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < edges.get(0).head().size(); i++) {
      if (i != from && i != to) {
        kept.add(i);
      }
    }
    return kept;
  }

  /// The variables of an edge that are bound when some arguments are.
  static Set<Variable> given(Edge edge, List<Integer> positions) {
    Set<Variable> given = new LinkedHashSet<>();
    for (int position : positions) {
      given.add(edge.head().get(position));
    }
    return given;
  }
}
