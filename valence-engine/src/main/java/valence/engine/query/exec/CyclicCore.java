package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// Patterns that form cycles, connected with each other, and those that say more of their
/// variables.
///
/// A pattern of two variables is an edge between them, and the rows that are there already are one
/// hyperedge. What remains when variables of a single edge are taken away again and again (the GYO
/// reduction) is cyclic: any plan that joins it pair by pair can make far more rows on the way than
/// there are in the end. Patterns over variables that are all bound filter rows; they are left to
/// the usual way.
///
/// @param edges patterns of two variables
/// @param sets  patterns of one of these variables
/// @param known variables of the rows that are there already, at most two
record CyclicCore(List<Link> edges, List<Link> sets, List<Variable> known) {
  /// Keys that are numbered in the time of one value that has none.
  private static final int KEYS_PER_VALUE = 4;

  /// A core among the patterns; null when there is none that can be joined at once.
  static @Nullable CyclicCore find(List<Link> links, Set<Variable> bound) {
    List<Link> cyclic = cyclic(links, bound);
    if (cyclic.isEmpty()) {
      return null;
    }
    Set<Variable> variables = new LinkedHashSet<>();
    List<Link> edges = component(cyclic, variables);
    List<Variable> known = new ArrayList<>(variables);
    known.retainAll(bound);
    if (known.size() > 2) {
      return null;
    }
    List<Link> sets = new ArrayList<>();
    for (Link link : links) {
      // A larger one costs more than it can save.
      if (!link.isEdge()
          && variables.contains(link.only())
          && link.rowCount() <= edges.getFirst().rowCount()) {
        sets.add(link);
      }
    }
    return new CyclicCore(edges, sets, known);
  }

  private static List<Link> cyclic(List<Link> links, Set<Variable> bound) {
    List<Link> edges = new ArrayList<>();
    Map<Variable, Set<Variable>> neighbours = new LinkedHashMap<>();
    for (Link link : links) {
      Variable e = link.e();
      Variable v = link.v();
      if (e != null && v != null && !(bound.contains(e) && bound.contains(v))) {
        edges.add(link);
        connect(neighbours, e, v);
      }
    }
    for (Variable one : bound) {
      for (Variable other : bound) {
        if (!one.equals(other) && neighbours.containsKey(one) && neighbours.containsKey(other)) {
          connect(neighbours, one, other);
        }
      }
    }
    while (neighbours.values().removeIf(others -> others.size() < 2)) {
      neighbours.values().forEach(others -> others.retainAll(neighbours.keySet()));
    }
    edges.removeIf(link -> !neighbours.containsKey(link.e()) || !neighbours.containsKey(link.v()));
    return edges;
  }

  private static void connect(Map<Variable, Set<Variable>> neighbours, Variable x, Variable y) {
    neighbours.computeIfAbsent(x, key -> new LinkedHashSet<>()).add(y);
    neighbours.computeIfAbsent(y, key -> new LinkedHashSet<>()).add(x);
  }

  /// The edges that the first one is connected with.
  ///
  /// @param variables gets theirs
  private static List<Link> component(List<Link> edges, Set<Variable> variables) {
    Link first = edges.getFirst();
    variables.addAll(first.clause().variables());
    List<Link> found = new ArrayList<>();
    boolean isGrowing = true;
    while (isGrowing) {
      isGrowing = false;
      for (Link edge : edges) {
        if (!found.contains(edge)
            && (variables.contains(edge.e()) || variables.contains(edge.v()))) {
          found.add(edge);
          variables.addAll(edge.clause().variables());
          isGrowing = true;
        }
      }
    }
    return found;
  }

  Set<Variable> variables() {
    Set<Variable> variables = new LinkedHashSet<>();
    edges.forEach(edge -> variables.addAll(edge.clause().variables()));
    return variables;
  }

  /// What reading it costs, as rows of keys.
  long rowCost() {
    long rows = 0;
    for (int i = 0; i < edges.size(); i++) {
      Link edge = edges.get(i);
      boolean isRead = edges.subList(0, i).stream().anyMatch(edge::isSameScan);
      int weight = edge.attribute().type().inline() ? 1 : KEYS_PER_VALUE;
      rows += isRead ? 0 : edge.rowCount() * weight;
    }
    for (Link set : sets) {
      rows += set.rowCount();
    }
    return rows;
  }
}
