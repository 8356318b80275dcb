package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term.Variable;

/// Answers requests to a rule that reaches along edges, by walks through a graph.
///
/// The graph has the edges that the requests can come to, found a layer at a time, or all edges
/// when those are few or the layers have cost as much as reading all would. Then each request is a
/// walk: breadth first, over arrays. Places on one cycle come to the same places; that is found out
/// by one of them, and the others repeat its walk. Costs no more than edges walked and answers
/// given.
///
/// Answers are made for places that are keys of one kind, such as entities. A request may give a
/// place by what an edge resolves, such as a lookup ref.
final class Reach {
  /// All edges are read at once when they are at most so many,
  private static final long EDGES_FEW = 4096;

  /// or when the places that were asked for theirs are more than one in so many edges.
  private static final long EDGES_PER_PROBE = 48;

  /// Edges there may be where nobody knows.
  private static final long EDGES_UNKNOWN = 1 << 18;

  /// Places given otherwise than by keys, each of which has its first edges looked up.
  private static final int PLACES_RESOLVED_MAX = 256;

  /// Combinations of other arguments, each of which has a graph of its own.
  private static final int GRAPHS_MAX = 64;

  private final Execution execution;
  private final Reachability rule;
  private final Object name; // for messages
  private final List<Variable> parameters;
  private final List<Integer> kept;
  private final boolean fromBound;
  private final boolean toBound;
  private final String scope;

  private Reach(
      Execution execution,
      Reachability rule,
      Object name,
      List<Variable> parameters,
      List<Boolean> bound,
      String scope) {
    this.execution = execution;
    this.rule = rule;
    this.name = name;
    this.parameters = parameters;
    this.kept = rule.kept();
    this.fromBound = bound.get(rule.from());
    this.toBound = bound.get(rule.to());
    this.scope = scope;
  }

  /// What answers calls of a rule that bind some arguments; empty when they don't bind those that
  /// are passed on.
  static Optional<Reach> of(
      Execution execution,
      Rule rule,
      Reachability how,
      List<Variable> parameters,
      List<Boolean> bound,
      String scope) {
    for (int position : how.kept()) {
      if (!bound.get(position)) {
        return Optional.empty();
      }
    }
    return Optional.of(new Reach(execution, how, rule.name(), parameters, bound, scope));
  }

  /// The answers to requests, each once; empty when places aren't keys of one kind.
  ///
  /// @param requests distinct rows over the parameters that are bound
  Optional<Relation> answers(Relation requests) {
    if (kept.isEmpty()) {
      return answers(requests, Relation.UNIT);
    }
    int[] columns = new int[kept.size()];
    List<Variable> names = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      names.add(parameters.get(kept.get(i)));
      columns[i] = requests.variables().indexOf(names.get(i));
    }
    Groups groups = Groups.of(requests, columns, execution.budget());
    if (groups.count() > GRAPHS_MAX) {
      return Optional.empty();
    }
    List<Relation> parts = new ArrayList<>();
    for (int group = 0; group < groups.count(); group++) {
      int[] rows =
          Arrays.copyOfRange(groups.ordered(), groups.starts()[group], groups.starts()[group + 1]);
      Relation some = requests.gather(rows, rows.length);
      Optional<Relation> part = answers(some, some.project(names).gather(new int[1], 1));
      if (part.isEmpty()) {
        return part;
      }
      parts.add(part.get());
    }
    return Optional.of(
        parts.size() == 1
            ? parts.get(0)
            : keyed(Union.of(parameters, parts, execution.budget()), parameters));
  }

  private Relation keyed(Relation relation, List<Variable> key) {
    return execution.uses(Optimization.KNOWN_KEYS) ? relation.keyed(key) : relation;
  }

  /// @param given one row of the arguments that are passed on
  private Optional<Relation> answers(Relation requests, Relation given) {
    if (!fromBound && !toBound) {
      Edges edges = new Edges(rule.from(), rule.to());
      return edges.addAll(given) ? Optional.of(all(edges.graph(), given)) : Optional.empty();
    }
    int near = fromBound ? rule.from() : rule.to();
    int far = fromBound ? rule.to() : rule.from();
    Column places = requests.column(parameters.get(near));
    if (fromBound && toBound) {
      Column ends = requests.column(parameters.get(far));
      if (!isPlain(places) || !isPlain(ends)) {
        return Optional.empty();
      }
      Groups begins = Groups.of(
          requests,
          new int[] {requests.variables().indexOf(parameters.get(near))},
          execution.budget());
      Edges edges = new Edges(near, far);
      return edges.discover(places, requests.count(), given)
          ? Optional.of(pairs(requests, begins, edges.graph(), places, ends))
          : Optional.empty();
    }
    Edges edges = new Edges(near, far);
    return edges.discover(places, requests.count(), given)
        ? Optional.of(walks(requests, edges, parameters.get(near), parameters.get(far)))
        : Optional.empty();
  }

  private static boolean isPlain(Column column) {
    return column instanceof Column.Keys(Kind kind, long[] _) && kind == Kind.LONG;
  }

  /// Each pair of places with a way from the one to the other.
  private Relation all(Graph graph, Relation given) {
    Graph.Walker walker = graph.new Walker(execution.budget(), name);
    int[] ends = new int[graph.nodeCount()];
    Cycles cycles = new Cycles(graph, execution.budget());
    for (int node = 0; node < ends.length; node++) {
      if (graph.leadsOn(node)) {
        cycles.walk(walker, node);
      }
      ends[node] = walker.count();
    }
    int count = walker.count();
    int[] found = walker.found();
    long[] from = new long[count];
    long[] to = new long[count];
    int start = 0;
    for (int node = 0; node < ends.length; node++) {
      Arrays.fill(from, start, ends[node], graph.key(node));
      start = ends[node];
    }
    for (int i = 0; i < count; i++) {
      to[i] = graph.key(found[i]);
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      columns.add(
          i == rule.from()
              ? new Column.Keys(Kind.LONG, from)
              : i == rule.to()
                  ? new Column.Keys(Kind.LONG, to)
                  : Column.repeat(given.value(0, kept.indexOf(i)), count));
    }
    return keyed(
        new Relation(parameters, columns, count),
        List.of(parameters.get(rule.from()), parameters.get(rule.to())));
  }

  /// What each request's place has a way to.
  private Relation walks(Relation requests, Edges edges, Variable near, Variable far) {
    Graph graph = edges.graph();
    Graph.Walker walker = graph.new Walker(execution.budget(), name);
    Cycles cycles = new Cycles(graph, execution.budget());
    int[] ends = new int[requests.count()];
    Column places = requests.column(near);
    for (int row = 0; row < ends.length; row++) {
      if (isPlain(places)) {
        int node = graph.node(((Column.Keys) places).keys()[row]);
        if (node >= 0) {
          cycles.walk(walker, node);
        }
      } else {
        walker.begin();
        int from = walker.count();
        for (long first : edges.firsts(row)) {
          walker.come(graph.node(first));
        }
        walker.walk(from);
      }
      ends[row] = walker.count();
    }
    int count = walker.count();
    int[] found = walker.found();
    int[] rows = new int[count];
    long[] to = new long[count];
    int start = 0;
    for (int row = 0; row < ends.length; row++) {
      Arrays.fill(rows, start, ends[row], row);
      start = ends[row];
    }
    for (int i = 0; i < count; i++) {
      to[i] = graph.key(found[i]);
    }
    Relation answers =
        requests.gather(rows, count).with(far, new Column.Keys(Kind.LONG, to)).project(parameters);
    return keyed(answers, requests.count() == 1 ? List.of(far) : parameters);
  }

  /// Which of the pairs that were asked for have a way between them.
  private Relation pairs(
      Relation requests, Groups begins, Graph graph, Column places, Column wanted) {
    Graph.Walker walker = graph.new Walker(execution.budget(), name);
    long[] from = ((Column.Keys) places).keys();
    long[] to = ((Column.Keys) wanted).keys();
    int[] marks = new int[graph.nodeCount()];
    int[] rows = new int[requests.count()];
    int count = 0;
    for (int group = 0; group < begins.count(); group++) {
      int start = begins.starts()[group];
      int end = begins.starts()[group + 1];
      int node = graph.node(from[begins.ordered()[start]]);
      if (node < 0) {
        continue;
      }
      int marked = 0;
      for (int i = start; i < end; i++) {
        int goal = graph.node(to[begins.ordered()[i]]);
        if (goal >= 0 && marks[goal] != group + 1) {
          marks[goal] = group + 1;
          marked++;
        }
      }
      walker.forget();
      walker.begin();
      walker.leave(node);
      walker.walk(0, marks, group + 1, marked);
      for (int i = start; i < end; i++) {
        int row = begins.ordered()[i];
        int goal = graph.node(to[row]);
        if (goal >= 0 && walker.came(goal)) {
          rows[count++] = row;
        }
      }
    }
    return keyed(requests.gather(rows, count).project(parameters), parameters);
  }

  /// Walks that repeat one that began on the same cycle.
  private static final class Cycles {
    private final Graph graph;
    private final Budget budget;
    private final int[] begins; // of a walk that a node's would repeat, + 1; 0 for none
    private final int[] ends;
    private Graph.@Nullable Walker back;

    Cycles(Graph graph, Budget budget) {
      this.graph = graph;
      this.budget = budget;
      begins = new int[graph.nodeCount()];
      ends = new int[graph.nodeCount()];
    }

    void walk(Graph.Walker walker, int node) {
      if (begins[node] > 0) {
        walker.repeat(begins[node] - 1, ends[node]);
        return;
      }
      walker.begin();
      int from = walker.count();
      walker.leave(node);
      walker.walk(from);
      if (walker.came(node)) {
        share(walker, node, from);
      }
    }

    /// The nodes on cycles with a node are those it came to from which a way leads back.
    private void share(Graph.Walker walker, int node, int from) {
      Graph.Walker backwards = back;
      if (backwards == null) {
        backwards = graph.reversed().new Walker(budget, "");
        back = backwards;
      }
      backwards.forget();
      backwards.begin();
      backwards.come(node);
      // All of these come to the node, so none is on a cycle that was found before.
      for (int at = 0; at < backwards.count(); at++) {
        int each = backwards.found()[at];
        begins[each] = from + 1;
        ends[each] = walker.count();
        backwards.leave(each, walker);
      }
    }
  }

  /// Edges that were found, in the direction in which they are walked.
  private final class Edges {
    private final int near;
    private final int far;
    private long[] tails = new long[16];
    private long[] heads = new long[16];
    private int count;
    private boolean isOwned; // whether nobody else has the arrays
    private long[][] firsts = new long[0][];

    Edges(int near, int far) {
      this.near = near;
      this.far = far;
    }

    Graph graph() {
      return Graph.of(tails, heads, count);
    }

    /// What the first edge of a request leads to, whose place isn't a key.
    long[] firsts(int request) {
      return firsts[request];
    }

    /// Finds the edges that ways from some places may have; false when ends aren't keys.
    ///
    /// @param given one row of arguments that are passed on
    boolean discover(Column places, int placeCount, Relation given) {
      long probesMax = edgeCountMax(given) / EDGES_PER_PROBE;
      boolean isReadable = isReadable();
      LongNumbers visited = LongNumbers.between(Long.MIN_VALUE, Long.MAX_VALUE, 0);
      int asked = 0;
      if (isPlain(places)) {
        for (int row = 0; row < placeCount; row++) {
          visited.number(((Column.Keys) places).keys()[row]);
        }
      } else if (!first(places, placeCount, given, visited)) {
        return false;
      }
      while (asked < visited.count()) {
        if (isReadable
            && (probesMax * EDGES_PER_PROBE <= EDGES_FEW || visited.count() > probesMax)) {
          count = 0;
          return addAll(given);
        }
        execution.budget().check();
        long[] layer = new long[visited.count() - asked];
        for (int i = 0; i < layer.length; i++) {
          layer[i] = visited.key(asked + i);
        }
        asked = visited.count();
        int before = count;
        if (!addFrom(layer, given)) {
          return false;
        }
        for (int edge = before; edge < count; edge++) {
          visited.number(heads[edge]);
        }
      }
      return true;
    }

    /// Finds where the edges from places lead that are given by anything but keys. They stay as
    /// edges from there to itself, which take nobody anywhere.
    private boolean first(Column places, int placeCount, Relation given, LongNumbers visited) {
      if (placeCount > PLACES_RESOLVED_MAX) {
        return false;
      }
      long[][] found = new long[placeCount][];
      int[] zeros = new int[1];
      for (int row = 0; row < placeCount; row++) {
        int before = count;
        Column place = places.gather(new int[] {row}, 1);
        if (!add(place, 1, given.gather(zeros, 1))) {
          return false;
        }
        found[row] = Arrays.copyOfRange(heads, before, count);
        for (long key : found[row]) {
          visited.number(key);
        }
      }
      firsts = found;
      return true;
    }

    private boolean addFrom(long[] layer, Relation given) {
      return add(new Column.Keys(Kind.LONG, layer), layer.length, given);
    }

    private boolean add(Column places, int placeCount, Relation given) {
      Relation rows = given.gather(new int[placeCount], placeCount);
      for (Reachability.Edge edge : rule.edges()) {
        List<Variable> names = new ArrayList<>();
        kept.forEach(position -> names.add(edge.head().get(position)));
        Variable place = edge.head().get(near);
        Set<Integer> bound = new HashSet<>(kept);
        bound.add(near);
        if (!add(edge, bound, rows.rename(names).with(place, places))) {
          return false;
        }
      }
      return true;
    }

    /// Adds all edges; false when their ends aren't keys.
    boolean addAll(Relation given) {
      for (Reachability.Edge edge : rule.edges()) {
        List<Variable> names = new ArrayList<>();
        kept.forEach(position -> names.add(edge.head().get(position)));
        if (!add(edge, new HashSet<>(kept), given.rename(names))) {
          return false;
        }
      }
      return true;
    }

    private boolean add(Reachability.Edge edge, Set<Integer> bound, Relation input) {
      Variable tail = edge.head().get(near);
      Variable head = edge.head().get(far);
      Set<Variable> wanted = new LinkedHashSet<>(List.of(tail, head));
      Relation found =
          new Conjunction(execution, body(edge, bound), scope, wanted).run(input, List.of());
      if (found.count() == 0) {
        return true;
      }
      if (!isPlain(found.column(head))
          || !isPlain(found.column(tail)) && bound.size() == kept.size()) {
        return false;
      }
      long[] to = ((Column.Keys) found.column(head)).keys();
      long[] from = found.column(tail) instanceof Column.Keys(Kind _, long[] keys) ? keys : to;
      if (count == 0) {
        tails = from;
        heads = to;
        count = found.count();
        isOwned = false;
        return true;
      }
      if (!isOwned || count + found.count() > tails.length) {
        int capacity = Math.max(count * 2, count + found.count());
        tails = Arrays.copyOf(tails, capacity);
        heads = Arrays.copyOf(heads, capacity);
        isOwned = true;
      }
      System.arraycopy(from, 0, tails, count, found.count());
      System.arraycopy(to, 0, heads, count, found.count());
      count += found.count();
      return true;
    }
  }

  private Body body(Reachability.Edge edge, Set<Integer> bound) {
    return execution.body(edge.body(), Reachability.given(edge, List.copyOf(bound)), scope);
  }

  /// Whether all edges can be found without a place that is bound.
  private boolean isReadable() {
    for (Reachability.Edge edge : rule.edges()) {
      try {
        body(edge, new HashSet<>(kept));
      } catch (AnomalyException unbound) {
        return false; // and so they will be asked for place by place
      }
    }
    return true;
  }

  /// How many edges there are at most, about.
  private long edgeCountMax(Relation given) {
    long sum = 0;
    for (Reachability.Edge edge : rule.edges()) {
      double most = -1;
      for (Clause clause : edge.body()) {
        if (clause instanceof Clause.Pattern pattern
            && execution.source(pattern.source(), scope) instanceof Source.Facts) {
          most = Math.max(most, execution.facts(pattern, scope).estimate(Relation.UNIT));
        } else if (clause instanceof Clause.RuleCall) {
          most = Math.max(most, EDGES_UNKNOWN);
        }
      }
      sum += most < 0 ? EDGES_UNKNOWN : (long) most;
    }
    return sum;
  }
}
